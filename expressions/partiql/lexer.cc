// SPDX-License-Identifier: Apache-2.0
#include "expressions/partiql/lexer.h"

#include <array>
#include <optional>
#include <utility>

#include "expressions/partiql/keywords.h"
#include "expressions/partiql/problems.h"

namespace pumice::partiql {
namespace {

// The longer ones first.
constexpr auto kSymbols = std::to_array<std::string_view>(
    {"<<", ">>", "<=", ">=", "<>", "!=", "||", "(", ")", "[", "]", "{", "}",
     ",",  ".",  ":",  ";",  "=",  "<",  ">",  "+", "-", "*", "/", "%"});

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsNameStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}
bool IsNamePart(char c) { return IsNameStart(c) || IsDigit(c); }
bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : rest_(text) {}

  Result<std::vector<Token>> ReadAll() {
    std::vector<Token> tokens;
    while (true) {
      PUMICE_TRY(SkipBlanksAndComments());
      if (rest_.empty()) break;
      PUMICE_TRY(auto token, ReadToken());
      tokens.push_back(std::move(token));
    }
    tokens.push_back({TokenKind::kEnd, {}, here_});
    return tokens;
  }

 private:
  Result<void> SkipBlanksAndComments();
  Result<Token> ReadToken();
  Result<Token> ReadQuoted(TokenKind kind);
  std::optional<std::size_t> NumberLength() const;
  std::size_t CountDigits(std::size_t from) const;
  Token Take(TokenKind kind, std::size_t bytes);
  void Advance(std::size_t bytes);

  std::string_view rest_;
  Position here_;
};

/// Goes on by whole characters: the bytes that continue one are not counted.
void Lexer::Advance(std::size_t bytes) {
  for (const char c : rest_.substr(0, bytes)) {
    if (c == '\n') {
      ++here_.line;
      here_.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++here_.column;
    }
  }
  rest_.remove_prefix(bytes);
}

Token Lexer::Take(TokenKind kind, std::size_t bytes) {
  Token token{kind, std::string(rest_.substr(0, bytes)), here_};
  Advance(bytes);
  token.position.length = here_.line == token.position.line ? here_.column - token.position.column
                                                            : static_cast<std::uint32_t>(bytes);
  return token;
}

Result<void> Lexer::SkipBlanksAndComments() {
  while (!rest_.empty()) {
    std::size_t bytes = 0;
    if (IsBlank(rest_.front())) {
      bytes = 1;
    } else if (rest_.starts_with("--")) {
      bytes = std::min(rest_.find('\n'), rest_.size());
    } else if (rest_.starts_with("/*")) {
      const std::size_t end = rest_.find("*/", 2);
      if (end == std::string_view::npos) return problems::NotWellFormed("");
      bytes = end + 2;
    } else {
      break;
    }
    Advance(bytes);
  }
  return Ok();
}

std::size_t Lexer::CountDigits(std::size_t from) const {
  std::size_t count = 0;
  while (from + count < rest_.size() && IsDigit(rest_[from + count])) ++count;
  return count;
}

/// Digits with an optional point and an optional exponent. None: a number that goes on as a name.
std::optional<std::size_t> Lexer::NumberLength() const {
  std::size_t length = CountDigits(0);
  if (length < rest_.size() && rest_[length] == '.') length += 1 + CountDigits(length + 1);
  if (length < rest_.size() && (rest_[length] == 'e' || rest_[length] == 'E')) {
    std::size_t exponent = length + 1;
    if (exponent < rest_.size() && (rest_[exponent] == '+' || rest_[exponent] == '-')) ++exponent;
    const std::size_t digits = CountDigits(exponent);
    if (digits == 0) return std::nullopt;
    length = exponent + digits;
  }
  if (length < rest_.size() && IsNamePart(rest_[length])) return std::nullopt;
  return length;
}

/// The quote is doubled where it is meant.
Result<Token> Lexer::ReadQuoted(TokenKind kind) {
  const char quote = rest_.front();
  std::string content;
  std::size_t at = 1;
  while (true) {
    if (at >= rest_.size()) return problems::NotWellFormed("");
    if (rest_[at] == quote) {
      if (at + 1 >= rest_.size() || rest_[at + 1] != quote) break;
      ++at;
    }
    content += rest_[at++];
  }
  Token token = Take(kind, at + 1);
  token.text = std::move(content);
  return token;
}

Result<Token> Lexer::ReadToken() {
  const char c = rest_.front();
  if (c == '\'') return ReadQuoted(TokenKind::kString);
  if (c == '"') return ReadQuoted(TokenKind::kQuotedName);
  if (c == '?') return Take(TokenKind::kParameter, 1);
  if (IsDigit(c) || (c == '.' && rest_.size() > 1 && IsDigit(rest_[1]))) {
    const auto length = NumberLength();
    if (!length) return problems::NotWellFormed("");
    return Take(TokenKind::kNumber, *length);
  }
  if (IsNameStart(c)) {
    std::size_t length = 1;
    while (length < rest_.size() && IsNamePart(rest_[length])) ++length;
    Token token = Take(TokenKind::kName, length);
    std::string lower = LowerCase(token.text);
    if (!IsKeyword(lower)) return token;
    return Token{TokenKind::kKeyword, std::move(lower), token.position};
  }
  for (const std::string_view symbol : kSymbols) {
    if (rest_.starts_with(symbol)) return Take(TokenKind::kSymbol, symbol.size());
  }
  return problems::NotWellFormed("");
}

}  // namespace

Result<std::vector<Token>> ReadTokens(std::string_view statement) {
  return Lexer(statement).ReadAll();
}

}  // namespace pumice::partiql
