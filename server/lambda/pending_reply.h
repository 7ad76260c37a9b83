// SPDX-License-Identifier: Apache-2.0
#pragma once
// PendingReply: the answer of one call, given by whoever has it. If nobody gives one (the function
// was replaced, the server stops), the caller gets an error instead of waiting for ever. Thread
// rule: any thread.

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "server/lambda/lambda_call.h"

namespace pumice {

class PendingReply {
 public:
  PendingReply(std::shared_ptr<LateAnswer> answer, std::string request_id)
      : answer_(std::move(answer)), request_id_(std::move(request_id)) {}
  ~PendingReply() {
    Give(ErrorReply({kService,
                     "The function was changed or removed, or the server stopped, before it had "
                     "returned; call it again"}));
  }
  PendingReply(const PendingReply&) = delete;
  PendingReply& operator=(const PendingReply&) = delete;

  /// The first one counts.
  void Give(LambdaReply reply) {
    if (given_.exchange(true)) return;
    if (reply.request_id.empty()) reply.request_id = request_id_;
    answer_->Give([reply = std::move(reply)](HttpResponse& response) {
      FillResponse(reply, reply.request_id, response);
    });
  }

 private:
  std::shared_ptr<LateAnswer> answer_;
  const std::string request_id_;
  std::atomic<bool> given_ = false;
};

}  // namespace pumice
