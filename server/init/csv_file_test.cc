// SPDX-License-Identifier: Apache-2.0
#include "server/init/csv_file.h"

#include <gtest/gtest.h>

#include "server/init/init_test_support.h"

namespace pumice {
namespace {

TEST(CsvFile, EveryCellIsAnAttributeOfItsColumnsType) {
  EXPECT_EQ(
      StepsOf("users.csv",
              "pk:S,age:N,raw:B,on:BOOL,none:NULL,tags:SS,more:M,list:L,plain\n"
              "a,7,YQ==,true,true,\"[\"\"x\"\"]\",\"{\"\"b\"\":{\"\"S\"\":\"\"c\"\"}}\",[],d\n"),
      R"(2: users {"PutRequest":{"Item":{"pk":{"S":"a"},"age":{"N":"7"},"raw":{"B":"YQ=="},)"
      R"("on":{"BOOL":true},"none":{"NULL":true},"tags":{"SS":["x"]},)"
      R"("more":{"M":{"b":{"S":"c"}}},"list":{"L":[]},"plain":{"S":"d"}}}})"
      "\n");
}

TEST(CsvFile, AnEmptyCellIsNoAttributeAndTwoQuotesAreAnEmptyText) {
  EXPECT_EQ(StepsOf("t.csv", "pk,a,b\nx,,\"\"\n"),
            "2: t {\"PutRequest\":{\"Item\":{\"pk\":{\"S\":\"x\"},\"b\":{\"S\":\"\"}}}}\n");
}

TEST(CsvFile, QuotesHoldCommasQuotesAndLines) {
  EXPECT_EQ(StepsOf("t.csv", "pk,\"a,b:S\"\r\n\"x\"\"\n,y\",1\r\n\r\nz,2"),
            R"(2: t {"PutRequest":{"Item":{"pk":{"S":"x\"\n,y"},"a,b":{"S":"1"}}}})"
            "\n"
            R"(5: t {"PutRequest":{"Item":{"pk":{"S":"z"},"a,b":{"S":"2"}}}})"
            "\n");
}

TEST(CsvFile, AnAttributeMayHaveAColumnForEachOfItsTypes) {
  EXPECT_EQ(StepsOf("t.csv", "pk,a:S,a:N\nx,,1\ny,b,\n"),
            R"(2: t {"PutRequest":{"Item":{"pk":{"S":"x"},"a":{"N":"1"}}}})"
            "\n"
            R"(3: t {"PutRequest":{"Item":{"pk":{"S":"y"},"a":{"S":"b"}}}})"
            "\n");
  EXPECT_EQ(StepsOf("t.csv", "pk,a:S,a:N\nx,1,1\n"), "t.csv:2: two cells for a");
}

TEST(CsvFile, WhatLooksLikeATypeAndIsNoneBelongsToTheName) {
  EXPECT_EQ(ReadCsvColumn("a:b").attribute, "a:b");
  EXPECT_EQ(ReadCsvColumn("a:N:S").attribute, "a:N");
  EXPECT_EQ(CsvHeader({"a:N", "S"}), "a:N:S");
  EXPECT_EQ(CsvHeader({"a,b", "N"}), "\"a,b:N\"");
}

TEST(CsvFile, AByteOrderMarkIsPassedOver) {
  EXPECT_EQ(StepsOf("t.csv", "\xEF\xBB\xBF\"pk\"\nx\n"),
            "2: t {\"PutRequest\":{\"Item\":{\"pk\":{\"S\":\"x\"}}}}\n");
}

TEST(CsvFile, MistakesAreToldWithTheirLine) {
  const std::pair<const char*, const char*> kCases[] = {
      {"", "t.csv:1: the first line must name the columns: pk:S,count:N"},
      {"pk,,a\n", "t.csv:1: a column has no name"},
      {"pk,a,a\n", "t.csv:1: two columns are named a"},
      {"pk,a\nx\n", "t.csv:2: 1 cells under 2 columns"},
      {"pk,a\nx,1,2\n", "t.csv:2: 3 cells under 2 columns"},
      {"pk,a\n\n,\n", "t.csv:3: every cell is empty"},
      {"pk\n\"x\n\n", "t.csv:2: a quote that begins here is not closed"},
      {"pk\n\"x\"y\n", "t.csv:2: text behind a closing quote"},
      {"pk,a:BOOL\nx,yes\n", "t.csv:2: a:BOOL: true or false is needed, not yes"},
      {"pk,a:NULL\nx,false\n", "t.csv:2: a:NULL: true, or nothing is needed, not false"},
      {"pk,a:M\nx,[]\n",
       "t.csv:2: a:M: an object such as {\"a\": {\"S\": \"text\"}} is needed, not []"},
      {"pk,a:L\nx,1\n", "t.csv:2: a:L: a list such as [{\"S\": \"text\"}] is needed, not 1"},
      {"pk,a:SS\nx,b\n", "t.csv:2: a:SS: a list of texts such as [\"a\", \"b\"] is needed, not b"},
  };
  for (const auto& [text, told] : kCases) EXPECT_EQ(StepsOf("t.csv", text), told);
}

TEST(CsvFile, TextThatIsNotUtf8IsRefused) {
  EXPECT_EQ(StepsOf("t.csv", "pk\n\xFF\n"), "t.csv:2: pk:S: UTF-8 is needed, not \xFF");
}

TEST(CsvFile, CellsAreQuotedWhereTheyNeedIt) {
  EXPECT_EQ(CsvCellText("a b"), "a b");
  EXPECT_EQ(CsvCellText(""), "\"\"");
  EXPECT_EQ(CsvCellText("a,\"b\"\n"), "\"a,\"\"b\"\"\n\"");
}

}  // namespace
}  // namespace pumice
