// SPDX-License-Identifier: Apache-2.0
#pragma once
// Text -> tokens, one at a time, with the neighbours that AWS's syntax errors show.
// Thread rule: a plain value. Lifetime: tokens are views into the text, which must outlive them.

#include <cstdint>
#include <string>
#include <string_view>

namespace pumice {

enum class TokenKind : std::uint8_t {
  kEnd,
  kName,              // a letter, then letters, digits and _
  kNamePlaceholder,   // #x
  kValuePlaceholder,  // :x
  kInteger,           // digits; the first is 0 only if it is the only one
  kLeftParenthesis,
  kRightParenthesis,
  kLeftBracket,
  kRightBracket,
  kComma,
  kDot,
  kPlus,
  kMinus,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  // Keywords, in any case. All are keywords in every kind of expression, so none can be a name.
  kAnd,
  kOr,
  kNot,
  kBetween,
  kIn,
  kSet,
  kRemove,
  kAdd,
  kDelete,
  kUnknown,  // one character that begins no token
};

struct TokenView {
  TokenKind kind = TokenKind::kEnd;
  std::string_view text;
};

class TokenStreamView {
 public:
  explicit TokenStreamView(std::string_view text);

  const TokenView& current() const { return current_; }
  const TokenView& next() const { return next_; }

  void Advance();
  /// Advances if the current token is of this kind.
  bool Take(TokenKind kind);

  /// "Syntax error; token: "<current>", near: "<previous><current><next>"", the three as they stand
  /// in the text, with what is between them; where one is missing, the blanks in its place.
  std::string SyntaxError() const;

 private:
  TokenView Read();
  TokenView ReadRun(TokenKind kind, std::size_t length);
  TokenView ReadPunctuation();

  std::string_view text_;
  std::string_view rest_;
  TokenView previous_;
  TokenView current_;
  TokenView next_;
};

/// Whether `text` is a sigil followed by at least one letter, digit or _.
bool IsPlaceholder(std::string_view text, char sigil);

}  // namespace pumice
