#include "storage/backup.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/crypto.h"
#include "base/file.h"
#include "storage/archive_reader.h"

namespace codman::storage {
namespace {

class BackupTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = (std::filesystem::temp_directory_path() /
               ("codman-backup-" + base::ToHex(base::RandomBytes(8))))
                  .string();
    Put("home/lake/a.parquet", std::string(300000, 'x'));
    Put("home/lake/empty", "");
    Put("home/secrets/key", "secret");
    Put("home/lock", "");
    chmod((folder_ + "/home/secrets/key").c_str(), 0600);
  }
  void TearDown() override { (void)base::RemoveTree(folder_).ok(); }

  void Put(const std::string& path, const std::string& content) {
    std::string whole = folder_ + "/" + path;
    ASSERT_TRUE(base::MakeFolders(whole.substr(0, whole.rfind('/'))).ok());
    ASSERT_TRUE(base::WriteFileAtomically(whole, content).ok());
  }
  std::string Read(const std::string& path) { return base::ReadFile(folder_ + "/" + path).value(); }
  Result<BackupReport> BackUp() {
    return BackUpFolder(folder_ + "/home", folder_ + "/b.tar.zst",
                        [](const std::string& path) { return path == "lock"; });
  }

  std::string folder_;
};

TEST_F(BackupTest, RestoresEveryFileWithContentAndMode) {
  auto made = BackUp();
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->files, 3);
  EXPECT_EQ(made->bytes, 300006);
  auto restored = RestoreFolder(folder_ + "/b.tar.zst", folder_ + "/new");
  ASSERT_TRUE(restored.ok()) << restored.error().ToString();
  EXPECT_EQ(restored->files, 3);
  EXPECT_EQ(Read("new/lake/a.parquet"), std::string(300000, 'x'));
  EXPECT_EQ(Read("new/lake/empty"), "");
  EXPECT_FALSE(base::FileExists(folder_ + "/new/lock"));
  struct stat status {};
  stat((folder_ + "/new/secrets/key").c_str(), &status);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  stat((folder_ + "/b.tar.zst").c_str(), &status);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(BackupTest, NeverWritesOverWhatIsThere) {
  ASSERT_TRUE(BackUp().ok());
  EXPECT_EQ(BackUp().error().kind(), base::ErrorKind::kConflict);
  EXPECT_EQ(RestoreFolder(folder_ + "/b.tar.zst", folder_ + "/home").error().kind(),
            base::ErrorKind::kConflict);
}

TEST_F(BackupTest, ADamagedOrCutArchiveRestoresNothing) {
  ASSERT_TRUE(BackUp().ok());
  std::string bytes = Read("b.tar.zst");
  for (size_t kept : {bytes.size() / 4, bytes.size() / 2, bytes.size() - 1}) {
    Put("cut.tar.zst", bytes.substr(0, kept));
    EXPECT_FALSE(RestoreFolder(folder_ + "/cut.tar.zst", folder_ + "/new").ok()) << kept;
    EXPECT_FALSE(base::FileExists(folder_ + "/new"));
    EXPECT_FALSE(base::FileExists(folder_ + "/new.restoring"));
  }
  for (size_t at = 0; at < bytes.size(); at += 7) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    Put("flipped.tar.zst", flipped);
    auto restored = RestoreFolder(folder_ + "/flipped.tar.zst", folder_ + "/new");
    if (!restored.ok()) {
      EXPECT_FALSE(base::FileExists(folder_ + "/new"));
      continue;
    }
    // A flip that changes no content (of padding, say) may pass; content is never wrong.
    EXPECT_EQ(Read("new/lake/a.parquet"), std::string(300000, 'x'));
    ASSERT_TRUE(base::RemoveTree(folder_ + "/new").ok());
  }
}

TEST_F(BackupTest, RefusesAnArchiveThatIsNoBackup) {
  Put("other.tar.zst", "just text");
  auto restored = RestoreFolder(folder_ + "/other.tar.zst", folder_ + "/new");
  ASSERT_FALSE(restored.ok());
  EXPECT_NE(restored.error().ToString().find("not a backup"), std::string::npos);
}

}  // namespace
}  // namespace codman::storage
