// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/cost.h"

#include "bench/patterns/yaml_node.h"

namespace pumice::patterns {
namespace {

double CapacityUnits(const nlohmann::json& consumed) {
  const auto units = consumed.find("CapacityUnits");
  return units != consumed.end() && units->is_number() ? units->get<double>() : 0;
}

}  // namespace

Result<Prices> ReadPrices(const std::string& path) {
  PUMICE_TRY(const YamlNode root, YamlNode::ReadFile(path));
  PUMICE_TRY(root.CheckMembers({"region", "valid_from", "source", "read_request_units_per_million",
                                "write_request_units_per_million"}));
  Prices prices;
  PUMICE_TRY(const YamlNode region, root.Member("region"));
  PUMICE_TRY(prices.region, region.Text());
  PUMICE_TRY(const YamlNode valid_from, root.Member("valid_from"));
  PUMICE_TRY(prices.valid_from, valid_from.Text());
  PUMICE_TRY(const YamlNode source, root.Member("source"));
  PUMICE_TRY(prices.source, source.Text());
  PUMICE_TRY(const YamlNode read, root.Member("read_request_units_per_million"));
  PUMICE_TRY(prices.read_per_million, read.Number());
  PUMICE_TRY(const YamlNode write, root.Member("write_request_units_per_million"));
  PUMICE_TRY(prices.write_per_million, write.Number());
  return prices;
}

std::optional<Units> UnitsIn(const nlohmann::json& answer, UnitKind kind) {
  const auto consumed = answer.find("ConsumedCapacity");
  if (consumed == answer.end()) return std::nullopt;
  double sum = 0;
  if (consumed->is_array()) {
    for (const auto& table : *consumed) sum += CapacityUnits(table);
  } else {
    sum = CapacityUnits(*consumed);
  }
  return kind == UnitKind::kRead ? Units{sum, 0} : Units{0, sum};
}

double DollarsPerMillion(const Units& units, const Prices& prices) {
  return units.read * prices.read_per_million + units.write * prices.write_per_million;
}

}  // namespace pumice::patterns
