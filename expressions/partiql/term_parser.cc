// SPDX-License-Identifier: Apache-2.0
#include "expressions/partiql/term_parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "expressions/partiql/keywords.h"
#include "expressions/partiql/problems.h"
#include "expressions/problems.h"

namespace pumice::partiql {
namespace {

enum Precedence : int {
  kOrLevel = 1,
  kAndLevel,
  kNotLevel,
  kEqualLevel,
  kLessLevel,
  kConcatLevel,
  kSumLevel,
  kProductLevel
};

struct Operator {
  std::string_view text;
  int precedence;
};
constexpr auto kOperators = std::to_array<Operator>({
    {"or", kOrLevel},     {"and", kAndLevel},   {"=", kEqualLevel},   {"<>", kEqualLevel},
    {"!=", kEqualLevel},  {"is", kEqualLevel},  {"in", kEqualLevel},  {"<", kLessLevel},
    {"<=", kLessLevel},   {">", kLessLevel},    {">=", kLessLevel},   {"between", kLessLevel},
    {"like", kLessLevel}, {"||", kConcatLevel}, {"+", kSumLevel},     {"-", kSumLevel},
    {"*", kProductLevel}, {"/", kProductLevel}, {"%", kProductLevel},
});

/// 0: no operator.
int PrecedenceOf(const Token& token) {
  if (token.kind != TokenKind::kSymbol && token.kind != TokenKind::kKeyword) return 0;
  const auto found = std::find_if(kOperators.begin(), kOperators.end(),
                                  [&](const Operator& op) { return op.text == token.text; });
  return found == kOperators.end() ? 0 : found->precedence;
}

// The names after IS that AWS reads as types; not measured one by one.
constexpr auto kTypeNames = std::to_array<std::string_view>(
    {"any",     "bag",     "blob",      "bool",    "boolean",  "char",     "character", "clob",
     "date",    "decimal", "dec",       "double",  "float",    "float4",   "float8",    "int",
     "int2",    "int4",    "int8",      "integer", "integer2", "integer4", "integer8",  "list",
     "missing", "null",    "numeric",   "real",    "sexp",     "smallint", "string",    "struct",
     "symbol",  "time",    "timestamp", "tuple",   "varchar"});

std::string LowerCase(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

Term Make(TermKind kind, const Token& token) {
  Term term;
  term.kind = kind;
  term.position = token.position;
  term.text = token.text;
  return term;
}

void Adopt(Term& parent, Term child) {
  parent.height = std::max(parent.height, child.height + 1);
  parent.children.push_back(std::move(child));
}

Result<Term> Bounded(Term term) {
  if (term.height > kMaxTermHeight) return problems::NotWellFormed("");
  return term;
}

/// a AND b AND c is one node.
Term Join(TermKind kind, const Token& token, Term left, Term right) {
  if (left.kind == kind && !left.in_parentheses) {
    Adopt(left, std::move(right));
    return left;
  }
  Term term = Make(kind, token);
  Adopt(term, std::move(left));
  Adopt(term, std::move(right));
  return term;
}

}  // namespace

Result<void> TermParser::ExpectSymbol(std::string_view symbol, std::string_view name) {
  if (tokens_.TakeSymbol(symbol)) return Ok();
  // Not measured.
  return problems::NotWellFormed("Expected " + std::string(name));
}

Result<Term> TermParser::ReadInfix(int weakest) {
  if (depth_ >= kMaxTermHeight) return problems::NotWellFormed("");
  ++depth_;
  auto left = ReadPrefix();
  while (left) {
    // NOT after a term belongs to the operator that follows it.
    const Token& op = tokens_.AtKeyword("not") ? tokens_.next() : tokens_.current();
    const int precedence = PrecedenceOf(op);
    const bool negatable = op.text == "in" || op.text == "between" || op.text == "like";
    if (precedence <= weakest || (tokens_.AtKeyword("not") && !negatable)) break;
    left = ReadOperator(std::move(left).value(), precedence);
  }
  --depth_;
  return left;
}

Result<Term> TermParser::ReadRightSide(int weakest) {
  if (tokens_.AtEnd()) {
    return problems::NotWellFormed("Missing right-hand side expression of infix operator");
  }
  return ReadInfix(weakest);
}

Result<Term> TermParser::ReadOperator(Term left, int precedence) {
  const bool negated = tokens_.TakeKeyword("not");
  const Token op = tokens_.current();
  tokens_.Advance();
  if (op.text == "is") return ReadIs(op, std::move(left));
  if (op.text == "between") {
    PUMICE_TRY(auto between, ReadBetween(std::move(left), precedence));
    between.negated = negated;
    return Bounded(std::move(between));
  }
  PUMICE_TRY(auto right, ReadRightSide(precedence));
  if (op.text == "and") {
    return Bounded(Join(TermKind::kAnd, op, std::move(left), std::move(right)));
  }
  if (op.text == "or") return Bounded(Join(TermKind::kOr, op, std::move(left), std::move(right)));
  TermKind kind = TermKind::kInfix;
  if (op.text == "in") kind = TermKind::kIn;
  if (op.text == "like") kind = TermKind::kLike;
  Term term = Make(kind, op);
  if (op.text == "!=") term.text = "<>";
  term.negated = negated;
  Adopt(term, std::move(left));
  Adopt(term, std::move(right));
  return Bounded(std::move(term));
}

Result<Term> TermParser::ReadBetween(Term left, int precedence) {
  Term between = Make(TermKind::kBetween, tokens_.current());
  PUMICE_TRY(auto low, ReadRightSide(precedence));
  if (!tokens_.TakeKeyword("and")) return problems::NotWellFormed("Expected AND after BETWEEN");
  PUMICE_TRY(auto high, ReadRightSide(precedence));
  Adopt(between, std::move(left));
  Adopt(between, std::move(low));
  Adopt(between, std::move(high));
  return between;
}

Result<Term> TermParser::ReadIs(const Token& is, Term left) {
  const bool negated = tokens_.TakeKeyword("not");
  const Token type = tokens_.current();
  const bool word = type.kind == TokenKind::kName || type.kind == TokenKind::kKeyword;
  std::string name = LowerCase(type.text);
  if (!word || std::find(kTypeNames.begin(), kTypeNames.end(), name) == kTypeNames.end()) {
    return problems::NotWellFormed("Expected type name");
  }
  tokens_.Advance();
  Term term = Make(TermKind::kIs, is);
  term.text = std::move(name);
  term.negated = negated;
  Adopt(term, std::move(left));
  return Bounded(std::move(term));
}

Result<Term> TermParser::ReadPrefix() {
  if (tokens_.AtKeyword("not")) {
    Term term = Make(TermKind::kNot, tokens_.current());
    tokens_.Advance();
    PUMICE_TRY(auto operand, ReadInfix(kNotLevel));
    Adopt(term, std::move(operand));
    return Bounded(std::move(term));
  }
  if (tokens_.AtSymbol("-") || tokens_.AtSymbol("+")) return ReadSign();
  return ReadPrimary();
}

Result<Term> TermParser::ReadSign() {
  const Token sign = tokens_.current();
  tokens_.Advance();
  if (tokens_.AtEnd()) return problems::NotWellFormed("Unexpected term");
  PUMICE_TRY(auto operand, ReadInfix(kProductLevel));
  if (sign.text == "+") return operand;
  if (operand.kind == TermKind::kNumber && !operand.text.starts_with('-')) {
    operand.text.insert(operand.text.begin(), '-');
    return operand;
  }
  Term term = Make(TermKind::kMinus, sign);
  Adopt(term, std::move(operand));
  return Bounded(std::move(term));
}

Result<Term> TermParser::ReadPrimary() {
  const Token token = tokens_.current();
  switch (token.kind) {
    case TokenKind::kEnd: return problems::NotWellFormed("Unexpected term");
    case TokenKind::kName:
    case TokenKind::kQuotedName: {
      const bool call = token.kind == TokenKind::kName &&
                        tokens_.next().kind == TokenKind::kSymbol && tokens_.next().text == "(";
      return call ? ReadCall() : ReadPath();
    }
    case TokenKind::kKeyword: return ReadKeyword();
    case TokenKind::kString:
    case TokenKind::kNumber: {
      tokens_.Advance();
      return Make(token.kind == TokenKind::kString ? TermKind::kString : TermKind::kNumber, token);
    }
    case TokenKind::kParameter: {
      tokens_.Advance();
      Term term = Make(TermKind::kParameter, token);
      term.parameter = parameter_count_++;
      return term;
    }
    case TokenKind::kSymbol: break;
  }
  if (token.text == "(") return ReadParentheses();
  if (token.text == "[") return ReadSequence(TermKind::kList, "]");
  if (token.text == "<<") return ReadSequence(TermKind::kBag, ">>");
  if (token.text == "{") return ReadMap();
  return problems::NotWellFormed(PrecedenceOf(token) > 0 ? "Unexpected operator"
                                                         : "Unexpected term");
}

Result<Term> TermParser::ReadKeyword() {
  const Token token = tokens_.current();
  const bool call = tokens_.next().kind == TokenKind::kSymbol && tokens_.next().text == "(";
  if (call && IsFunctionKeyword(token.text)) return ReadCall();
  // FROM begins a statement of its own, which no SET or REMOVE follows here.
  if (token.text == "from") return problems::NotWellFormed("Expected data manipulation");
  if (IsOperatorKeyword(token.text)) return problems::NotWellFormed("Unexpected operator");
  std::optional<TermKind> kind;
  if (token.text == "true" || token.text == "false") kind = TermKind::kBoolean;
  if (token.text == "null") kind = TermKind::kNull;
  if (token.text == "missing") kind = TermKind::kMissing;
  if (!kind) return problems::NotWellFormed("Unexpected keyword");
  tokens_.Advance();
  Term term = Make(*kind, token);
  term.truth = token.text == "true";
  return term;
}

Result<Term> TermParser::ReadParentheses() {
  const Token open = tokens_.current();
  tokens_.Advance();
  PUMICE_TRY(auto inner, ReadInfix(0));
  if (!tokens_.AtSymbol(",")) {
    PUMICE_TRY(ExpectSymbol(")", "RIGHT_PAREN"));
    inner.in_parentheses = true;
    return inner;
  }
  Term list = Make(TermKind::kList, open);
  Adopt(list, std::move(inner));
  tokens_.Advance();
  PUMICE_TRY(ReadElements(list, ")"));
  return Bounded(std::move(list));
}

/// Elements up to and with `close`; at least one.
Result<void> TermParser::ReadElements(Term& into, std::string_view close) {
  while (true) {
    PUMICE_TRY(auto element, ReadInfix(0));
    Adopt(into, std::move(element));
    if (tokens_.TakeSymbol(close)) return Ok();
    PUMICE_TRY(ExpectSymbol(",", "COMMA"));
  }
}

Result<Term> TermParser::ReadSequence(TermKind kind, std::string_view close) {
  Term sequence = Make(kind, tokens_.current());
  tokens_.Advance();
  if (tokens_.TakeSymbol(close)) return sequence;
  PUMICE_TRY(ReadElements(sequence, close));
  return Bounded(std::move(sequence));
}

Result<Term> TermParser::ReadMap() {
  Term map = Make(TermKind::kMap, tokens_.current());
  tokens_.Advance();
  if (tokens_.TakeSymbol("}")) return map;
  while (true) {
    PUMICE_TRY(auto key, ReadInfix(0));
    PUMICE_TRY(ExpectSymbol(":", "COLON"));
    PUMICE_TRY(auto value, ReadInfix(0));
    Adopt(map, std::move(key));
    Adopt(map, std::move(value));
    if (tokens_.TakeSymbol("}")) return Bounded(std::move(map));
    PUMICE_TRY(ExpectSymbol(",", "COMMA"));
  }
}

Result<Term> TermParser::ReadCall() {
  Term call = Make(TermKind::kCall, tokens_.current());
  call.text = LowerCase(std::move(call.text));
  tokens_.Advance();
  tokens_.Advance();
  if (tokens_.TakeSymbol(")")) return call;
  if (call.text == "count" && tokens_.AtSymbol("*")) {
    Adopt(call, Make(TermKind::kStar, tokens_.current()));
    tokens_.Advance();
    PUMICE_TRY(ExpectSymbol(")", "RIGHT_PAREN"));
    return call;
  }
  PUMICE_TRY(ReadElements(call, ")"));
  return Bounded(std::move(call));
}

Result<void> TermParser::ReadPathStep(DocumentPath& path) {
  if (tokens_.TakeSymbol(".")) {
    if (!tokens_.AtName()) return problems::NotWellFormed("Invalid path dot component");
    path.elements.emplace_back(tokens_.current().text);
    tokens_.Advance();
    return Ok();
  }
  tokens_.Advance();  // [
  if (tokens_.AtEnd()) return problems::NotWellFormed("Unexpected term");
  const Token& index = tokens_.current();
  if (index.kind == TokenKind::kString) {
    path.elements.emplace_back(index.text);
  } else {
    std::int32_t number = 0;
    const char* const end = index.text.data() + index.text.size();
    const auto read = std::from_chars(index.text.data(), end, number);
    if (index.kind != TokenKind::kNumber || read.ptr != end) {
      return problems::UnexpectedPathComponent(index.position);
    }
    if (read.ec != std::errc()) {
      return problems::Invalid(pumice::problems::IndexOutOfRange(index.text));
    }
    path.elements.emplace_back(static_cast<std::size_t>(number));
  }
  tokens_.Advance();
  return ExpectSymbol("]", "RIGHT_BRACKET");
}

Result<Term> TermParser::ReadPath() {
  Term term = Make(TermKind::kPath, tokens_.current());
  PUMICE_TRY(term.path, ReadSimplePath());
  return term;
}

Result<DocumentPath> TermParser::ReadSimplePath() {
  if (!tokens_.AtName()) {
    return problems::NotWellFormed("Expected identifier for simple path");
  }
  DocumentPath path;
  path.elements.emplace_back(tokens_.current().text);
  tokens_.Advance();
  while (tokens_.AtSymbol(".") || tokens_.AtSymbol("[")) {
    PUMICE_TRY(ReadPathStep(path));
  }
  return path;
}

}  // namespace pumice::partiql
