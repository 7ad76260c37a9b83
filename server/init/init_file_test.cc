// SPDX-License-Identifier: Apache-2.0
#include "server/init/init_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/init/file_loader.h"
#include "server/init/init_test_support.h"

namespace pumice {
namespace {

using testing::ElementsAre;

std::string StemOf(const std::string& path) { return InitFile{path, InitFileKind::kCsv}.stem(); }

TEST(InitFile, ANumberInFrontIsForTheOrderOnly) {
  EXPECT_EQ(StemOf("/a/20-users.csv"), "users");
  EXPECT_EQ(StemOf("020_users.csv"), "users");
  EXPECT_EQ(StemOf("10-2024-events.csv"), "2024-events");
  EXPECT_EQ(StemOf("users.v1.csv"), "users.v1");
  EXPECT_EQ(StemOf("20.csv"), "20");
  EXPECT_EQ(StemOf("20-.csv"), "20-");
  EXPECT_EQ(StemOf("20users.csv"), "20users");
}

TEST(InitFile, TheEndingTellsTheKind) {
  EXPECT_EQ(InitFileKindOf("a.json"), InitFileKind::kJson);
  EXPECT_EQ(InitFileKindOf("a.jsonl"), InitFileKind::kJsonLines);
  EXPECT_EQ(InitFileKindOf("a.ndjson"), InitFileKind::kJsonLines);
  EXPECT_EQ(InitFileKindOf("a.csv"), InitFileKind::kCsv);
  EXPECT_EQ(InitFileKindOf("a.yml"), InitFileKind::kYaml);
  EXPECT_EQ(InitFileKindOf("a.template"), InitFileKind::kYaml);
  EXPECT_EQ(InitFileKindOf("x/handlers.json"), InitFileKind::kHandlers);
  EXPECT_EQ(InitFileKindOf("x/90-handlers.json"), InitFileKind::kHandlers);
  EXPECT_EQ(InitFileKindOf("README.md"), std::nullopt);
  EXPECT_EQ(InitFileKindOf("json"), std::nullopt);
}

TEST(InitFolder, FilesComeInTheOrderOfTheirNames) {
  const TestFolder folder;
  for (const char* name : {"b.json", "10-a.yaml", ".hidden.json", "9-c.csv", "notes.txt"}) {
    folder.Write(name, "");
  }
  std::filesystem::create_directory(folder.path() + "/more.json");
  const auto listed = ListInitFolder(folder.path());
  ASSERT_TRUE(listed);
  std::vector<std::string> names;
  for (const InitFile& file : listed.value().files) names.push_back(file.name());
  EXPECT_THAT(names, ElementsAre("10-a.yaml", "9-c.csv", "b.json"));
  EXPECT_THAT(listed.value().ignored, ElementsAre("notes.txt"));
}

TEST(InitFolder, AFolderThatIsNotThereIsTold) {
  const auto listed = ListInitFolder("/no/such/folder");
  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().client_text(),
            "/no/such/folder: cannot be read: No such file or directory");
}

TEST(InitFile, AFileThatIsNotThereIsTold) {
  const auto ignore = [](const InitStep&) -> Result<void> { return Ok(); };
  for (const char* path : {"/no/file.csv", "/no/file.json", "/no/file.jsonl", "/no/file.yaml"}) {
    const auto read = ReadInitFile({path, *InitFileKindOf(path)}, {}, ignore);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().client_text(),
              std::string(path) + ": cannot be read: No such file or directory");
  }
  const auto folder = ReadInitFile({"/", InitFileKind::kJson}, {}, ignore);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().client_text(), "/: cannot be read: it is a folder");
}

TEST(InitFile, HandlersAreForTheServer) {
  EXPECT_EQ(StepsOf("handlers.json", "{}"),
            "handlers.json: cannot be read: it names stream handlers; give it to the server with "
            "--handlers");
}

TEST(InitFile, TheHashIsThatOfTheContent) {
  const TestFolder folder;
  const std::string one = HashOfFile(folder.Write("a", std::string(200'000, 'x'))).value();
  EXPECT_EQ(one.size(), 32u);
  EXPECT_EQ(HashOfFile(folder.Write("b", std::string(200'000, 'x'))).value(), one);
  EXPECT_NE(HashOfFile(folder.Write("a", std::string(200'001, 'x'))).value(), one);
}

TEST(FileLoader, CountsTheItemsOfEveryFileAndEndsAtTheFirstMistake) {
  const TestFolder folder;
  const InitFile good{folder.Write("a.csv", "pk\nx\ny\n"), InitFileKind::kCsv};
  const InitFile bad{folder.Write("b.csv", "pk\n\"x\n"), InitFileKind::kCsv};
  const auto checked = CheckFiles({good}, {});
  ASSERT_TRUE(checked);
  EXPECT_EQ(checked.value().front().items, 2u);
  const auto refused = CheckFiles({good, bad}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().client_text(),
            folder.path() + "/b.csv:2: a quote that begins here is not closed");
}

TEST(FileLoader, SaysWhatWasDone) {
  EXPECT_EQ(SummaryOf({1, 0, 0}, 0.1), "1 table made");
  EXPECT_EQ(SummaryOf({2, 1, 0}, 0.1), "2 tables made, 1 table there already");
  EXPECT_EQ(SummaryOf({0, 0, 1}, 0.5), "1 item in 0.5 s (2 a second)");
  EXPECT_EQ(SummaryOf({0, 0, 0}, 0), "0 items in 0.0 s (0 a second)");
}

}  // namespace
}  // namespace pumice
