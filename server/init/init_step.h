// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a file asks for, step by step. Every reader of files hands steps to a visitor, one after
// another, so that a file of any size is read in little memory. Plain values.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/error.h"
#include "base/function_ref.h"
#include "base/result.h"

namespace pumice {

/// A table that is made unless there is one of that name.
struct TableStep {
  std::string table;
  std::string body;  // of CreateTable
};

/// A table's time to live that is switched on unless it is.
struct TimeToLiveStep {
  std::string table;
  std::string body;  // of UpdateTimeToLive
};

/// An item that is put or deleted.
struct WriteStep {
  std::string table;
  std::string request;  // {"PutRequest":{"Item":{…}}} or {"DeleteRequest":{"Key":{…}}}
};

struct InitStep {
  std::variant<TableStep, TimeToLiveStep, WriteStep> what;
  std::size_t line = 1;  // of its file, from 1
};

/// An error ends the reading and is what the reader returns.
using StepVisitor = FunctionRef<Result<void>(InitStep)>;

/// What a file is read with.
struct ReadOptions {
  std::string table;       // where items go whose file does not say; "": the file's name tells
  std::string region;      // AWS::Region of templates
  std::string account_id;  // AWS::AccountId of templates
};

/// S, N, B, BOOL, NULL, SS, NS, BS, L or M.
bool IsAttributeType(std::string_view name);

/// "<path>:<line>: <text>", Validation: every mistake in a file is told like this.
Error WrongAt(std::string_view path, std::size_t line, std::string_view text);

/// The step that puts `item`, a JSON text.
InitStep PutStep(std::string table, std::string_view item, std::size_t line);

}  // namespace pumice
