// SPDX-License-Identifier: Apache-2.0
// Functions in JavaScript, under the bootstrap for Node. The texts are those of AWS's own runtime.
#include <cstdlib>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "streams/functions/function_test_support.h"

namespace pumice {
namespace {

using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class NodeFunction : public FunctionTest {
 protected:
  void SetUp() override {
    FunctionTest::SetUp();
    if (std::system("node --version >/dev/null 2>&1") != 0) {
      GTEST_SKIP() << "node is not installed";
    }
    config_.runtime = FunctionRuntime::kNode;
    config_.runtime_name = "nodejs20.x";
  }

  std::string Payload(const std::string& event = "1") {
    const InvocationOutcome outcome = Call({.event = event});
    return outcome.payload;
  }
};

TEST_F(NodeFunction, MayBeAsync) {
  Write("own.js", "exports.handle = async (event) => ({ got: event.n });\n");
  EXPECT_EQ(Payload(R"({"n":1})"), R"({"got":1})");
  EXPECT_EQ(Payload(R"({"n":2})"), R"({"got":2})");
  EXPECT_EQ(function_->Report().starts, 1);
}

TEST_F(NodeFunction, MayAnswerByCallback) {
  Write(
      "own.js",
      "exports.handle = (event, context, callback) => setTimeout(() => callback(null, 'x'), 1);\n");
  EXPECT_EQ(Payload(), "\"x\"");
  EXPECT_EQ(Payload(), "\"x\"");
}

TEST_F(NodeFunction, WaitsForAnEmptyEventLoopBehindACallback) {
  Write("own.js", R"(
exports.handle = (event, context, callback) => {
  setTimeout(() => require('fs').writeFileSync('saw', 'late'), 50);
  callback(null, 'x');
};
)");
  EXPECT_EQ(Payload(), "\"x\"");
  EXPECT_EQ(Read("saw"), "late");
}

TEST_F(NodeFunction, MayAnswerBeforeTheEventLoopIsEmpty) {
  Write("own.js", R"(
exports.handle = (event, context, callback) => {
  context.callbackWaitsForEmptyEventLoop = false;
  setInterval(() => {}, 1000);
  callback(null, 'x');
};
)");
  EXPECT_EQ(Payload(), "\"x\"");
}

TEST_F(NodeFunction, ThatAnswersNothingAnswersNull) {
  Write("own.js", "exports.handle = (event) => { setTimeout(() => {}, 1); };\n");
  EXPECT_EQ(Payload(), "null");
  Write("own.js", "exports.handle = async () => {};\n");
  function_.reset();
  EXPECT_EQ(Payload(), "null");
}

TEST_F(NodeFunction, MayAnswerThroughItsContext) {
  Write("own.js", R"(
exports.handle = (event, context) => event === 1 ? context.succeed('good') : context.fail(new Error('bad'));
)");
  EXPECT_EQ(Payload("1"), "\"good\"");
  EXPECT_EQ(json::parse(Payload("2"))["errorMessage"], "bad");
}

TEST_F(NodeFunction, ThatWaitsForNothingWhileItIsLoadedEnds) {
  Write("own.mjs", "await new Promise(() => {});\nexport const handle = async () => {};\n");
  EXPECT_EQ(FailingInvoke().message, "Runtime exited without providing a reason");
}

TEST_F(NodeFunction, MayBeAnEsModule) {
  Write("own.mjs",
        "import { basename } from 'path';\nawait Promise.resolve();\n"
        "export const handle = async (event) => basename(event);\n");
  EXPECT_EQ(Payload(R"("/a/b")"), "\"b\"");
  function_.reset();
  std::filesystem::remove(folder_ / "own.mjs");
  Write("package.json", R"({"type":"module"})");
  Write("own.js", "export const handle = async () => import.meta.url.slice(-6);\n");
  EXPECT_EQ(Payload(), "\"own.js\"");
}

TEST_F(NodeFunction, IsFoundInFoldersAndObjects) {
  Write("in/side/own.cjs", "exports.api = { handle: async () => 'deep' };\n");
  config_.handler = "in/side/own.api.handle";
  EXPECT_EQ(Payload(), "\"deep\"");
}

TEST_F(NodeFunction, GetsTheContextOfAws) {
  Write("own.js", R"(
exports.handle = async (event, context) => [
  context.functionName, context.functionVersion, context.memoryLimitInMB, context.logGroupName,
  context.invokedFunctionArn, context.awsRequestId.length, context.clientContext.custom.a,
  context.callbackWaitsForEmptyEventLoop, context.getRemainingTimeInMillis() > 25000,
  process.env.AWS_EXECUTION_ENV, process.env._X_AMZN_TRACE_ID.slice(0, 7)];
)");
  const InvocationOutcome outcome =
      Call({.event = "1", .client_context = R"({"custom":{"a":"b"} })"});
  EXPECT_EQ(outcome.payload,
            R"(["group","$LATEST","128","/aws/lambda/group",)"
            R"("arn:aws:lambda:us-east-1:000000000000:function:group",36,"b",true,true,)"
            R"("AWS_Lambda_nodejs20.x","Root=1-"])");
}

TEST_F(NodeFunction, PrintsAsOnAws) {
  Write("own.js",
        "exports.handle = async () => { console.log('one', { a: 1 }); console.error('two'); };\n");
  const InvocationOutcome outcome = Call({.event = "1", .wants_log_tail = true});
  const std::string& id = outcome.request_id;
  EXPECT_THAT(outcome.log_tail, HasSubstr("Z\t" + id + "\tINFO\tone { a: 1 }\n"));
  EXPECT_THAT(outcome.log_tail, HasSubstr("Z\t" + id + "\tERROR\ttwo\n"));
}

TEST_F(NodeFunction, TellsItsError) {
  Write("own.js", "exports.handle = async () => { throw new TypeError('boom'); };\n");
  const InvocationOutcome outcome = Call();
  const json body = json::parse(outcome.payload);
  EXPECT_EQ(body["errorType"], "TypeError");
  EXPECT_EQ(body["errorMessage"], "boom");
  EXPECT_EQ(body["trace"][0], "TypeError: boom");
  EXPECT_THAT(outcome.error->stack_trace, HasSubstr("own.js:1:"));
  EXPECT_EQ(FailingInvoke().type, "TypeError");
  EXPECT_EQ(function_->Report().starts, 1) << "the process goes on";
}

TEST_F(NodeFunction, TellsErrorsThatAreNoErrors) {
  Write("own.js", "exports.handle = (event, context, callback) => callback('just text');\n");
  EXPECT_EQ(Payload(), R"({"errorType":"string","errorMessage":"just text","trace":[]})");
}

TEST_F(NodeFunction, TellsARejectionThatNobodyHandled) {
  Write("own.js", R"(
exports.handle = async () => {
  Promise.reject(new Error('lost'));
  await new Promise((resolve) => setTimeout(resolve, 5000));
};
)");
  const InvocationOutcome outcome = Call();
  const json body = json::parse(outcome.payload);
  EXPECT_EQ(body["errorType"], "Runtime.UnhandledPromiseRejection");
  EXPECT_EQ(body["errorMessage"], "Error: lost");
  EXPECT_EQ(body["reason"]["errorType"], "Error");
  EXPECT_EQ(body["reason"]["errorMessage"], "lost");
  Call();
  EXPECT_EQ(function_->Report().starts, 2) << "its process ends";
}

TEST_F(NodeFunction, TellsAnExceptionThatNobodyCaught) {
  Write("own.js", R"(
exports.handle = (event, context, callback) => setTimeout(() => { throw new RangeError('late'); }, 1);
)");
  const FunctionError error = FailingInvoke();
  EXPECT_EQ(error.type, "RangeError");
  EXPECT_EQ(error.message, "late");
}

TEST_F(NodeFunction, TellsThatItsFileIsNotThere) {
  const FunctionError error = FailingInvoke();
  EXPECT_EQ(error.type, "Runtime.ImportModuleError");
  EXPECT_EQ(error.message,
            "Error: Cannot find module 'own'\nRequire stack:\n- /var/runtime/index.mjs");
  EXPECT_EQ(error.hint, "there is no own.js, own.mjs or own.cjs in " + folder_.string());
}

TEST_F(NodeFunction, TellsThatAPackageIsMissingAndWhatToDo) {
  Write("own.js", "require('@no/such/part');\n");
  const FunctionError error = FailingInvoke();
  EXPECT_EQ(error.type, "Runtime.ImportModuleError");
  EXPECT_THAT(error.message,
              StartsWith("Error: Cannot find module '@no/such/part'\nRequire stack:"));
  EXPECT_EQ(error.hint, "install it with: npm install @no/such, in " + folder_.string());
}

TEST_F(NodeFunction, TellsThatTheFileHasNoSuchFunction) {
  Write("own.js", "exports.other = 1;\n");
  EXPECT_EQ(FailingInvoke().message, "own.handle is undefined or not exported");
  config_.handler = "own.other";
  function_.reset();
  const FunctionError error = FailingInvoke();
  EXPECT_EQ(error.type, "Runtime.HandlerNotFound");
  EXPECT_EQ(error.message, "own.other is not a function");
}

TEST_F(NodeFunction, TellsMalformedHandlers) {
  config_.handler = "own";
  FunctionError error = FailingInvoke();
  EXPECT_EQ(error.type, "Runtime.MalformedHandlerName");
  EXPECT_EQ(error.message, "Bad handler");
  config_.handler = "../own.handle";
  function_.reset();
  error = FailingInvoke();
  EXPECT_EQ(error.message,
            "'../own.handle' is not a valid handler name. Use absolute paths when specifying root "
            "directories in handler names.");
}

TEST_F(NodeFunction, TellsWhereItsTextIsNoJavaScript) {
  Write("own.js", "exports.handle = async (=> {};\n");
  const FunctionError error = FailingInvoke();
  EXPECT_EQ(error.type, "Runtime.UserCodeSyntaxError");
  EXPECT_THAT(error.message, StartsWith("SyntaxError: "));
  EXPECT_THAT(error.stack_trace, HasSubstr("own.js:1"));
}

TEST_F(NodeFunction, IsToldThatItCannotStream) {
  Write("own.js", "exports.handle = awslambda.streamifyResponse(async () => {});\n");
  const FunctionError error = FailingInvoke();
  EXPECT_EQ(error.type, "Runtime.ResponseStreamingNotSupported");
  EXPECT_EQ(
      error.message,
      "awslambda.streamifyResponse is not supported here: functions are called without response "
      "streaming. Export an async handler that returns its response instead.");
}

TEST_F(NodeFunction, MayReturnOnlyWhatIsJson) {
  Write("own.js", "exports.handle = async () => 1n;\n");
  EXPECT_EQ(FailingInvoke().message, "Unable to stringify response body");
}

TEST_F(NodeFunction, ThatExitsFailsItsInvocation) {
  Write("own.js", "exports.handle = async () => process.exit(3);\n");
  EXPECT_THAT(FailingInvoke().message, EndsWith("Runtime exited with error: exit status 3"));
}

TEST_F(NodeFunction, ThatHangsIsEndedAtItsTimeout) {
  config_.timeout = std::chrono::seconds(1);
  Write("own.js", "exports.handle = async () => { for (;;); };\n");
  EXPECT_THAT(FailingInvoke().message, EndsWith("Task timed out after 1.00 seconds"));
}

TEST_F(NodeFunction, MayPrintAMegabyte) {
  Write("own.js", R"(
exports.handle = async () => {
  console.log('x'.repeat(1000000));
  for (let i = 0; i < 20000; ++i) console.error('line', i);
  process.stdout.write('y'.repeat(1000000));
  return 'done';
};
)");
  EXPECT_EQ(Payload(), "\"done\"");
}

TEST_F(NodeFunction, FindsItsLayers) {
  Write("layer/nodejs/node_modules/layered/index.js", "module.exports = 'layered';\n");
  Write("layer/nodejs/node20/node_modules/newer/index.js", "module.exports = 'newer';\n");
  Write("own.js",
        "const names = [require('layered'), require('newer')];\nexports.handle = async () => "
        "names;\n");
  config_.layers = {folder_ / "layer"};
  EXPECT_EQ(Payload(), R"(["layered","newer"])");
}

TEST_F(NodeFunction, StartsUnderAMemoryLimit) {
  config_.enforce_memory = true;
  config_.memory_size_mb = 256;
  Write("own.js", "exports.handle = async () => 'small';\n");
  EXPECT_EQ(Payload(), "\"small\"");
}

/// Node's clients do not know HTTP_PROXY, so a hard-coded address of AWS is led here by the
/// bootstrap.
TEST_F(NodeFunction, ReachesThisServerUnderAnAddressOfAws) {
  boost::asio::ip::tcp::acceptor server(context_, {boost::asio::ip::address_v4::loopback(), 0});
  config_.variables["AWS_ENDPOINT_URL_DYNAMODB"] =
      "http://127.0.0.1:" + std::to_string(server.local_endpoint().port());
  Write("own.js", R"(
const http = require('http');
exports.handle = async () => new Promise((resolve, reject) => {
  const request = http.request('http://dynamodb.eu-north-1.amazonaws.com/', { method: 'POST' }, (answer) => {
    answer.setEncoding('utf8').on('data', resolve);
  });
  request.on('error', reject);
  request.end('{}');
});
)");
  boost::asio::ip::tcp::socket socket(context_);
  std::string request;
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere";
  server.async_accept(socket, [&](boost::system::error_code) {
    boost::asio::async_read_until(socket, boost::asio::dynamic_buffer(request), "\r\n\r\n",
                                  [&](boost::system::error_code, std::size_t) {
                                    boost::asio::async_write(
                                        socket, boost::asio::buffer(answer),
                                        [](boost::system::error_code, std::size_t) {});
                                  });
  });
  EXPECT_EQ(Payload(), "\"here\"");
  EXPECT_THAT(request, HasSubstr("\r\nHost: dynamodb.eu-north-1.amazonaws.com\r\n"));
}

}  // namespace
}  // namespace pumice
