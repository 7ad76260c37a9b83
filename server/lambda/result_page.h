// SPDX-License-Identifier: Apache-2.0
#pragma once
// One page of a list: MaxItems and Marker in the query, NextMarker in the answer. The marker names
// the last element of the page before, so a list may change between two pages.

#include <concepts>
#include <string>
#include <string_view>

#include "server/lambda/lambda_call.h"

namespace pumice {

class ResultPage {
 public:
  /// Errors: Validation (MaxItems is no number from 1 to 10000), InvalidParameterValue (a marker
  /// that is none of ours).
  static LambdaResult<ResultPage> Read(const LambdaCall& call, std::size_t most_items);

  /// The next element of the list, under a name that stays; `make` is called if it is on this page.
  template <std::invocable Make>
  void Add(const std::string& name, Make make) {
    if (!started_) {
      started_ = name == after_;
      return;
    }
    if (items_.size() < most_items_) {
      items_.push_back(make());
      last_ = name;
    } else {
      more_ = true;
    }
  }

  /// {"<member>":[…],"NextMarker":…}
  LambdaReply Reply(std::string_view member) const;

 private:
  std::size_t most_items_ = 50;
  std::string after_;
  bool started_ = true;
  nlohmann::json items_ = nlohmann::json::array();
  std::string last_;
  bool more_ = false;
};

}  // namespace pumice
