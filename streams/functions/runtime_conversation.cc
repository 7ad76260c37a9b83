// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/runtime_conversation.h"

#include <utility>

namespace pumice {
namespace {

RuntimeReply Accepted() { return {202, R"({"status":"OK"})"}; }

RuntimeReply WrongOrder() {
  return {
      403,
      R"({"errorType":"InvalidStateTransition","errorMessage":"This call is not possible now"})"};
}

RuntimeReply WrongId() {
  return {
      400,
      R"({"errorType":"InvalidRequestID","errorMessage":"This is not the running invocation"})"};
}

RuntimeReply NoSuchPath() {
  return {404, R"({"errorType":"NotFound","errorMessage":"The runtime API has no such call"})"};
}

}  // namespace

RuntimeRequest ParseRuntimeRequest(std::string_view method, std::string_view target) {
  constexpr std::string_view kRoot = "/2018-06-01/runtime/";
  constexpr std::string_view kInvocation = "invocation/";
  target = target.substr(0, target.find('?'));
  if (!target.starts_with(kRoot)) return {};
  target.remove_prefix(kRoot.size());
  if (method == "GET" && target == "invocation/next") return {RuntimeCall::kNext, {}};
  if (method != "POST") return {};
  if (target == "init/error") return {RuntimeCall::kInitError, {}};
  if (!target.starts_with(kInvocation)) return {};
  target.remove_prefix(kInvocation.size());
  const std::size_t slash = target.find('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view what = target.substr(slash);
  std::string id(target.substr(0, slash));
  if (what == "/response") return {RuntimeCall::kResponse, std::move(id)};
  if (what == "/error") return {RuntimeCall::kError, std::move(id)};
  return {};
}

RuntimeReply RuntimeConversation::Accept(const RuntimeRequest& request) {
  switch (request.call) {
    case RuntimeCall::kNext:
      if (state_ == State::kRunning || state_ == State::kFailed) return WrongOrder();
      state_ = State::kWaiting;
      return Accepted();
    case RuntimeCall::kInitError:
      if (state_ != State::kInit) return WrongOrder();
      state_ = State::kFailed;
      return Accepted();
    case RuntimeCall::kResponse:
    case RuntimeCall::kError: return Finish(request);
    case RuntimeCall::kUnknown: break;
  }
  return NoSuchPath();
}

RuntimeReply RuntimeConversation::Finish(const RuntimeRequest& request) {
  if (state_ != State::kRunning) return WrongOrder();
  if (request.request_id != request_id_) return WrongId();
  state_ = State::kAnswered;
  return Accepted();
}

void RuntimeConversation::Give(std::string request_id) {
  state_ = State::kRunning;
  request_id_ = std::move(request_id);
}

}  // namespace pumice
