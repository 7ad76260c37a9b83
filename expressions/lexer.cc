// SPDX-License-Identifier: Apache-2.0
#include "expressions/lexer.h"

#include <algorithm>
#include <array>

#include <fmt/core.h>

namespace pumice {
namespace {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool IsWordPart(char c) { return IsLetter(c) || IsDigit(c) || c == '_'; }
constexpr bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

template <class Predicate>
std::size_t RunLength(std::string_view text, std::size_t from, Predicate is_part) {
  return std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), is_part) -
         text.begin();
}

/// `upper` is in capitals.
bool IsWord(std::string_view text, std::string_view upper) {
  return text.size() == upper.size() &&
         std::equal(text.begin(), text.end(), upper.begin(),
                    [](char c, char wanted) { return (c & ~0x20) == wanted; });
}

struct Keyword {
  std::string_view word;
  TokenKind kind;
};
constexpr std::array kKeywords{
    Keyword{"AND", TokenKind::kAnd},       Keyword{"OR", TokenKind::kOr},
    Keyword{"NOT", TokenKind::kNot},       Keyword{"BETWEEN", TokenKind::kBetween},
    Keyword{"IN", TokenKind::kIn},         Keyword{"SET", TokenKind::kSet},
    Keyword{"REMOVE", TokenKind::kRemove}, Keyword{"ADD", TokenKind::kAdd},
    Keyword{"DELETE", TokenKind::kDelete}};

TokenKind KindOfWord(std::string_view word) {
  for (const Keyword& keyword : kKeywords) {
    if (IsWord(word, keyword.word)) return keyword.kind;
  }
  return TokenKind::kName;
}

/// Bytes of the UTF-8 character that begins with `lead`, so that an error never shows half a
/// character.
std::size_t CharacterLength(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte >= 0xF0) return 4;
  if (byte >= 0xE0) return 3;
  return byte >= 0xC0 ? 2 : 1;
}

}  // namespace

bool IsPlaceholder(std::string_view text, char sigil) {
  return text.size() > 1 && text.front() == sigil && RunLength(text, 1, IsWordPart) == text.size();
}

TokenStreamView::TokenStreamView(std::string_view text) : text_(text), rest_(text) {
  current_ = Read();
  next_ = Read();
}

void TokenStreamView::Advance() {
  previous_ = current_;
  current_ = next_;
  next_ = Read();
}

bool TokenStreamView::Take(TokenKind kind) {
  if (current_.kind != kind) return false;
  Advance();
  return true;
}

TokenView TokenStreamView::ReadRun(TokenKind kind, std::size_t length) {
  const TokenView token{kind, rest_.substr(0, length)};
  rest_.remove_prefix(token.text.size());
  return token;
}

TokenView TokenStreamView::Read() {
  rest_.remove_prefix(RunLength(rest_, 0, IsBlank));
  if (rest_.empty()) return {TokenKind::kEnd, rest_};
  const char first = rest_.front();
  if (IsLetter(first)) {
    const std::size_t length = RunLength(rest_, 1, IsWordPart);
    return ReadRun(KindOfWord(rest_.substr(0, length)), length);
  }
  if (IsDigit(first)) {
    return ReadRun(TokenKind::kInteger, first == '0' ? 1 : RunLength(rest_, 1, IsDigit));
  }
  if (first == '#' || first == ':') {
    const std::size_t length = RunLength(rest_, 1, IsWordPart);
    if (length == 1) return ReadRun(TokenKind::kUnknown, 1);
    return ReadRun(first == '#' ? TokenKind::kNamePlaceholder : TokenKind::kValuePlaceholder,
                   length);
  }
  return ReadPunctuation();
}

TokenView TokenStreamView::ReadPunctuation() {
  const char second = rest_.size() > 1 ? rest_[1] : '\0';
  switch (rest_.front()) {
    case '(': return ReadRun(TokenKind::kLeftParenthesis, 1);
    case ')': return ReadRun(TokenKind::kRightParenthesis, 1);
    case '[': return ReadRun(TokenKind::kLeftBracket, 1);
    case ']': return ReadRun(TokenKind::kRightBracket, 1);
    case ',': return ReadRun(TokenKind::kComma, 1);
    case '.': return ReadRun(TokenKind::kDot, 1);
    case '+': return ReadRun(TokenKind::kPlus, 1);
    case '-': return ReadRun(TokenKind::kMinus, 1);
    case '=': return ReadRun(TokenKind::kEqual, 1);
    case '<':
      if (second == '>') return ReadRun(TokenKind::kNotEqual, 2);
      if (second == '=') return ReadRun(TokenKind::kLessOrEqual, 2);
      return ReadRun(TokenKind::kLess, 1);
    case '>':
      if (second == '=') return ReadRun(TokenKind::kGreaterOrEqual, 2);
      return ReadRun(TokenKind::kGreater, 1);
    default: return ReadRun(TokenKind::kUnknown, CharacterLength(rest_.front()));
  }
}

std::string TokenStreamView::SyntaxError() const {
  const bool at_end = current_.kind == TokenKind::kEnd;
  const char* const first =
      previous_.kind == TokenKind::kEnd ? text_.data() : previous_.text.data();
  const char* const last = at_end || next_.kind == TokenKind::kEnd
                               ? text_.data() + text_.size()
                               : next_.text.data() + next_.text.size();
  return fmt::format("Syntax error; token: \"{}\", near: \"{}\"",
                     at_end ? std::string_view("<EOF>") : current_.text,
                     std::string_view(first, static_cast<std::size_t>(last - first)));
}

}  // namespace pumice
