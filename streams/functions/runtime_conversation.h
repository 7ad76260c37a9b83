// SPDX-License-Identifier: Apache-2.0
#pragma once
// RuntimeConversation: which of its calls a runtime may make when. The rules of the Lambda Runtime
// API (version 2018-06-01) without sockets.
//
//   kInit --next--> kWaiting --Give--> kRunning --response|error--> kAnswered --next--> kWaiting
//   kInit --init/error--> kFailed
//
// AWS: "Using the Lambda runtime API for custom runtimes".

#include <cstdint>
#include <string>
#include <string_view>

namespace pumice {

enum class RuntimeCall : std::uint8_t { kNext, kResponse, kError, kInitError, kUnknown };

struct RuntimeRequest {
  RuntimeCall call = RuntimeCall::kUnknown;
  std::string request_id;  // kResponse and kError
};

/// Takes "/2018-06-01/runtime/invocation/<id>/response" and its like apart. kUnknown: no such path
/// or method.
RuntimeRequest ParseRuntimeRequest(std::string_view method, std::string_view target);

/// What a call is answered with, but for kNext when it is accepted: that waits.
struct RuntimeReply {
  unsigned status = 202;
  std::string body;
};

class RuntimeConversation {
 public:
  enum class State : std::uint8_t { kInit, kWaiting, kRunning, kAnswered, kFailed };

  State state() const { return state_; }
  bool Runs(std::string_view request_id) const {
    return state_ == State::kRunning && request_id_ == request_id;
  }

  /// 202 and the new state; or 400, 403, 404 and no change.
  /// A second `next` while one waits is accepted: a client whose connection broke asks again.
  RuntimeReply Accept(const RuntimeRequest& request);

  /// An invocation goes to the waiting runtime. Precondition: kWaiting.
  void Give(std::string request_id);

 private:
  RuntimeReply Finish(const RuntimeRequest& request);

  State state_ = State::kInit;
  std::string request_id_;
};

}  // namespace pumice
