// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/patterns/pattern_test_support.h"
#include "bench/patterns/svg_plot.h"

namespace pumice::patterns {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kFile = R"(
name: <test>
prices: prices.yaml
patterns:
  - name: list
    operation: Query
    parameters: {}
    budget: {read_units: 1, dollars_per_million: 0.1, latency_ms: {p50: 2, p99: 20}}
)";

/// Two endpoints: one within its budgets, one that breaks all of them.
class ReportTest : public testing::Test {
 protected:
  ReportTest() : file_(ReadPatternText(kFile).value()) {
    file_.path = "p.yaml";
    result_.prices = Prices{"us-east-1", "2024-11-01", "the price list", 0.125, 0.625};
    result_.endpoints.push_back(Endpoint("good", 0.5, std::chrono::milliseconds(1), 0));
    result_.endpoints.push_back(Endpoint("bad", 43.5, std::chrono::milliseconds(50), 3));
  }

  static EndpointResult Endpoint(std::string name, double units, Histogram::Nanoseconds latency,
                                 std::uint64_t wrong) {
    EndpointResult endpoint;
    endpoint.name = std::move(name);
    endpoint.load = LoadResult{1000, 2};
    endpoint.checks = {{100, wrong, wrong > 0 ? "7 items, expected 20" : "", Units{units, 0}}};
    Measurement closed;
    closed.seconds = 2;
    closed.slice = std::chrono::milliseconds(1000);
    closed.calls_by_slice = {40, 60};
    closed.patterns.resize(1);
    for (int i = 0; i < 100; ++i) closed.patterns[0].latency.Record(latency);
    if (wrong > 0) closed.patterns[0].errors["ThrottlingException"] = 2;
    endpoint.closed_loop = closed;
    return endpoint;
  }

  std::vector<Verdict> Broken() const { return FindBroken(file_, result_); }

  PatternFile file_;
  BenchResult result_;
};

TEST_F(ReportTest, FindsWhatIsBroken) {
  std::vector<std::string> texts;
  for (const Verdict& verdict : Broken()) {
    EXPECT_EQ(verdict.endpoint, 1U);
    texts.push_back(verdict.text);
  }
  EXPECT_THAT(texts, testing::ElementsAre(
                         "3 of 100 answers are wrong, the first: 7 items, expected 20",
                         "reads 43.5 units a call, the budget is 1",
                         "costs $5.438 a million calls, the budget is $0.1",
                         "2 calls failed under load, among them with ThrottlingException",
                         "p50 is 50 ms, the budget is 2 ms", "p99 is 50 ms, the budget is 20 ms"));
}

TEST_F(ReportTest, JudgesTheOpenLoopWhereThereIsOne) {
  result_.endpoints[1] = Endpoint("bad", 0.5, std::chrono::milliseconds(50), 0);
  result_.endpoints[1].open_loop = Endpoint("", 0.5, std::chrono::milliseconds(1), 0).closed_loop;
  EXPECT_THAT(Broken(), testing::IsEmpty());
}

TEST_F(ReportTest, TellsThatAnEndpointDoesNotKeepUp) {
  result_.endpoints.pop_back();
  Measurement open = *result_.endpoints[0].closed_loop;
  open.options.rate = 500;
  open.unsent = 7;
  result_.endpoints[0].open_loop = open;
  ASSERT_EQ(Broken().size(), 1U);
  EXPECT_EQ(Broken()[0].text,
            "7 calls were due and never sent: the endpoint does not keep up with 500 calls a "
            "second");
}

TEST_F(ReportTest, DoesNotTakeAnUnknownCostForAKeptBudget) {
  result_.endpoints[0].checks[0].units.reset();
  EXPECT_EQ(Broken().front().text, "its cost is unknown: the answers name no ConsumedCapacity");
}

TEST_F(ReportTest, AnswersAreJudgedWhereNothingWasMeasured) {
  for (EndpointResult& endpoint : result_.endpoints) endpoint.closed_loop.reset();
  EXPECT_EQ(Broken().size(), 3U);
}

TEST_F(ReportTest, PrintsEndpointsSideBySide) {
  const auto broken = Broken();
  const std::string text = TableText({file_, result_, broken});
  EXPECT_THAT(text,
              HasSubstr("\nlist: Query, 100 % of the calls\n"
                        "  answers                               100 right   3 of 100 wrong !\n"
                        "  read units (at most 1)                      0.5             43.5 !\n"
                        "  $ a million calls (at most 0.1)          0.0625            5.438 !\n"
                        "  closed loop, calls/s                         50     50, 2 FAILED !\n"
                        "    p50 ms (at most 2)                      1.000           50.000 !\n"));
  EXPECT_THAT(text, HasSubstr("BROKEN  bad: list: reads 43.5 units a call, the budget is 1\n"));
}

TEST_F(ReportTest, SaysThatNothingIsBroken) {
  result_.endpoints.pop_back();
  EXPECT_THAT(TableText({file_, result_, {}}), testing::EndsWith("\nNo budget is broken.\n"));
}

TEST_F(ReportTest, WritesJson) {
  const auto broken = Broken();
  const auto json = nlohmann::json::parse(JsonText({file_, result_, broken}));
  EXPECT_EQ(json["name"], "<test>");
  EXPECT_EQ(json["endpoints"][0]["checks"][0]["read_units"], 0.5);
  EXPECT_EQ(json["endpoints"][0]["checks"][0]["dollars_per_million"], 0.0625);
  EXPECT_EQ(json["endpoints"][0]["load"]["items"], 1000);
  const auto& loop = json["endpoints"][1]["closed_loop"]["patterns"][0];
  EXPECT_EQ(loop["calls"], 100);
  EXPECT_EQ(loop["errors"]["ThrottlingException"], 2);
  EXPECT_EQ(loop["latency_us"]["p99.99"], 50'000.0);
  EXPECT_EQ(json["broken"].size(), 6U);
  EXPECT_TRUE(json["endpoints"][0]["open_loop"].is_null());
}

TEST_F(ReportTest, WritesAPageThatNeedsNoNetwork) {
  const auto broken = Broken();
  const std::string html = HtmlText({file_, result_, broken});
  EXPECT_THAT(html, HasSubstr("<title>Access patterns: &lt;test&gt;</title>"));
  EXPECT_THAT(html, HasSubstr("<h2>Latency by percentile, in milliseconds</h2>"));
  EXPECT_THAT(html, HasSubstr("bad, closed loop, p99.9: 50.000 ms"));
  EXPECT_THAT(html, HasSubstr("good, 0.50 s: 40 calls/s"));
  EXPECT_THAT(html, HasSubstr("<td class=\"broken\">43.5</td>"));
  for (const std::string_view outside : {"src=", "href=", "url(", "@import", "<script"}) {
    EXPECT_THAT(html, Not(HasSubstr(outside)));
  }
}

TEST(SvgPlot, RoundsItsAxes) {
  const auto labels = [](const Axis& axis) {
    std::vector<std::string> texts;
    for (const auto& [value, label] : axis.ticks) texts.push_back(label);
    return texts;
  };
  EXPECT_THAT(labels(RoundAxis("", 0, 43, false)),
              testing::ElementsAre("0", "10", "20", "30", "40", "50"));
  EXPECT_THAT(labels(RoundAxis("", 0.2, 30, true)), testing::ElementsAre("0.1", "1", "10", "100"));
  EXPECT_EQ(RoundAxis("", 0, 0, false).to, 1);
}

}  // namespace
}  // namespace pumice::patterns
