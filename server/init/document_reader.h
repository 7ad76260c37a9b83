// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a JSON object in a file asks for. An object is a request of the API, by its members:
//   {"TableName", "KeySchema", …}                 CreateTable
//   {"Table": {…}}                                the same, as DescribeTable answers it
//   {"TableName", "TimeToLiveSpecification"}      UpdateTimeToLive
//   {"TableName", "Item"}                         PutItem
//   {"RequestItems": {…}} or only what is inside  BatchWriteItem, of any length
//   {"TableName"}                                 names the table of the items that follow
//   {"Items": […]}                                items, as Scan and Query answer them
//   {"Item": {…}}                                 an item, as exports to S3 have them
//   anything else                                 an item in DynamoDB JSON
// Items that say no table go to the one that was named last.

#include <string>
#include <string_view>

#include "base/result.h"
#include "server/init/init_step.h"
#include "server/init/json_view.h"

namespace pumice {

/// Thread rule: one thread. Lifetime: `path` and what `visit` stands for outlive it.
class DocumentReader {
 public:
  DocumentReader(std::string_view path, std::string table, StepVisitor visit)
      : path_(path), table_(std::move(table)), visit_(visit) {}

  /// Errors: Validation, at the line of what is none of the above; those of the visitor.
  Result<void> Read(const JsonView& document);

 private:
  Result<void> ReadNamed(const JsonView& document, const std::string& table);
  Result<void> ReadDescription(const JsonView& table);
  Result<void> ReadRequestItems(const JsonView& tables);
  Result<void> ReadWriteRequest(const std::string& table, const JsonView& request);
  Result<void> ReadItems(const JsonView& items);
  Result<void> ReadItem(const JsonView& item);
  /// Of an item or a key.
  Result<void> CheckAttributes(const JsonView& item) const;
  Error Wrong(const JsonView& value, std::string_view text) const;

  std::string_view path_;
  std::string table_;
  StepVisitor visit_;
};

}  // namespace pumice
