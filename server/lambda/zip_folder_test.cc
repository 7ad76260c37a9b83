// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/zip_folder.h"

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <minizip/zip.h>
#include <sys/stat.h>

namespace pumice {
namespace {

namespace fs = std::filesystem;

struct Packed {
  std::string name;
  std::string text;
  unsigned mode = S_IFREG | 0644;
};

class UnzipTest : public testing::Test {
 protected:
  UnzipTest() : root_(fs::path(testing::TempDir()) / ("unzip-" + std::to_string(::getpid()))) {
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  ~UnzipTest() override { fs::remove_all(root_); }

  void Pack(const std::vector<Packed>& files) {
    zipFile archive = zipOpen64(zip().c_str(), 0);
    for (const Packed& file : files) {
      zip_fileinfo info{};
      info.external_fa = static_cast<uLong>(file.mode) << 16U;
      zipOpenNewFileInZip(archive, file.name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr,
                          Z_DEFLATED, Z_DEFAULT_COMPRESSION);
      zipWriteInFileInZip(archive, file.text.data(), static_cast<unsigned>(file.text.size()));
      zipCloseFileInZip(archive);
    }
    zipClose(archive, nullptr);
  }

  /// Empty: it was unpacked.
  std::string Refusal() {
    const auto done = Unzip(zip(), folder());
    if (done) return {};
    EXPECT_FALSE(fs::exists(folder())) << "something was left";
    EXPECT_EQ(done.error().exception().name, "InvalidParameterValueException");
    return done.error().message();
  }

  std::string Read(const std::string& name) const {
    std::ifstream file(folder() / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  fs::path zip() const { return root_ / "package.zip"; }
  fs::path folder() const { return root_ / "out"; }

  fs::path root_;
};

constexpr const char* kNoZip =
    "Could not unzip uploaded file. Please check your file, then try to upload again.";

TEST_F(UnzipTest, MakesFilesFoldersAndModes) {
  Pack({{"main.py", "one"},
        {"empty/", "", S_IFDIR | 0755},
        {"a/b/c.txt", std::string(300'000, 'x')},
        {"bootstrap", "#!", S_IFREG | 0755},
        {"secret", "s", S_IFREG | 0200},
        {"of/another/system", "dos", 0}});
  EXPECT_EQ(Refusal(), "");
  EXPECT_EQ(Read("main.py"), "one");
  EXPECT_EQ(Read("a/b/c.txt"), std::string(300'000, 'x'));
  EXPECT_EQ(Read("of/another/system"), "dos");
  EXPECT_TRUE(fs::is_directory(folder() / "empty"));
  EXPECT_EQ(::access((folder() / "bootstrap").c_str(), X_OK), 0);
  EXPECT_EQ(fs::status(folder() / "secret").permissions(), fs::perms(0644));
}

TEST_F(UnzipTest, RefusesNamesOutsideTheFolder) {
  for (const std::string name : {"../evil", "a/../../evil", "/etc/evil", "..", "a\\..\\evil"}) {
    Pack({{"good", "g"}, {name, "evil"}});
    EXPECT_EQ(Refusal(),
              "The zip file holds \"" + name + "\", which would be outside the function's folder");
    EXPECT_FALSE(fs::exists(root_ / "evil"));
    fs::remove(zip());
  }
}

TEST_F(UnzipTest, RefusesLinks) {
  Pack({{"link", "/etc", S_IFLNK | 0777}, {"link/evil", "evil"}});
  EXPECT_EQ(Refusal(),
            "The zip file holds \"link\", which is a link or no file; Pumice unpacks files and "
            "folders only");
}

TEST_F(UnzipTest, RefusesWhatIsNoZip) {
  std::ofstream(zip()) << "no zip at all";
  EXPECT_EQ(Refusal(), kNoZip);
}

TEST_F(UnzipTest, RefusesADamagedZip) {
  Pack({{"main.py", std::string(5'000, 'x') + "text"}});
  std::fstream file(zip(), std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(45);  // in the compressed bytes
  file.write("\xff\xff\xff\xff", 4);
  file.close();
  EXPECT_EQ(Refusal(), kNoZip);
}

TEST_F(UnzipTest, RefusesWhatUnpacksToTooMuch) {
  const std::string piece(64U << 20U, '\0');
  Pack({{"1", piece}, {"2", piece}, {"3", piece}, {"4", piece}});
  EXPECT_EQ(Refusal(), "Unzipped size must be smaller than 262144000 bytes");
}

}  // namespace
}  // namespace pumice
