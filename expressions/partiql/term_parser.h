// SPDX-License-Identifier: Apache-2.0
#pragma once
// The expressions of PartiQL, by precedence: OR, AND, NOT, = <> IS IN, < <= > >= BETWEEN LIKE, ||,
// + -, * / %. What is nested is read by recursion that is bounded; chains of AND, OR are one node.

#include <cstddef>

#include "base/result.h"
#include "expressions/partiql/syntax.h"
#include "expressions/partiql/token_reader.h"

namespace pumice::partiql {

/// The deepest nesting of parentheses, containers, calls and operators that is read. AWS's own
/// bound is not known; values may have 32 levels.
inline constexpr std::size_t kMaxTermHeight = 400;

class TermParser {
 public:
  explicit TermParser(TokenReader& tokens) : tokens_(tokens) {}

  /// Errors (Validation): "Statement wasn't well formed, can't be processed: …".
  Result<Term> ReadTerm() { return ReadInfix(0); }
  /// a.b[0], as the target of SET and REMOVE.
  Result<DocumentPath> ReadSimplePath();

  std::size_t parameter_count() const { return parameter_count_; }

 private:
  Result<Term> ReadInfix(int weakest);
  Result<Term> ReadOperator(Term left, int weakest);
  Result<Term> ReadRightSide(int weakest);
  Result<Term> ReadBetween(Term left, int precedence);
  Result<Term> ReadIs(const Token& is, Term left);
  Result<Term> ReadPrefix();
  Result<Term> ReadSign();
  Result<Term> ReadPrimary();
  Result<Term> ReadKeyword();
  Result<Term> ReadParentheses();
  Result<Term> ReadSequence(TermKind kind, std::string_view close);
  Result<Term> ReadMap();
  Result<Term> ReadCall();
  Result<Term> ReadPath();
  Result<void> ReadPathStep(DocumentPath& path);
  Result<void> ReadElements(Term& into, std::string_view close);
  Result<void> ExpectSymbol(std::string_view symbol, std::string_view name);

  TokenReader& tokens_;
  std::size_t parameter_count_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace pumice::partiql
