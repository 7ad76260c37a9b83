// SPDX-License-Identifier: Apache-2.0
#pragma once
// CallbackGuard: callbacks that are dropped once the object that they would touch is gone. Declare
// it as the last member. Thread rule: the object, its callbacks and its end all on one thread.

#include <memory>
#include <utility>

namespace pumice {

class CallbackGuard {
 public:
  template <class F>
  auto Wrap(F callback) const {
    return [alive = std::weak_ptr<char>(alive_),
            callback = std::move(callback)](auto&&... args) mutable {
      if (alive.lock() != nullptr) callback(std::forward<decltype(args)>(args)...);
    };
  }

 private:
  std::shared_ptr<char> alive_ = std::make_shared<char>();
};

}  // namespace pumice
