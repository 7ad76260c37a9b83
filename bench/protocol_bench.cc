// SPDX-License-Identifier: Apache-2.0
// What reading a request and writing an answer cost: HTTP and JSON, no operation behind them.

#include <stdlib.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>

#include "bench/cruddur_requests.h"
#include "model/attribute_json.h"
#include "server/http/request_parser.h"
#include "server/http/response_head.h"
#include "server/protocol/answer.h"
#include "server/protocol/compression.h"
#include "server/protocol/json_reader.h"

namespace pumice {
namespace {

constexpr std::size_t kItems = 4'000;

std::string FirstRequest(std::string_view pattern) {
  return bench::MakeWorkload(pattern, kItems, 1).requests.front().bytes;
}

std::string BodyOf(const std::string& request) {
  return request.substr(request.find("\r\n\r\n") + 4);
}

/// Header lines and body, as they come from a socket.
void RunParseHttp(benchmark::State& state, std::string_view pattern) {
  const std::string bytes = FirstRequest(pattern);
  const HttpLimits limits;
  RequestParser parser(limits);
  for (auto _ : state) {
    for (std::string_view rest = bytes; !rest.empty();) {
      const auto space = parser.Space();
      const std::size_t count = std::min(space.size(), rest.size());
      std::memcpy(space.data(), rest.data(), count);
      rest.remove_prefix(count);
      parser.Filled(count);
      parser.Parse();
    }
    if (parser.state() != RequestParser::State::kReady) abort();
    parser.Next();
  }
}
void BM_ParseHttpGet(benchmark::State& state) { RunParseHttp(state, "get"); }
BENCHMARK(BM_ParseHttpGet);
void BM_ParseHttpBatchWrite(benchmark::State& state) { RunParseHttp(state, "batch-write-25"); }
BENCHMARK(BM_ParseHttpBatchWrite);

/// A PutItem's body into an Item.
void BM_ReadItem(benchmark::State& state) {
  const std::string body = BodyOf(FirstRequest("put"));
  std::string text;
  for (auto _ : state) {
    text = body;
    ParsedItem item;
    const auto read = ReadRequest(text, [&](std::string_view name, JsonValue& value) {
      if (name != "Item") return Result<void>(Ok());
      Result<ParsedItem> parsed = value.ItemMap(ValueTexts::kNewer);
      if (!parsed) return Result<void>(std::move(parsed).error());
      item = std::move(parsed).value();
      return Result<void>(Ok());
    });
    if (!read || item.item.empty()) abort();
    benchmark::DoNotOptimize(item);
  }
}
BENCHMARK(BM_ReadItem);

/// An Item into the wire text.
void BM_WriteItem(benchmark::State& state) {
  std::string body = BodyOf(FirstRequest("put"));
  ParsedItem item;
  (void)ReadRequest(body, [&](std::string_view name, JsonValue& value) {
    if (name == "Item") item = std::move(value.ItemMap(ValueTexts::kNewer)).value();
    return Result<void>(Ok());
  });
  std::string out;
  for (auto _ : state) {
    out.clear();
    AppendItemJson(out, item.item);
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(BM_WriteItem);

/// Checksum, request id and head of an answer; the argument is the body's length.
void BM_FinishAnswer(benchmark::State& state) {
  HttpResponse response;
  response.content_type = "application/x-amz-json-1.0";
  response.body.assign(static_cast<std::size_t>(state.range(0)), 'x');
  std::string out;
  for (auto _ : state) {
    response.headers.clear();
    out.clear();
    FinishAnswer({"VV2E6IJ7G0TJH5UO7QLC4RZ4ORVV4KQNSO5AEMVJF66Q9ASUAAJG", "identity"}, response);
    AppendResponseHead(out, response, "Sat, 21 Nov 2026 02:30:50 GMT", true);
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(BM_FinishAnswer)->Arg(400)->Arg(7'000)->Arg(1'000'000);

void BM_Crc32(benchmark::State& state) {
  const std::string text(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) benchmark::DoNotOptimize(Crc32(text));
}
BENCHMARK(BM_Crc32)->Arg(400)->Arg(7'000);

}  // namespace
}  // namespace pumice

BENCHMARK_MAIN();
