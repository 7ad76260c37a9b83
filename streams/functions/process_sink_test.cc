// SPDX-License-Identifier: Apache-2.0
// Python functions, and what holds for every function that is a process.
#include "streams/functions/process_sink.h"

#include <signal.h>

#include <cstdlib>
#include <utility>

#include <gmock/gmock.h>

#include "streams/functions/function_test_support.h"

namespace pumice {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class FunctionProcess : public FunctionTest {};

TEST_F(FunctionProcess, GetsTheEvent) {
  Write("own.py",
        "import json\ndef handle(event, context):\n  open('saw', 'w').write(json.dumps(event))\n");
  EXPECT_FALSE(Invoke().has_value());
  EXPECT_EQ(Read("saw"), R"({"Records": [{"n": 1}]})");
}

TEST_F(FunctionProcess, StaysWarm) {
  Write("own.py",
        "n = 0\ndef handle(event, context):\n  global n\n  n += 1\n  open('saw', "
        "'w').write(str(n))\n");
  Invoke();
  Invoke();
  EXPECT_EQ(Read("saw"), "2");
  EXPECT_EQ(function_->Report().starts, 1);
}

TEST_F(FunctionProcess, IsReadyBeforeTheFirstEvent) {
  Write("own.py", "def handle(event, context): pass\n");
  Start();
  function_->WarmUp();
  RunUntil([&] { return function_->Report().state == "Idle"; });
  EXPECT_FALSE(Invoke().has_value());
  EXPECT_EQ(function_->Report().starts, 1);
}

TEST_F(FunctionProcess, IsFoundInModulesOfAllNames) {
  const std::pair<const char*, const char*> kNames[] = {
      {"a-b.py", "a-b.handle"},
      {"in/side/c-d.py", "in/side/c-d.handle"},
      {"package/e.py", "package.e.handle"},
      {"with.dots.py", "with.dots.handle"},
  };
  for (const auto& [file, handler] : kNames) {
    Write(file, "def handle(event, context): open('saw', 'w').write(__name__)\n");
    config_.handler = handler;
    function_.reset();
    EXPECT_FALSE(Invoke().has_value()) << handler;
  }
}

TEST_F(FunctionProcess, MayHaveModulesNamedLikePythonsOwn) {
  Write("json.py", "raise RuntimeError('not this one')\n");
  Write("own.py", "def handle(event, context): pass\n");
  EXPECT_FALSE(Invoke().has_value());
}

TEST_F(FunctionProcess, GetsTheContextOfAws) {
  config_.memory_size_mb = 512;
  Write("own.py", R"(
def handle(event, context):
  left = context.get_remaining_time_in_millis()
  open('saw', 'w').write('|'.join([
      context.function_name, context.function_version, context.invoked_function_arn,
      str(context.memory_limit_in_mb), context.log_group_name, str(len(context.aws_request_id)),
      str(25000 < left <= 30000)]))
)");
  EXPECT_FALSE(Invoke().has_value());
  EXPECT_EQ(Read("saw"),
            "group|$LATEST|arn:aws:lambda:us-east-1:000000000000:function:group|512|"
            "/aws/lambda/group|36|True");
}

TEST_F(FunctionProcess, GetsAnEnvironmentThatLeadsToThisServer) {
  ::setenv("AWS_SECRET_ACCESS_KEY", "real", 1);
  ::setenv("AWS_PROFILE", "real", 1);
  config_.variables["STAGE"] = "test";
  config_.variables["AWS_REGION"] = "eu-north-1";
  Write("own.py", R"(
import os
def handle(event, context):
  names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE', 'AWS_REGION', 'AWS_DEFAULT_REGION',
           'AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_DYNAMODB', 'AWS_ENDPOINT_URL_DYNAMODB_STREAMS',
           'HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'STAGE', '_HANDLER']
  open('saw', 'w').write('\n'.join(str(os.environ.get(name)) for name in names))
)");
  EXPECT_FALSE(Invoke().has_value());
  const std::string server = "http://127.0.0.1:8000\n";
  EXPECT_EQ(Read("saw"), "pumice\npumice\nNone\neu-north-1\nus-east-1\n" + server + server +
                             server + server + server + "127.0.0.1,localhost\ntest\nown.handle");
  ::unsetenv("AWS_SECRET_ACCESS_KEY");
  ::unsetenv("AWS_PROFILE");
}

TEST_F(FunctionProcess, TellsItsException) {
  Write("own.py", "def handle(event, context):\n  return event['missing']\n");
  const FunctionError error = FailingInvoke();
  EXPECT_EQ(error.type, "KeyError");
  EXPECT_EQ(error.message, "'missing'");
  EXPECT_THAT(error.stack_trace, HasSubstr("own.py\", line 2, in handle"));
  EXPECT_THAT(error.stack_trace, HasSubstr("return event['missing']"));
  EXPECT_EQ(FailingInvoke().type, "KeyError") << "the process goes on";
  EXPECT_EQ(function_->Report().starts, 1);
}

TEST_F(FunctionProcess, TellsAMissingModuleAndWhatToDo) {
  Write("own.py", "import no_such_module_at_all\n");
  const FunctionError error = FailingInvoke();
  EXPECT_EQ(error.type, "Runtime.ImportModuleError");
  EXPECT_EQ(error.message,
            "Unable to import module 'own': No module named 'no_such_module_at_all'");
  EXPECT_THAT(error.hint, HasSubstr("-m pip install no_such_module_at_all"));
}

TEST_F(FunctionProcess, TellsThatItsOwnModuleIsNotThere) {
  const FunctionError error = FailingInvoke();
  EXPECT_EQ(error.message, "Unable to import module 'own': No module named 'own'");
  EXPECT_EQ(error.hint, "there is no own.py in " + folder_.string());
}

TEST_F(FunctionProcess, TellsThatTheModuleHasNoSuchFunction) {
  Write("own.py", "def other(event, context): pass\n");
  const FunctionError error = FailingInvoke();
  EXPECT_EQ(error.type, "Runtime.HandlerNotFound");
  EXPECT_EQ(error.message, "Handler 'handle' missing on module 'own'");
}

TEST_F(FunctionProcess, IsStartedAgainAfterAnInitError) {
  Write("own.py", "import no_such_module_at_all\n");
  FailingInvoke();
  Write("own.py", "def handle(event, context): pass\n");
  EXPECT_FALSE(Invoke().has_value());
  EXPECT_EQ(function_->Report().starts, 2);
}

TEST_F(FunctionProcess, ThatHangsIsKilledWithItsGroupAndReplaced) {
  config_.timeout = std::chrono::seconds(1);
  Write("own.py", R"(
import os, subprocess, time
def handle(event, context):
  if os.path.exists('second'): return
  open('second', 'w').close()
  child = subprocess.Popen(['sleep', '1000'])
  open('child', 'w').write(str(child.pid))
  time.sleep(1000)
)");
  const FunctionError error = FailingInvoke();
  EXPECT_EQ(error.type, "Sandbox.Timedout");
  EXPECT_THAT(error.message, StartsWith("RequestId: "));
  EXPECT_THAT(error.message, EndsWith(" Error: Task timed out after 1.00 seconds"));
  const pid_t grandchild = std::stoi(Read("child"));
  // An orphan is reaped by init, in its own time.
  RunUntil([&] {
    std::ostringstream stat;
    stat << std::ifstream("/proc/" + std::to_string(grandchild) + "/stat").rdbuf();
    return stat.str().empty() || stat.str().find(") Z ") != std::string::npos;
  });
  EXPECT_FALSE(Invoke().has_value());
  EXPECT_EQ(function_->Report().starts, 2);
}

TEST_F(FunctionProcess, ThatExitsFailsItsInvocationAndIsReplaced) {
  Write("own.py", R"(
import os, sys
def handle(event, context):
  if os.path.exists('second'): return
  open('second', 'w').close()
  sys.exit(3)
)");
  const FunctionError error = FailingInvoke();
  EXPECT_EQ(error.type, "Runtime.ExitError");
  EXPECT_THAT(error.message, EndsWith(" Error: Runtime exited with error: exit status 3"));
  EXPECT_FALSE(Invoke().has_value());
}

// A shell, since python3 on the PATH may be a script that waits for the real one and tells 139.
TEST_F(FunctionProcess, ThatIsKilledFailsItsInvocation) {
  config_.runtime = FunctionRuntime::kProvided;
  WriteProgram("bootstrap", "#!/bin/sh\nkill -SEGV $$\n");
  EXPECT_EQ(FailingInvoke().message, "Runtime exited with error: signal: segmentation fault");
}

TEST_F(FunctionProcess, ThatDiesBetweenInvocationsIsReplaced) {
  Write("own.py", "def handle(event, context): pass\n");
  Invoke();
  ::kill(function_->Report().pids.at(0), SIGKILL);
  RunUntil([&] { return function_->Report().state == "Stopped"; });
  EXPECT_FALSE(Invoke().has_value());
}

TEST_F(FunctionProcess, MayPrintAMegabyte) {
  Write("own.py", R"(
import sys
def handle(event, context):
  print('x' * 1000000)
  for i in range(20000): print('line', i, file=sys.stderr)
)");
  EXPECT_FALSE(Invoke().has_value());
}

TEST_F(FunctionProcess, MayCloseItsOutput) {
  Write("own.py", R"(
import os, sys
def handle(event, context):
  sys.stdout.close()
  os.close(2)
)");
  EXPECT_FALSE(Invoke().has_value());
}

TEST_F(FunctionProcess, MayForkAndReturnTwice) {
  Write("own.py", "import os\ndef handle(event, context): os.fork()\n");
  EXPECT_FALSE(Invoke().has_value());
  EXPECT_FALSE(Invoke().has_value());
}

TEST_F(FunctionProcess, MayReturnOnlyWhatIsJson) {
  Write("own.py", "def handle(event, context): return {1, 2}\n");
  const FunctionError error = FailingInvoke();
  EXPECT_EQ(error.type, "Runtime.MarshalError");
  EXPECT_EQ(error.message,
            "Unable to marshal response: Object of type set is not JSON serializable");
}

TEST_F(FunctionProcess, MayBeAnyExecutable) {
  config_.runtime = FunctionRuntime::kProvided;
  Write("bootstrap", R"(#!/usr/bin/env python3
import http.client, os
api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
while True:
  api.request('GET', '/2018-06-01/runtime/invocation/next')
  answer = api.getresponse()
  open('saw', 'wb').write(answer.read())
  id = answer.headers['Lambda-Runtime-Aws-Request-Id']
  api.request('POST', '/2018-06-01/runtime/invocation/%s/response' % id, 'not even JSON')
  api.getresponse().read()
)");
  std::filesystem::permissions(folder_ / "bootstrap", std::filesystem::perms::owner_all);
  EXPECT_FALSE(Invoke().has_value());
  EXPECT_EQ(Read("saw"), kEvent);
}

TEST_F(FunctionProcess, ThatCannotBeExecutedFailsItsInvocation) {
  config_.runtime = FunctionRuntime::kProvided;
  Write("bootstrap", "#!/bin/sh\n");
  const FunctionError error = FailingInvoke();
  EXPECT_EQ(error.type, "Runtime.InvalidEntrypoint");
  EXPECT_THAT(error.message, EndsWith("Permission denied"));
}

TEST_F(FunctionProcess, ThatEndsBeforeItIsReadyFailsItsInvocation) {
  config_.runtime = FunctionRuntime::kProvided;
  Write("bootstrap", "#!/bin/sh\nexit 7\n");
  std::filesystem::permissions(folder_ / "bootstrap", std::filesystem::perms::owner_all);
  EXPECT_EQ(FailingInvoke().message, "Runtime exited with error: exit status 7");
}

TEST_F(FunctionProcess, InheritsNoDescriptor) {
  Write("own.py", R"(
import os
def handle(event, context):
  for fd in range(3, 100):
    try: print(os.readlink('/proc/self/fd/%d' % fd), file=open('saw', 'a'))
    except OSError: pass
)");
  const std::ofstream ours(folder_ / "ours");
  EXPECT_FALSE(Invoke().has_value());
  const std::string saw = Read("saw");
  EXPECT_EQ(saw.find("ours"), std::string::npos) << saw;
  EXPECT_EQ(saw.find("socket:"), saw.rfind("socket:")) << "one socket, its own: " << saw;
}

TEST_F(FunctionProcess, LeavesNoProcessBehind) {
  Write("own.py", "def handle(event, context): pass\n");
  Invoke();
  const pid_t pid = function_->Report().pids.at(0);
  function_->Stop();
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
  EXPECT_EQ(function_->Report().state, "Stopped");
}

}  // namespace
}  // namespace pumice
