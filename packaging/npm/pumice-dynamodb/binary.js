// SPDX-License-Identifier: Apache-2.0
'use strict';

/** Path of the server's program, which comes in a package of its own for each platform. */
function binaryPath() {
  const name = `pumice-dynamodb-${process.platform}-${process.arch}`;
  try {
    return require.resolve(`${name}/bin/pumice`);
  } catch {
    throw new Error(
      `pumice-dynamodb has no server for ${process.platform} on ${process.arch}, or the package ${name} was not ` +
        'installed (optional dependencies are left out with --omit=optional)',
    );
  }
}

module.exports = {binaryPath};
