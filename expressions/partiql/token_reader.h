// SPDX-License-Identifier: Apache-2.0
#pragma once
// The tokens of a statement, one after another.
// Thread rule: a plain value.

#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "expressions/partiql/lexer.h"

namespace pumice::partiql {

class TokenReader {
 public:
  /// `tokens` ends with kEnd.
  explicit TokenReader(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  const Token& current() const { return tokens_[at_]; }
  const Token& next() const { return tokens_[at_ + 1 < tokens_.size() ? at_ + 1 : at_]; }

  bool AtEnd() const { return current().kind == TokenKind::kEnd; }
  bool AtSymbol(std::string_view symbol) const {
    return current().kind == TokenKind::kSymbol && current().text == symbol;
  }
  bool AtKeyword(std::string_view keyword) const {
    return current().kind == TokenKind::kKeyword && current().text == keyword;
  }
  bool AtName() const {
    return current().kind == TokenKind::kName || current().kind == TokenKind::kQuotedName;
  }

  void Advance() {
    if (!AtEnd()) ++at_;
  }
  bool TakeSymbol(std::string_view symbol) {
    const bool there = AtSymbol(symbol);
    if (there) Advance();
    return there;
  }
  bool TakeKeyword(std::string_view keyword) {
    const bool there = AtKeyword(keyword);
    if (there) Advance();
    return there;
  }

 private:
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
};

}  // namespace pumice::partiql
