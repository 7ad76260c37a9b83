// SPDX-License-Identifier: Apache-2.0
#include "server/init/table_dump.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "base/mutex.h"
#include "server/init/csv_file.h"
#include "server/init/json_view.h"
#include "server/init/table_definition.h"

namespace pumice {
namespace {

using nlohmann::json;

// --- Definition
// ------------------------------------------------------------------------------------

struct Described {
  TableDefinition definition;
  std::string time_to_live;      // body of UpdateTimeToLive; "": off
  std::uint64_t item_count = 0;  // some hours ago
};

std::string Named(const std::string& table) { return json{{"TableName", table}}.dump(); }

/// The number that `value` is, if it is one.
std::uint64_t NumberOf(const std::optional<JsonView>& value) {
  std::uint64_t number = 0;
  if (value) {
    const std::string_view text = value->text();
    std::from_chars(text.data(), text.data() + text.size(), number);
  }
  return number;
}

/// An emulator that knows no tags refuses to list them; then there are none.
Result<void> AddTags(CallSink& sink, const std::string& arn, TableDefinition& definition) {
  auto with_tags = nlohmann::ordered_json::parse(definition.create_table);
  json request = {{"ResourceArn", arn}};
  for (;;) {
    PUMICE_TRY(const CallAnswer answer, sink.Call("ListTagsOfResource", request.dump()));
    if (!answer.ok()) return Ok();
    PUMICE_TRY(const JsonView body, JsonView::Read(answer.body, "ListTagsOfResource"));
    if (const auto tags = body.Find("Tags")) {
      for (const JsonView& tag : tags->Elements()) {
        with_tags["Tags"].push_back(nlohmann::ordered_json::parse(tag.text()));
      }
    }
    const auto next = body.Find("NextToken");
    if (!next) break;
    request["NextToken"] = next->String();
  }
  definition.create_table = with_tags.dump();
  return Ok();
}

Result<std::string> TimeToLiveOf(CallSink& sink, const std::string& table) {
  PUMICE_TRY(const std::string answer, CallUntilAnswered(sink, "DescribeTimeToLive", Named(table)));
  const std::string status = TextAt(answer, {"TimeToLiveDescription", "TimeToLiveStatus"});
  if (status != "ENABLED" && status != "ENABLING") return std::string();
  const std::string attribute = TextAt(answer, {"TimeToLiveDescription", "AttributeName"});
  nlohmann::ordered_json request;
  request["TableName"] = table;
  request["TimeToLiveSpecification"] = {{"Enabled", true}, {"AttributeName", attribute}};
  return request.dump();
}

Result<Described> Describe(CallSink& sink, const std::string& table) {
  PUMICE_TRY(const std::string body, CallUntilAnswered(sink, "DescribeTable", Named(table)));
  PUMICE_TRY(const JsonView answer, JsonView::Read(body, "DescribeTable"));
  const auto description = answer.Find("Table");
  if (!description) return Error(ErrorCode::kInternal, "DescribeTable: the answer has no Table");
  Described described;
  PUMICE_TRY(described.definition, TableDefinition::OfDescription(description->text()));
  described.item_count = NumberOf(description->Find("ItemCount"));
  const std::string arn = TextAt(body, {"Table", "TableArn"});
  PUMICE_TRY(AddTags(sink, arn, described.definition));
  PUMICE_TRY(described.time_to_live, TimeToLiveOf(sink, table));
  return described;
}

// --- Items
// -----------------------------------------------------------------------------------------

/// One of several scans of a table.
struct Segment {
  const std::string& table;
  int number = 0;
  int count = 1;
};

std::string ScanRequest(const Segment& segment, const std::optional<JsonView>& start) {
  json request = {{"TableName", segment.table}, {"ConsistentRead", true}};
  if (segment.count > 1) {
    request["Segment"] = segment.number;
    request["TotalSegments"] = segment.count;
  }
  std::string body = request.dump();
  if (start) {
    body.pop_back();
    body += fmt::format(R"(,"ExclusiveStartKey":{}}})", start->text());
  }
  return body;
}

using PageVisitor = FunctionRef<Result<void>(const std::vector<JsonView>& items)>;

Result<void> ScanSegment(const Segment& segment, CallSink& sink, PageVisitor visit) {
  std::string body;
  std::string request = ScanRequest(segment, std::nullopt);
  for (;;) {
    PUMICE_TRY(body, CallUntilAnswered(sink, "Scan", request));
    PUMICE_TRY(const JsonView page, JsonView::Read(body, "Scan"));
    const auto items = page.Find("Items");
    PUMICE_TRY(visit(items ? items->Elements() : std::vector<JsonView>()));
    const auto last = page.Find("LastEvaluatedKey");
    if (!last) return Ok();
    request = ScanRequest(segment, last);
  }
}

/// All segments at once; visit is called by one thread at a time.
class ParallelScan {
 public:
  ParallelScan(const DumpSource& source, const std::string& table, PageVisitor visit)
      : source_(source), table_(table), visit_(visit) {}

  Result<void> Run() {
    std::vector<std::thread> threads;
    for (int i = 0; i < source_.segments; ++i) threads.emplace_back([this, i] { RunSegment(i); });
    for (std::thread& thread : threads) thread.join();
    const MutexLock lock(mutex_);
    if (!failed_) return Ok();
    return Error(ErrorCode::kInternal, problem_);
  }

 private:
  void RunSegment(int number) {
    const std::unique_ptr<CallSink> sink = source_.open();
    const auto visit = [&](const std::vector<JsonView>& items) -> Result<void> {
      const MutexLock lock(mutex_);
      if (failed_) return Error(ErrorCode::kInternal, problem_);
      return visit_(items);
    };
    const Result<void> scanned = ScanSegment({table_, number, source_.segments}, *sink, visit);
    if (scanned) return;
    const MutexLock lock(mutex_);
    if (!std::exchange(failed_, true)) problem_ = scanned.error().client_text();
  }

  const DumpSource& source_;
  const std::string& table_;
  Mutex mutex_;
  PageVisitor visit_ GUARDED_BY(mutex_);
  bool failed_ GUARDED_BY(mutex_) = false;
  std::string problem_ GUARDED_BY(mutex_);
};

/// Line breaks of JSON stand between its values only.
std::string OnOneLine(std::string_view text) {
  std::string line(text);
  std::erase_if(line, [](char c) { return c == '\n' || c == '\r'; });
  return line;
}

double FractionOf(std::uint64_t items, std::uint64_t all) {
  return std::min(
      1.0, static_cast<double>(items) / static_cast<double>(std::max<std::uint64_t>(all, 1)));
}

// --- CSV
// -------------------------------------------------------------------------------------------

/// The items of a table, by columns; those of the key come first.
class CsvTable {
 public:
  explicit CsvTable(const std::vector<KeyPart>& key) {
    for (const KeyPart& part : key) Column({part.name, part.type});
  }

  void Add(const JsonView& item) {
    Row row;
    for (const auto& [name, value] : item.Members()) {
      const auto typed = value.Members();
      if (typed.size() == 1) row.emplace_back(Column({name, typed[0].name}), typed[0].value.text());
    }
    rows_.push_back(std::move(row));
  }

  std::string Header() const {
    std::string line;
    for (const CsvColumn& column : columns_) line += (line.empty() ? "" : ",") + CsvHeader(column);
    return line + "\n";
  }

  std::string Line(std::size_t number) const {
    std::vector<std::string> cells(columns_.size());
    for (const auto& [column, value] : rows_[number]) cells[column] = Cell(value);
    std::string line = cells.front();
    for (std::size_t i = 1; i < cells.size(); ++i) line += "," + cells[i];
    return line + "\n";
  }

  std::size_t size() const { return rows_.size(); }

 private:
  using Row = std::vector<std::pair<std::size_t, std::string>>;  // column, JSON of the value

  std::size_t Column(const CsvColumn& column) {
    const auto [found, added] =
        numbers_.emplace(std::pair(column.attribute, column.type), columns_.size());
    if (added) columns_.push_back(column);
    return found->second;
  }

  static std::string Cell(const std::string& value) {
    const bool text = value.starts_with('"');
    return CsvCellText(text ? json::parse(value).get<std::string>() : OnOneLine(value));
  }

  std::vector<CsvColumn> columns_;
  std::map<std::pair<std::string, std::string>, std::size_t> numbers_;
  std::vector<Row> rows_;
};

Error Named(const std::string& table, const Error& error) {
  return Error(error.code(), fmt::format("{}: {}", table, error.client_text()));
}

}  // namespace

Result<std::vector<std::string>> AllTables(const DumpSource& source) {
  const std::unique_ptr<CallSink> sink = source.open();
  std::vector<std::string> tables;
  std::string body;
  std::string last;
  do {
    const json request = last.empty() ? json::object() : json{{"ExclusiveStartTableName", last}};
    PUMICE_TRY(body, CallUntilAnswered(*sink, "ListTables", request.dump()));
    PUMICE_TRY(const JsonView answer, JsonView::Read(body, "ListTables"));
    const auto names = answer.Find("TableNames");
    if (!names) return Error(ErrorCode::kInternal, "ListTables: the answer has no TableNames");
    for (const JsonView& name : names->Elements()) tables.push_back(name.String());
    last = TextAt(body, {"LastEvaluatedTableName"});
  } while (!last.empty());
  std::sort(tables.begin(), tables.end());
  return tables;
}

Result<void> DumpJsonLines(const DumpSource& source, const std::string& table, DumpWriter write) {
  const Result<Described> described = Describe(*source.open(), table);
  if (!described) return Named(table, described.error());
  PUMICE_TRY(write(described.value().definition.create_table + "\n", 0, 0));
  if (!described.value().time_to_live.empty()) {
    PUMICE_TRY(write(described.value().time_to_live + "\n", 0, 0));
  }
  std::uint64_t count = 0;
  const auto write_page = [&](const std::vector<JsonView>& items) -> Result<void> {
    std::string lines;
    for (const JsonView& item : items) lines += OnOneLine(item.text()) + "\n";
    count += items.size();
    return write(lines, items.size(), FractionOf(count, described.value().item_count));
  };
  const Result<void> scanned = ParallelScan(source, table, write_page).Run();
  if (!scanned) return Named(table, scanned.error());
  return Ok();
}

Result<void> DumpCsv(const DumpSource& source, const std::string& table, DumpWriter write) {
  const Result<Described> described = Describe(*source.open(), table);
  if (!described) return Named(table, described.error());
  CsvTable rows(described.value().definition.key);
  const auto collect = [&](const std::vector<JsonView>& items) -> Result<void> {
    for (const JsonView& item : items) rows.Add(item);
    return write({}, 0, FractionOf(rows.size(), described.value().item_count));
  };
  const Result<void> scanned = ParallelScan(source, table, collect).Run();
  if (!scanned) return Named(table, scanned.error());
  PUMICE_TRY(write(rows.Header(), 0, 1));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    PUMICE_TRY(write(rows.Line(i), 1, 1));
  }
  return Ok();
}

}  // namespace pumice
