// SPDX-License-Identifier: Apache-2.0
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const {pathToFileURL} = require('node:url');

const ENDINGS = ['.js', '.cjs', '.mjs'];

/**
 * The configuration {tables, flags, port}: the first file there is of `names` in `folder`. It may export an object or a
 * function that gives one; `tables` may be a function, too. All may be asynchronous.
 */
async function readConfig(folder, names, required = true) {
  for (const name of names) {
    for (const ending of ENDINGS) {
      const file = path.resolve(folder, name.endsWith(ending) ? name : name + ending);
      if (!fs.existsSync(file)) continue;
      const loaded = await import(pathToFileURL(file).href);
      const exported = loaded.default ?? loaded;
      const config = typeof exported === 'function' ? await exported() : exported;
      const tables = typeof config.tables === 'function' ? await config.tables() : config.tables;
      return {...config, tables: tables ?? []};
    }
  }
  if (required) throw new Error(`there is no ${names[0]}.js in ${folder}: it lists the tables that tests need`);
  return {tables: []};
}

module.exports = {readConfig};
