// SPDX-License-Identifier: Apache-2.0
// Several processes of one function, what an invocation gives back, and what a function may do to
// us.
#include "streams/functions/function.h"

#include <signal.h>

#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <sys/resource.h>

#include "streams/functions/function_test_support.h"
#include "streams/functions/process_sink.h"

namespace pumice {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

/// Runs all but the long pauses, which the test ends itself.
class HeldScheduler final : public Scheduler {
 public:
  explicit HeldScheduler(boost::asio::io_context& context) : inner_(context) {}
  std::unique_ptr<Timer> After(std::chrono::milliseconds delay,
                               std::function<void()> work) override {
    if (delay < kIdleCheckInterval) return inner_.After(delay, std::move(work));
    held.push_back(std::move(work));
    return std::make_unique<Timer>();
  }

  std::vector<std::function<void()>> held;

 private:
  AsioScheduler inner_;
};

class FunctionPool : public FunctionTest {
 protected:
  /// Each invocation waits until the file "go" is there.
  void WriteWaiting() {
    Write("own.py", R"(
import os, time
def handle(event, context):
  open('began', 'a').write(str(event) + '\n')
  while not os.path.exists('go'): time.sleep(0.01)
  return [event, os.getpid()]
)");
  }
  void BeginMany(int count) {
    for (int i = 0; i < count; ++i) Begin({.event = std::to_string(i)});
  }
  std::ptrdiff_t Lines(const std::string& name) {
    const std::string text = Read(name);
    return std::count(text.begin(), text.end(), '\n');
  }
};

TEST_F(FunctionPool, RunsAsManyAtOnceAsItMay) {
  WriteWaiting();
  config_.max_concurrency = 3;
  BeginMany(5);
  RunUntil([&] { return Lines("began") == 3; });
  EXPECT_EQ(function_->Report().pids.size(), 3U);
  EXPECT_EQ(function_->Report().in_flight, 5U);
  EXPECT_EQ(function_->Report().state, "Running");
  Write("go", "");
  WaitFor(5);
  EXPECT_EQ(function_->Report().starts, 3);
  EXPECT_EQ(function_->Report().invocations, 5);
  EXPECT_EQ(function_->Report().in_flight, 0U);
}

TEST_F(FunctionPool, BeginsInTheOrderOfTheCalls) {
  Write("own.py", "def handle(event, context): open('began', 'a').write(str(event))\n");
  config_.max_concurrency = 1;
  BeginMany(9);
  WaitFor(9);
  EXPECT_EQ(Read("began"), "012345678");
  EXPECT_EQ(function_->Report().starts, 1);
}

TEST_F(FunctionPool, GivesTheNextOneToAProcessThatIsAboutToBeReady) {
  Write("own.py", "def handle(event, context): pass\n");
  Start();
  int left = 20;
  std::function<void()> again = [&] {
    if (left-- > 0) function_->Invoke({.event = "1"}, [&](InvocationOutcome) { again(); });
  };
  again();
  RunUntil([&] { return left < 0; });
  EXPECT_EQ(function_->Report().starts, 1);
}

TEST_F(FunctionPool, RefusesWhatIsTooMuch) {
  WriteWaiting();
  config_.max_concurrency = 1;
  BeginMany(static_cast<int>(kMaxWaitingInvocations) + 1);
  ASSERT_EQ(outcomes_.size(), 1U);
  EXPECT_FALSE(outcomes_[0].invoked);
  EXPECT_EQ(outcomes_[0].error->type, "TooManyRequestsException");
  EXPECT_EQ(outcomes_[0].error->message, "Rate Exceeded.");
  EXPECT_EQ(function_->Report().throttles, 1);
  EXPECT_EQ(function_->Report().invocations, 0);
}

TEST_F(FunctionPool, FailsAllThatWaitOnceWhenItCannotBegin) {
  Write("own.py", "import no_such_module\n");
  config_.max_concurrency = 2;
  BeginMany(5);
  WaitFor(5);
  for (const InvocationOutcome& outcome : outcomes_) {
    EXPECT_TRUE(outcome.invoked);
    EXPECT_EQ(outcome.error->type, "Runtime.ImportModuleError");
  }
  EXPECT_EQ(function_->Report().starts, 2) << "no process is started for nobody";
}

TEST_F(FunctionPool, EndsProcessesThatAreIdleForLongButOne) {
  HeldScheduler scheduler(context_);
  ManualClock clock(SystemClock().Now());
  WriteWaiting();
  config_.max_concurrency = 3;
  function_ =
      std::make_unique<LambdaFunction>(config_, FunctionPlace{.server_port = 8000},
                                       SinkParts{context_, scheduler, clock, random_, log_});
  BeginMany(3);
  RunUntil([&] { return Lines("began") == 3; });
  Write("go", "");
  RunUntil([&] { return function_->Report().state == "Idle" && outcomes_.size() == 3; });
  context_.run_for(std::chrono::milliseconds(1));
  ASSERT_EQ(scheduler.held.size(), 1U);
  clock.Advance(kIdleTime);
  RunUntil([&] {
    scheduler.held.back()();
    return function_->Report().pids.size() == 1;
  });
  EXPECT_FALSE(Invoke().has_value());
  EXPECT_EQ(function_->Report().starts, 3);
  function_.reset();
}

TEST_F(FunctionPool, LosesOnlyTheInvocationOfTheProcessThatDies) {
  Write("own.py", R"(
import os, time
def handle(event, context):
  if event == 0: os._exit(1)
  return event
)");
  config_.max_concurrency = 1;
  BeginMany(3);
  WaitFor(3);
  EXPECT_THAT(outcomes_[0].error->message, EndsWith("Runtime exited with error: exit status 1"));
  EXPECT_EQ(outcomes_[1].payload, "1");
  EXPECT_EQ(outcomes_[2].payload, "2");
  EXPECT_EQ(function_->Report().errors, 1);
  EXPECT_THAT(function_->Report().last_error, StartsWith("Runtime.ExitError: RequestId: "));
}

TEST_F(FunctionPool, TakesAChangedFileWithTheNextInvocation) {
  config_.hot_reload = true;
  Write("own.py", "def handle(event, context): return 'old'\n");
  EXPECT_EQ(Call().payload, "\"old\"");
  EXPECT_EQ(Call().payload, "\"old\"");
  EXPECT_EQ(function_->Report().starts, 1) << "its own __pycache__ is no change";
  Write("own.py", "def handle(event, context): return 'new'\n");
  RunUntil([&] { return Call().payload == "\"new\""; });
  EXPECT_EQ(function_->Report().starts, 2);
}

TEST_F(FunctionPool, LetsAnInvocationEndThatRunsWhileTheCodeChanges) {
  config_.hot_reload = true;
  WriteWaiting();
  Begin({.event = "1"});
  RunUntil([&] { return Lines("began") == 1; });
  Write("own.py", "import os\ndef handle(event, context): return ['new', os.getpid()]\n");
  RunUntil([&] {
    Begin({.event = "2"});
    const std::size_t known = outcomes_.size();
    RunUntil([&] { return outcomes_.size() > known || Lines("began") > 1; });
    return !outcomes_.empty() && outcomes_.back().payload.starts_with("[\"new\"");
  });
  Write("go", "");
  RunUntil([&] {
    return std::any_of(outcomes_.begin(), outcomes_.end(),
                       [](const auto& outcome) { return outcome.payload.starts_with("[1, "); });
  });
}

// --- What an invocation gives back
// -----------------------------------------------------------------

class FunctionOutcome : public FunctionTest {};

TEST_F(FunctionOutcome, HoldsWhatTheFunctionReturned) {
  Write("own.py",
        "def handle(event, context): return {'n': event['n'], 'id': context.aws_request_id}\n");
  const InvocationOutcome outcome = Call({.event = R"({"n":7})"});
  EXPECT_FALSE(outcome.error.has_value());
  EXPECT_EQ(outcome.request_id.size(), 36U);
  EXPECT_EQ(outcome.payload, R"({"n": 7, "id": ")" + outcome.request_id + "\"}");
  EXPECT_EQ(outcome.log_tail, "") << "nobody asked";
}

TEST_F(FunctionOutcome, HoldsTheErrorAsAwsGivesIt) {
  Write("own.py", "def handle(event, context): raise ValueError('no')\n");
  const InvocationOutcome outcome = Call();
  EXPECT_TRUE(outcome.invoked);
  EXPECT_THAT(outcome.payload,
              StartsWith(R"({"errorMessage": "no", "errorType": "ValueError", "requestId": ")" +
                         outcome.request_id + R"(", "stackTrace": ["  File \")"));
}

TEST_F(FunctionOutcome, HoldsNoHintOfOurs) {
  const InvocationOutcome outcome = Call();
  EXPECT_EQ(outcome.error->hint, "there is no own.py in " + folder_.string());
  EXPECT_EQ(outcome.payload,
            R"({"errorMessage":"Unable to import module 'own': No module named 'own'",)"
            R"("errorType":"Runtime.ImportModuleError","requestId":"","stackTrace":[]})");
}

TEST_F(FunctionOutcome, OfATimeOut) {
  config_.timeout = std::chrono::seconds(1);
  Write("own.py", "import time\ndef handle(event, context): time.sleep(1000)\n");
  const InvocationOutcome outcome = Call();
  EXPECT_EQ(outcome.payload, R"({"errorType":"Sandbox.Timedout","errorMessage":"RequestId: )" +
                                 outcome.request_id +
                                 R"( Error: Task timed out after 1.00 seconds"})");
}

TEST_F(FunctionOutcome, OfAnExit) {
  Write("own.py", "import os\ndef handle(event, context): os._exit(0)\n");
  const InvocationOutcome outcome = Call();
  EXPECT_EQ(outcome.payload, R"({"errorType":"Runtime.ExitError","errorMessage":"RequestId: )" +
                                 outcome.request_id +
                                 R"( Error: Runtime exited without providing a reason"})");
}

TEST_F(FunctionOutcome, HoldsTheLogOfItsInvocation) {
  Write("own.py", R"(
print('init')
def handle(event, context):
  print('one')
  print('two', end='')
)");
  const InvocationOutcome first = Call({.event = "1", .wants_log_tail = true});
  const std::string& id = first.request_id;
  EXPECT_THAT(first.log_tail,
              StartsWith("START RequestId: " + id + " Version: $LATEST\none\ntwo\n" +
                         "END RequestId: " + id + "\nREPORT RequestId: " + id + "\tDuration: "));
  EXPECT_THAT(
      first.log_tail.substr(first.log_tail.find("REPORT")),
      MatchesRegex("REPORT RequestId: [0-9a-f-]+\tDuration: [0-9]+\\.[0-9][0-9] ms\t"
                   "Billed Duration: [0-9]+ ms\tMemory Size: 128 MB\t"
                   "Max Memory Used: [0-9]+ MB\tInit Duration: [0-9]+\\.[0-9][0-9] ms\t\n"));
  const InvocationOutcome second = Call({.event = "1", .wants_log_tail = true});
  EXPECT_EQ(second.log_tail.find("Init Duration"), std::string::npos);
}

TEST_F(FunctionOutcome, HoldsTheLastFourKilobytesOfItsLog) {
  Write("own.py", "def handle(event, context):\n  for i in range(5000): print('line', i)\n");
  const InvocationOutcome outcome = Call({.event = "1", .wants_log_tail = true});
  EXPECT_EQ(outcome.log_tail.size(), 4096U);
  EXPECT_THAT(outcome.log_tail, HasSubstr("\nline 4999\nEND RequestId: "));
}

TEST_F(FunctionOutcome, HoldsTheErrorInItsLog) {
  Write("own.py", "def handle(event, context): raise ValueError('no')\n");
  const InvocationOutcome outcome = Call({.event = "1", .wants_log_tail = true});
  EXPECT_THAT(outcome.log_tail,
              HasSubstr("\n[ERROR] ValueError: no\nTraceback (most recent call last):\n"));
  EXPECT_THAT(outcome.log_tail, EndsWith("Status: error\n"));
}

TEST_F(FunctionOutcome, SaysWhatTheClientSent) {
  Write("own.py", R"(
def handle(event, context):
  c = context.client_context
  return [c.custom['a'], c.client.app_title, c.env, context.identity.cognito_identity_id]
)");
  const InvocationOutcome outcome = Call(
      {.event = "1",
       .client_context = R"({"custom":{"a":"b"},"client":{"app_title":"t"},"env":{"e":"f"} })"});
  EXPECT_EQ(outcome.payload, R"(["b", "t", {"e": "f"}, null])");
  EXPECT_EQ(Call().error->type, "AttributeError") << "client_context is None without one";
}

// --- What a function finds
// -------------------------------------------------------------------------

class FunctionSurroundings : public FunctionTest {};

TEST_F(FunctionSurroundings, HoldTheLayersOnAllPaths) {
  Write("first/python/layered.py", "name = 'first'\n");
  Write("second/python/layered.py", "name = 'second'\n");
  Write("second/python/json.py", "raise RuntimeError('not this one')\n");
  Write("first/python/lib/python3.11/site-packages/packaged.py", "name = 'packaged'\n");
  std::filesystem::create_directories(folder_ / "first/lib");
  WriteProgram("first/bin/tool", "#!/bin/sh\necho tool\n");
  Write("own.py", R"(
import layered, packaged, os, subprocess
def handle(event, context):
  return [layered.name, packaged.name, subprocess.check_output(['tool'], text=True).strip(),
          os.environ['LD_LIBRARY_PATH'].split(':')[0]]
)");
  config_.layers = {folder_ / "first", folder_ / "second"};
  EXPECT_EQ(Call().payload,
            R"(["second", "packaged", "tool", ")" + (folder_ / "first/lib").string() + "\"]");
}

TEST_F(FunctionSurroundings, NameTheVersion) {
  config_.version = "7";
  config_.runtime_name = "python3.12";
  Write("own.py", R"(
import os
def handle(event, context):
  return [context.function_version, context.invoked_function_arn, os.environ['AWS_EXECUTION_ENV']]
)");
  EXPECT_EQ(
      Call().payload,
      R"(["7", "arn:aws:lambda:us-east-1:000000000000:function:group:7", "AWS_Lambda_python3.12"])");
}

TEST_F(FunctionSurroundings, AreLimitedInMemoryOnlyWhenThatIsAsked) {
  Write("own.py", "def handle(event, context): return len(bytearray(400 * 1024 * 1024))\n");
  EXPECT_FALSE(Invoke().has_value());
  function_.reset();
  config_.enforce_memory = true;
  config_.memory_size_mb = 256;
  EXPECT_EQ(FailingInvoke().type, "MemoryError");
}

// --- What a function may do to us
// ------------------------------------------------------------------

class FunctionFault : public FunctionTest {
 protected:
  /// A runtime in Python that the test writes itself: `body` between helpers.
  void WriteRuntime(const std::string& body) {
    config_.runtime = FunctionRuntime::kProvided;
    WriteProgram("bootstrap", R"(#!/usr/bin/python3
import http.client, os, sys
api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
def call(method, path, body=None):
  api.request(method, '/2018-06-01/runtime/' + path, body)
  answer = api.getresponse()
  return answer, answer.read().decode()
def next():
  answer, event = call('GET', 'invocation/next')
  return answer.headers['Lambda-Runtime-Aws-Request-Id'], event
def respond(id, body): return call('POST', 'invocation/%s/response' % id, body)
)" + body);
  }
};

TEST_F(FunctionFault, AnswerThatIsNoJsonIsPassedOn) {
  WriteRuntime("while True:\n  id, event = next()\n  respond(id, 'garbage {')\n");
  const InvocationOutcome outcome = Call();
  EXPECT_FALSE(outcome.error.has_value());
  EXPECT_EQ(outcome.payload, "garbage {");
}

TEST_F(FunctionFault, AnswerOverSixMegabytesIsAnError) {
  WriteRuntime(R"(
while True:
  id, event = next()
  answer, body = respond(id, 'x' * (6 * 1024 * 1024 + 101))
  open('saw', 'w').write(str(answer.status))
)");
  const FunctionError error = FailingInvoke();
  EXPECT_EQ(error.type, "Function.ResponseSizeTooLarge");
  EXPECT_EQ(error.message,
            "Response payload size exceeded maximum allowed payload size (6291556 bytes).");
  EXPECT_EQ(FailingInvoke().type, "Function.ResponseSizeTooLarge");
  EXPECT_EQ(function_->Report().starts, 1) << "the process goes on";
}

TEST_F(FunctionFault, SecondNextIsRefused) {
  WriteRuntime(R"(
while True:
  id, event = next()
  answer, body = call('GET', 'invocation/next')
  respond(id, '%d' % answer.status)
)");
  EXPECT_EQ(Call().payload, "403");
  EXPECT_EQ(Call().payload, "403");
}

TEST_F(FunctionFault, SecondAnswerIsRefused) {
  WriteRuntime(R"(
last = 0
while True:
  id, event = next()
  respond(id, '%d' % last)
  last = respond(id, '2')[0].status
)");
  EXPECT_EQ(Call().payload, "0");
  EXPECT_EQ(Call().payload, "403");
}

TEST_F(FunctionFault, GrandchildThatHoldsTheOutputDoesNotHoldUs) {
  Write("own.py", R"(
import os, subprocess
def handle(event, context):
  child = subprocess.Popen(['sleep', '1000'], start_new_session=True)
  open('child', 'w').write(str(child.pid))
  os._exit(1)
)");
  EXPECT_EQ(FailingInvoke().type, "Runtime.ExitError");
  ::kill(std::stoi(Read("child")), SIGKILL);
}

TEST_F(FunctionFault, EndlessOutputHoldsNobody) {
  config_.timeout = std::chrono::seconds(1);
  Write("own.py", R"(
def handle(event, context):
  if event == 1:
    while True: print('x' * 10000)
  return event
)");
  EXPECT_EQ(Call({.event = "1", .wants_log_tail = true}).error->type, "Sandbox.Timedout");
  EXPECT_EQ(Call({.event = "2"}).payload, "2");
}

TEST_F(FunctionFault, AnswerAfterAForkIsTheParents) {
  Write("own.py", R"(
import os
def handle(event, context):
  return 'child' if os.fork() == 0 else 'parent'
)");
  EXPECT_EQ(Call().payload, "\"parent\"");
  EXPECT_EQ(Call().payload, "\"parent\"");
}

TEST_F(FunctionFault, MissingFolderIsTold) {
  config_.code_path = folder_ / "none";
  const InvocationOutcome outcome = Call();
  EXPECT_TRUE(outcome.invoked);
  EXPECT_EQ(outcome.error->type, "Runtime.InvalidEntrypoint");
  EXPECT_THAT(outcome.error->message, EndsWith("No such file or directory"));
}

TEST_F(FunctionFault, NoProcessLeftIsNoFunctionError) {
  Write("own.py", "def handle(event, context): pass\n");
  Start();
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const auto first_timer = scheduler_.After(std::chrono::milliseconds(0), [] {});  // opens files
  const rlimit none{0, before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &none);
  const InvocationOutcome outcome = Call();
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_FALSE(outcome.invoked);
  EXPECT_EQ(outcome.error->type, "ServiceException");
  EXPECT_THAT(outcome.error->message, EndsWith("Too many open files"));
  EXPECT_FALSE(Invoke().has_value()) << "it goes on when there is room again";
}

// --- Any executable
// --------------------------------------------------------------------------------

class ProvidedFunction : public FunctionTest {
 protected:
  void SetUp() override {
    FunctionTest::SetUp();
    config_.runtime = FunctionRuntime::kProvided;
  }
};

TEST_F(ProvidedFunction, MayBeAShellScript) {
  if (std::system("command -v curl >/dev/null") != 0) GTEST_SKIP() << "curl is not installed";
  WriteProgram("bootstrap", R"sh(#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
  event=$(curl -sS -D headers "$api/next") || exit 0
  id=$(tr -d '\r' < headers | sed -n 's/^Lambda-Runtime-Aws-Request-Id: //p')
  curl -sS -d "{\"got\":$event}" "$api/$id/response" > /dev/null
done
)sh");
  EXPECT_EQ(Call({.event = "[1]"}).payload, R"({"got":[1]})");
  EXPECT_EQ(Call({.event = "[2]"}).payload, R"({"got":[2]})");
  EXPECT_EQ(function_->Report().starts, 1);
}

TEST_F(ProvidedFunction, MayStandInALayer) {
  WriteProgram("layer/bootstrap", "#!/bin/sh\nexit 5\n");
  config_.layers = {folder_ / "layer"};
  std::filesystem::create_directories(folder_ / "code");
  config_.code_path = folder_ / "code";
  EXPECT_EQ(FailingInvoke().message, "Runtime exited with error: exit status 5");
}

/// As AWS's client for Go talks: chunks, a trailer, and nothing but 202 is right.
TEST_F(ProvidedFunction, MayBeWrittenInGo) {
  if (std::system("PATH=$PATH:/usr/local/go/bin go version >/dev/null 2>&1") != 0) {
    GTEST_SKIP() << "go is not installed";
  }
  Write("go.mod", "module function\n\ngo 1.20\n");
  Write("main.go", R"go(package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

func main() {
	api := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/"
	for {
		next, err := http.Get(api + "next")
		if err != nil || next.StatusCode != 200 {
			os.Exit(1)
		}
		event, _ := io.ReadAll(next.Body)
		next.Body.Close()
		id := next.Header.Get("Lambda-Runtime-Aws-Request-Id")
		body, writer := io.Pipe()
		request, _ := http.NewRequest("POST", api+id+"/response", body)
		request.Trailer = http.Header{"Lambda-Runtime-Function-Error-Type": nil}
		go func() {
			fmt.Fprintf(writer, `{"go":%s}`, strings.ToUpper(string(event)))
			writer.Close()
		}()
		answer, err := http.DefaultClient.Do(request)
		if err != nil || answer.StatusCode != 202 {
			os.Exit(2)
		}
		io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
	}
}
)go");
  const std::string build = "cd " + folder_.string() +
                            " && PATH=$PATH:/usr/local/go/bin GOFLAGS=-mod=mod CGO_ENABLED=0 "
                            "go build -o bootstrap . >build.log 2>&1";
  ASSERT_EQ(std::system(build.c_str()), 0) << Read("build.log");
  EXPECT_EQ(Call({.event = R"("x")"}).payload, R"({"go":"X"})");
  EXPECT_EQ(Call({.event = R"("y")"}).payload, R"({"go":"Y"})");
  EXPECT_EQ(function_->Report().starts, 1);
}

}  // namespace
}  // namespace pumice
