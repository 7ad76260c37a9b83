// SPDX-License-Identifier: Apache-2.0
#include "expressions/partiql/lexer.h"

#include <gtest/gtest.h>

namespace pumice::partiql {
namespace {

/// "kind:text@line:column:length …", without the end.
std::string Tokens(std::string_view statement) {
  const auto tokens = ReadTokens(statement);
  if (!tokens) return tokens.error().client_text();
  constexpr std::string_view kKinds = "enqk'0?s";
  std::string out;
  for (const Token& token : tokens.value()) {
    if (token.kind == TokenKind::kEnd) break;
    if (!out.empty()) out += ' ';
    out += kKinds[static_cast<std::size_t>(token.kind)];
    out += ':' + token.text + '@' + At(token.position).substr(3);
  }
  return out;
}

TEST(PartiqlLexer, TellsNamesKeywordsAndLiteralsApart) {
  EXPECT_EQ(Tokens("Select a_1 \"b c\" 'it''s' 7 ?"),
            "k:select@1:1:6 n:a_1@1:8:3 q:b c@1:12:5 ':it's@1:18:7 0:7@1:26:1 ?:?@1:28:1");
}

TEST(PartiqlLexer, ReadsNumbersAsAwsDoes) {
  for (const std::string number :
       {"7.31e6", "7.31E6", "7.31e+6", "731e4", "73100000e-1", ".73e1", "0", "12.50"}) {
    EXPECT_EQ(Tokens(number), "0:" + number + "@1:1:" + std::to_string(number.size()));
  }
}

TEST(PartiqlLexer, TakesTheLongestOperator) {
  EXPECT_EQ(Tokens("<=<><<>>!=||<"),
            "s:<=@1:1:2 s:<>@1:3:2 s:<<@1:5:2 s:>>@1:7:2 s:!=@1:9:2 s:||@1:11:2 s:<@1:13:1");
}

TEST(PartiqlLexer, LeavesCommentsOut) {
  EXPECT_EQ(Tokens("-- all of it\na /* b\n c */ d -- end"), "n:a@2:1:1 n:d@3:7:1");
}

TEST(PartiqlLexer, CountsCharactersAndLines) {
  EXPECT_EQ(Tokens("'é€😀' a\n b"), "':é€😀@1:1:5 n:a@1:7:1 n:b@2:2:1");
}

TEST(PartiqlLexer, RefusesWhatBeginsNoToken) {
  constexpr std::string_view kMalformed = "Statement wasn't well formed, can't be processed: ";
  for (const std::string_view text :
       {"# x", "a /* b", "'a", "\"a", "'a''", "`x`", "1e", "1e+", "12ab", "a ^ b", "@a", "\\"}) {
    EXPECT_EQ(Tokens(text), kMalformed) << text;
  }
}

}  // namespace
}  // namespace pumice::partiql
