// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/function.h"

#include <utility>

namespace pumice {

Function::Function(FunctionConfig config, FunctionPlace place, SinkParts parts)
    : config_(std::move(config)), sink_(config_, std::move(place), parts) {}

Function::~Function() = default;

void Function::WarmUp() { sink_.WarmUp(); }

void Function::Invoke(Invocation invocation, InvocationDone done) {
  sink_.Invoke(std::move(invocation), std::move(done));
}

void Function::Stop() { sink_.Stop(); }

FunctionReport Function::Report() const { return sink_.Report(); }

}  // namespace pumice
