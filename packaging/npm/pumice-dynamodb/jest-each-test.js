// SPDX-License-Identifier: Apache-2.0
'use strict';

/* global beforeEach, __PUMICE__ */
beforeEach(async () => {
  const {server, tables} = __PUMICE__;
  await server.clear();
  await server.createTables(tables);
});
