#include "base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "base/text.h"

// Expected values by hand; POSIX rename and link semantics.
namespace codman::base {
namespace {

using testing::ElementsAre;

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(RemoveTree(folder_).ok());
    ASSERT_TRUE(MakeFolders(folder_).ok());
  }
  void TearDown() override { ASSERT_TRUE(RemoveTree(folder_).ok()); }
  std::string folder_ = format("{}codman_file_{}", testing::TempDir(), getpid());
};

TEST_F(FileTest, WritesAndReadsBytes) {
  std::string content("a\0b\n", 4), path = folder_ + "/x";
  ASSERT_TRUE(WriteFileAtomically(path, content, {.mode = 0600}).ok());
  EXPECT_EQ(ReadFile(path).value(), content);
  EXPECT_EQ(FileSize(path).value(), 4);
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(ReadFile(folder_ + "/absent").error().kind(), ErrorKind::kNotFound);
  EXPECT_THAT(ReadFile(folder_ + "/absent").error().message(), testing::HasSubstr("/absent"));
  EXPECT_FALSE(ReadFile(folder_).ok());
}

TEST_F(FileTest, ReadersSeeTheOldOrTheNewContentNeverAPart) {
  std::string path = folder_ + "/x", a(200000, 'a'), b(100000, 'b');
  ASSERT_TRUE(WriteFileAtomically(path, a, {.sync = false}).ok());
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 0; i < 200; ++i) {
      EXPECT_TRUE(WriteFileAtomically(path, i % 2 == 0 ? b : a, {.sync = false}).ok());
    }
    done = true;
  });
  while (!done) {
    std::string content = ReadFile(path).value();
    EXPECT_TRUE(content == a || content == b) << content.size();
  }
  writer.join();
  EXPECT_THAT(*ListFolder(folder_), ElementsAre("x")) << "no partial file is left";
}

TEST_F(FileTest, ExactlyOneOfManyThreadsCreatesAFile) {
  for (int round = 0; round < 30; ++round) {
    std::string path = format("{}/{}", folder_, round);
    std::atomic<int> winners = 0, winner = -1;
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        auto made = CreateFileExclusively(path, format("thread {}", t), {.sync = false});
        if (made.ok()) {
          ++winners;
          winner = t;
        } else {
          EXPECT_EQ(made.error().kind(), ErrorKind::kConflict);
        }
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(winners, 1);
    EXPECT_EQ(ReadFile(path).value(), format("thread {}", winner.load()));
  }
  EXPECT_EQ(ListFolder(folder_)->size(), 30u);
}

TEST_F(FileTest, ListsFoldersAndTreesSorted) {
  ASSERT_TRUE(MakeFolders(folder_ + "/b/c").ok());
  ASSERT_TRUE(MakeFolders(folder_ + "/b/c").ok());
  for (const char* name : {"/z", "/a", "/b/c/d"}) {
    ASSERT_TRUE(WriteFileAtomically(folder_ + name, "", {.sync = false}).ok());
  }
  EXPECT_THAT(*ListFolder(folder_), ElementsAre("a", "b/", "z"));
  EXPECT_THAT(*ListTree(folder_), ElementsAre("a", "b/c/d", "z"));
  EXPECT_EQ(ListFolder(folder_ + "/absent").error().kind(), ErrorKind::kNotFound);
  EXPECT_TRUE(RemoveTree(folder_ + "/absent").ok());
  EXPECT_FALSE(FileExists(folder_ + "/absent"));
  EXPECT_FALSE(MakeFolders(folder_ + "/a/below-a-file").ok());
}

}  // namespace
}  // namespace codman::base
