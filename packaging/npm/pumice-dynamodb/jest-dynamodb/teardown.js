// SPDX-License-Identifier: Apache-2.0
'use strict';

module.exports = () => globalThis.__PUMICE_SERVER__?.stop();
