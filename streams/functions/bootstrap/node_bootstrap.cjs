// SPDX-License-Identifier: Apache-2.0
// Runs one AWS Lambda function: node -e <this text> -- file.function
//
// Speaks the Lambda Runtime API with whom AWS_LAMBDA_RUNTIME_API names. The working directory is the
// function's code. Needs nothing but Node's own modules (16 or newer). What AWS's runtime does is told
// in "Building Lambda functions with Node.js"; the texts of its errors are AWS's.
'use strict';

const fs = require('fs');
const net = require('net');
const path = require('path');
const { createRequire } = require('module');
const { pathToFileURL } = require('url');
const util = require('util');

const MAX_RESPONSE_BYTES = 6 * 1024 * 1024 + 100;
// As AWS's runtime ends after an error that nobody caught.
const EXIT_UNCAUGHT = 129;
const EXIT_UNHANDLED = 128;

// --- Errors ---------------------------------------------------------------------------------------

class RuntimeError extends Error {
  constructor(type, message, { cause, hint } = {}) {
    super(message);
    this.name = type;
    if (cause && cause.stack) this.stack = cause.stack;
    this.hint = hint;
  }
}

function describe(error) {
  if (!util.types.isNativeError(error) && !(error && error.name && error.message && error.stack)) {
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  }
  const members = {
    errorType: error.name,
    errorMessage: error.message,
    trace: String(error.stack).split('\n'),
  };
  if (error.reason !== undefined) members.reason = error.reason;
  if (error.promise !== undefined) members.promise = error.promise;
  if (error.hint) members.hint = error.hint;
  return members;
}

// --- The Runtime API --------------------------------------------------------------------------------

// HTTP/1.1 on one kept connection. It keeps the process alive only while it waits for an answer, so
// that an empty event loop is seen as one.
class RuntimeApi {
  constructor(address) {
    const colon = address.lastIndexOf(':');
    this.address = address;
    this.received = Buffer.alloc(0);
    this.answered = null;
    this.socket = net.connect({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)) });
    this.socket.setNoDelay(true);
    this.socket.unref();
    this.socket.on('data', (bytes) => this.receive(bytes));
    // Whoever started this is gone.
    this.socket.on('error', () => process.exit(0));
    this.socket.on('close', () => process.exit(0));
  }

  next() {
    return this.call('GET', 'invocation/next');
  }

  respond(requestId, body) {
    return this.call('POST', `invocation/${requestId}/response`, body);
  }

  fail(requestId, members) {
    return this.call('POST', `invocation/${requestId}/error`, JSON.stringify(members), members.errorType);
  }

  failInit(members) {
    return this.call('POST', 'init/error', JSON.stringify(members), members.errorType);
  }

  call(method, name, body = '', errorType = '') {
    const head = [`${method} /2018-06-01/runtime/${name} HTTP/1.1`, `Host: ${this.address}`];
    if (method === 'POST') {
      head.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`);
    }
    if (errorType) head.push(`Lambda-Runtime-Function-Error-Type: ${encodeURI(errorType)}`);
    this.socket.ref();
    return new Promise((resolve) => {
      this.answered = resolve;
      this.socket.write(head.join('\r\n') + '\r\n\r\n' + body);
    });
  }

  receive(bytes) {
    this.received = this.received.length === 0 ? bytes : Buffer.concat([this.received, bytes]);
    const end = this.received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const headers = {};
    for (const line of this.received.toString('latin1', 0, end).split('\r\n').slice(1)) {
      const colon = line.indexOf(':');
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
    const whole = end + 4 + Number(headers['content-length'] || 0);
    if (this.received.length < whole) return;
    const body = this.received.toString('utf8', end + 4, whole);
    this.received = this.received.subarray(whole);
    this.socket.unref();
    const answered = this.answered;
    this.answered = null;
    if (answered) answered({ headers, body });
  }
}

// --- What the function finds ------------------------------------------------------------------------

let currentRequestId = '';

// As on AWS: time, request id, level, text, with tabs between them.
function setUpConsole() {
  const levels = { log: 'INFO', info: 'INFO', debug: 'DEBUG', trace: 'TRACE', warn: 'WARN', error: 'ERROR' };
  for (const [name, level] of Object.entries(levels)) {
    console[name] = (...values) => {
      const parts = [new Date().toISOString(), currentRequestId || 'undefined', level, util.format(...values)];
      fs.writeSync(1, parts.join('\t') + '\n');
    };
  }
}

// fs.writeSync fails on a pipe that is full and does not block; Node's own streams wait.
function setUpOutput() {
  for (const stream of [process.stdout, process.stderr]) {
    if (stream._handle && stream._handle.setBlocking) stream._handle.setBlocking(true);
  }
}

// A hard-coded http://dynamodb.<region>.amazonaws.com reaches this server. (Node's clients know nothing
// of HTTP_PROXY.)
function redirectDynamoDb() {
  const server = process.env.AWS_ENDPOINT_URL_DYNAMODB || process.env.AWS_ENDPOINT_URL;
  if (!server) return;
  const { hostname, port } = new URL(server);
  const pattern = /^(streams\.)?dynamodb\.[a-z0-9-]+\.amazonaws\.com$/;
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function connectOrRedirect(...values) {
    const options = Array.isArray(values[0]) ? values[0][0] : values[0];
    const plain = options && typeof options === 'object' && Number(options.port) === 80;
    if (plain && pattern.test(options.host || '')) {
      options.host = hostname;
      options.port = Number(port);
    }
    return connect.apply(this, values);
  };
}

function refuseStreaming() {
  const refuse = () => {
    throw new RuntimeError(
      'Runtime.ResponseStreamingNotSupported',
      'awslambda.streamifyResponse is not supported here: functions are called without response ' +
        'streaming. Export an async handler that returns its response instead.',
    );
  };
  globalThis.awslambda = { streamifyResponse: refuse, HttpResponseStream: { from: refuse } };
}

function parsed(text) {
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function makeContext(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parsed(headers['lambda-runtime-client-context']),
    identity: parsed(headers['lambda-runtime-cognito-identity']),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    getRemainingTimeInMillis: () => Math.max(deadline - Date.now(), 0),
  };
}

// --- Finding the function ---------------------------------------------------------------------------

function fileOf(base) {
  for (const extension of ['', '.js', '.mjs', '.cjs']) {
    const file = base + extension;
    if (fs.existsSync(file) && fs.statSync(file).isFile()) return file;
  }
  return null;
}

async function loadFile(file, ownRequire) {
  if (file.endsWith('.mjs')) return import(pathToFileURL(file).href);
  try {
    return ownRequire(file);
  } catch (error) {
    const isModule = error && (error.code === 'ERR_REQUIRE_ESM' || error.code === 'ERR_REQUIRE_ASYNC_MODULE');
    if (!isModule) throw error;
    return import(pathToFileURL(file).href);
  }
}

async function loadModule(folder, name) {
  const root = process.cwd();
  const ownRequire = createRequire(path.join(root, 'index.js'));
  const file = fileOf(path.resolve(root, folder, name));
  if (file) return loadFile(file, ownRequire);
  let found;
  try {
    found = ownRequire.resolve(name, { paths: [root, path.resolve(root, folder)] });
  } catch {
    const missing = new Error(`Cannot find module '${name}'\nRequire stack:\n- /var/runtime/index.mjs`);
    missing.code = 'MODULE_NOT_FOUND';
    missing.hint = `there is no ${name}.js, ${name}.mjs or ${name}.cjs in ${path.resolve(root, folder)}`;
    throw missing;
  }
  return loadFile(found, ownRequire);
}

function importHint(error) {
  if (error.hint) return error.hint;
  const match = /^Cannot find (?:module|package) '([^'./][^']*)'/.exec(error.message);
  if (!match) return undefined;
  const name = match[1].split('/').slice(0, match[1].startsWith('@') ? 2 : 1).join('/');
  return `install it with: npm install ${name}, in ${process.cwd()}`;
}

async function loadFunction(handler) {
  const folder = path.dirname(handler);
  const match = /^([^.]*)\.(.+)$/.exec(path.basename(handler));
  if (handler.includes('..')) {
    throw new RuntimeError(
      'Runtime.MalformedHandlerName',
      `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  if (!match) {
    throw new RuntimeError('Runtime.MalformedHandlerName', 'Bad handler', { hint: 'Handler must be file.function' });
  }
  let found;
  try {
    found = await loadModule(folder, match[1]);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new RuntimeError('Runtime.UserCodeSyntaxError', String(error), { cause: error });
    }
    if (error && (error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_MODULE_NOT_FOUND')) {
      throw new RuntimeError('Runtime.ImportModuleError', `Error: ${error.message}`, {
        cause: error,
        hint: importHint(error),
      });
    }
    throw error;
  }
  // A CommonJS module that was imported has its exports below `default`.
  const names = match[2].split('.');
  const pick = (from) => names.reduce((value, name) => (value == null ? undefined : value[name]), from);
  const chosen = pick(found) || pick(found.default);
  if (!chosen) {
    throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  if (typeof chosen !== 'function') {
    throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is not a function`);
  }
  return chosen;
}

// --- Running it ---------------------------------------------------------------------------------------

function toJson(value) {
  let body;
  try {
    body = JSON.stringify(value === undefined ? null : value);
  } catch {
    throw new RuntimeError('Runtime.MarshalError', 'Unable to stringify response body');
  }
  if (body === undefined) body = 'null';
  if (Buffer.byteLength(body) > MAX_RESPONSE_BYTES) {
    throw new RuntimeError(
      'Function.ResponseSizeTooLarge',
      `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`,
    );
  }
  return body;
}

// Resolves to what the function answers: the value of its promise or of its callback. A callback's value
// is held back until the event loop is empty, unless the function says otherwise; a function whose event
// loop is empty and that has answered nothing has answered null.
let loopIsEmpty = null;

function run(handler, event, context) {
  return new Promise((resolve, reject) => {
    let settled = false;
    const settle = (error, value) => {
      if (settled) return;
      settled = true;
      const isError = error !== undefined && error !== null;
      const tell = () => (isError ? reject(error) : resolve(value));
      if (isError || !context.callbackWaitsForEmptyEventLoop) setImmediate(tell);
      else loopIsEmpty = tell;
    };
    loopIsEmpty = () => resolve(null);
    context.done = settle;
    context.succeed = (value) => settle(null, value);
    context.fail = (error) => settle(error === undefined || error === null ? 'handled' : error);
    const result = handler(event, context, settle);
    if (result && typeof result.then === 'function') result.then(resolve, reject);
  });
}

async function answer(api, handler, { headers, body }) {
  const requestId = headers['lambda-runtime-aws-request-id'];
  currentRequestId = requestId;
  process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'] || '';
  let response;
  try {
    response = toJson(await run(handler, JSON.parse(body), makeContext(headers)));
  } catch (error) {
    return api.fail(requestId, describe(error));
  } finally {
    loopIsEmpty = null;
  }
  return api.respond(requestId, response);
}

async function main() {
  const api = new RuntimeApi(process.env.AWS_LAMBDA_RUNTIME_API);
  let ready = false;
  const end = (error, code) => {
    const members = describe(error);
    const told = ready && currentRequestId ? api.fail(currentRequestId, members) : api.failInit(members);
    told.then(() => process.exit(code));
  };
  setUpOutput();
  setUpConsole();
  redirectDynamoDb();
  refuseStreaming();
  process.on('beforeExit', () => loopIsEmpty && setImmediate(loopIsEmpty));
  process.on('uncaughtException', (error) => end(error, EXIT_UNCAUGHT));
  process.on('unhandledRejection', (reason, promise) => {
    const error = new RuntimeError('Runtime.UnhandledPromiseRejection', String(reason));
    error.reason = describe(reason);
    error.promise = promise;
    end(error, EXIT_UNHANDLED);
  });
  let handler;
  try {
    handler = await loadFunction(process.argv[process.argv.length - 1]);
  } catch (error) {
    await api.failInit(describe(error));
    process.exit(1);
  }
  ready = true;
  for (;;) {
    const invocation = await api.next();
    await answer(api, handler, invocation);
    currentRequestId = '';
  }
}

main();
