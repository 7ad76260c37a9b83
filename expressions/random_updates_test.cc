// SPDX-License-Identifier: Apache-2.0
// Random updates of every kind: printed and parsed again, they are the same tree. What they do is
// asked in apply_update_test.cc.
#include <algorithm>

#include <gtest/gtest.h>

#include "expressions/parse.h"
#include "expressions/random_expressions.h"

namespace pumice {
namespace {

using test::Printer;
using test::RandomSource;
using test::Structure;

/// Updates that AWS takes: no target beside itself, operands of the types that are asked for.
class UpdateMaker {
 public:
  explicit UpdateMaker(RandomSource& random) : random_(random) {}

  UpdateExpression Make() {
    UpdateExpression update;
    const std::size_t action_count = 1 + random_.Below(8);
    for (std::size_t i = 0; i < action_count; ++i) AddTo(update);
    return update;
  }

 private:
  void AddTo(UpdateExpression& update) {
    DocumentPath target = random_.PathUnder("target" + std::to_string(target_count_++));
    switch (random_.Below(5)) {
      case 0: update.remove.push_back({std::move(target)}); break;
      case 1:
        update.add.push_back(
            {std::move(target), random_.ValueOf(random_.OneIn(2) ? std::span(test::kNumbers)
                                                                 : std::span(test::kSets))});
        break;
      case 2: update.del.push_back({std::move(target), random_.ValueOf(test::kSets)}); break;
      default: update.set.push_back({std::move(target), MakeValue()}); break;
    }
  }

  SetValue MakeValue() {
    switch (random_.Below(4)) {
      case 0: return MakeSum();
      case 1: return MakeAppend();
      default: return Operand(test::kAnyValues, 2);
    }
  }

  DocumentPath Path() { return random_.PathUnder("operand1"); }

  /// A value of `values`, a path, or one of them behind if_not_exists, `depth` times at most.
  SetValue Operand(std::span<const std::string_view> values, int depth) {
    const std::size_t kind = random_.Below(depth > 0 ? 3 : 2);
    if (kind == 0) return {Path()};
    if (kind == 1) return {random_.ValueOf(values)};
    DocumentPath path = Path();
    return {IfNotExists{std::move(path), Part(Operand(values, depth - 1))}};
  }

  SetValue MakeSum() {
    SetValuePtr left = Part(Operand(test::kNumbers, 2));
    return {Sum{std::move(left), Part(Operand(test::kNumbers, 2)), random_.OneIn(2)}};
  }
  SetValue MakeAppend() {
    SetValuePtr front = Part(Operand(test::kLists, 2));
    return {ListAppend{std::move(front), Part(Operand(test::kLists, 2))}};
  }

  static SetValuePtr Part(SetValue value) {
    return std::make_unique<const SetValue>(std::move(value));
  }

  RandomSource& random_;
  int target_count_ = 0;
};

/// The sections in any order.
class UpdatePrinter {
 public:
  UpdatePrinter(Printer& printer, RandomSource& random) : printer_(printer), random_(random) {}

  std::string Print(const UpdateExpression& update) {
    std::vector<std::string> sections;
    Add(sections, "SET", update.set);
    Add(sections, "REMOVE", update.remove);
    Add(sections, "ADD", update.add);
    Add(sections, "DELETE", update.del);
    std::rotate(sections.begin(), sections.begin() + Offset(random_.Below(sections.size())),
                sections.end());
    std::string text;
    for (const std::string& section : sections) text += (text.empty() ? "" : " ") + section;
    return text;
  }

  std::string operator()(const DocumentPath& path) { return printer_.Text(path); }
  std::string operator()(const AttributeValue& value) { return printer_.Text(value); }
  std::string operator()(const Sum& sum) {
    std::string left = Text(*sum.left) + printer_.Blank() + (sum.subtract ? '-' : '+');
    return left + printer_.Blank() + Text(*sum.right);
  }
  std::string operator()(const IfNotExists& if_not_exists) {
    std::string path = printer_.Text(if_not_exists.path);
    return printer_.Call("if_not_exists", {std::move(path), Text(*if_not_exists.otherwise)});
  }
  std::string operator()(const ListAppend& list_append) {
    std::string front = Text(*list_append.front);
    return printer_.Call("list_append", {std::move(front), Text(*list_append.back)});
  }

 private:
  static std::ptrdiff_t Offset(std::size_t count) { return static_cast<std::ptrdiff_t>(count); }

  template <class Action>
  void Add(std::vector<std::string>& sections, std::string_view name,
           const std::vector<Action>& actions) {
    if (actions.empty()) return;
    std::string section = printer_.Keyword(name) + ' ';
    for (const Action& action : actions) {
      if (&action != &actions.front()) section += printer_.Blank() + ',' + printer_.Blank();
      section += Text(action);
    }
    sections.push_back(std::move(section));
  }

  std::string Text(const SetAction& action) {
    std::string target = printer_.Text(action.target) + printer_.Blank() + '=' + printer_.Blank();
    return target + (random_.OneIn(4) ? "(" + Text(action.value) + ")" : Text(action.value));
  }
  std::string Text(const RemoveAction& action) { return printer_.Text(action.target); }
  template <class Action>
  std::string Text(const Action& action) {
    std::string target = printer_.Text(action.target) + ' ';
    return target + printer_.Text(action.value);
  }
  std::string Text(const SetValue& value) { return std::visit(*this, value.node); }

  Printer& printer_;
  RandomSource& random_;
};

std::string Structure(const SetValue& value);

struct StructureOf {
  std::string operator()(const DocumentPath& path) const { return test::Structure(path); }
  std::string operator()(const AttributeValue& value) const { return test::Structure(value); }
  std::string operator()(const Sum& sum) const {
    return (sum.subtract ? "-{" : "+{") + Structure(*sum.left) + "}{" + Structure(*sum.right) + "}";
  }
  std::string operator()(const IfNotExists& node) const {
    return "if{" + test::Structure(node.path) + "}{" + Structure(*node.otherwise) + "}";
  }
  std::string operator()(const ListAppend& node) const {
    return "append{" + Structure(*node.front) + "}{" + Structure(*node.back) + "}";
  }
};

std::string Structure(const SetValue& value) { return std::visit(StructureOf(), value.node); }

std::string Structure(const UpdateExpression& update) {
  std::string out;
  for (const SetAction& action : update.set) {
    out += "set{" + test::Structure(action.target) + "}{" + Structure(action.value) + "}\n";
  }
  for (const RemoveAction& action : update.remove) {
    out += "remove{" + test::Structure(action.target) + "}\n";
  }
  for (const AddAction& action : update.add) {
    out += "add{" + test::Structure(action.target) + "}{" + test::Structure(action.value) + "}\n";
  }
  for (const DeleteAction& action : update.del) {
    out +=
        "delete{" + test::Structure(action.target) + "}{" + test::Structure(action.value) + "}\n";
  }
  return out;
}

TEST(RandomUpdates, ParseToThemselves) {
  RandomSource random(2026);
  for (int round = 0; round < 5000; ++round) {
    const UpdateExpression update = UpdateMaker(random).Make();
    Printer printer(random);
    const std::string text = UpdatePrinter(printer, random).Print(update);
    Placeholders placeholders = printer.TakePlaceholders();
    const auto parsed = ParseUpdate(text, placeholders);
    ASSERT_TRUE(parsed.has_value()) << text << "\n" << test::ErrorOf(parsed);
    ASSERT_EQ(Structure(parsed.value()), Structure(update)) << text;
    ASSERT_EQ(test::ErrorOf(placeholders.CheckAllUsed()), "") << text;
  }
}

}  // namespace
}  // namespace pumice
