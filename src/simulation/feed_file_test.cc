#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/file.h"
#include "simulation/feed_file_internal.h"

namespace codman::simulation {
namespace {

TEST(FeedFile, RecordsLeaveInOrderOfStorageAndTiesInOrderOfArrival) {
  const std::string folder = testing::TempDir() + "feed_file_test";
  ASSERT_TRUE(base::MakeFolders(folder).ok());
  auto file = FeedFile::Create(folder, "a.ndjson");
  ASSERT_TRUE(file.ok());
  file->Add(30 * base::kMinuteUs, "second");
  file->Add(90 * base::kMinuteUs, "fifth");
  file->Add(10 * base::kMinuteUs, "first");
  file->Add(30 * base::kMinuteUs, "third");
  ASSERT_TRUE(file->WriteBefore(base::kHourUs).ok());
  file->Add(60 * base::kMinuteUs, "fourth");
  EXPECT_FALSE(base::FileExists(folder + "/a.ndjson"));  // not before it is whole
  ASSERT_TRUE(file->Close().ok());
  EXPECT_EQ(base::ReadFile(folder + "/a.ndjson").value(), "first\nsecond\nthird\nfourth\nfifth\n");
  ASSERT_TRUE(base::RemoveTree(folder).ok());
}

TEST(FeedFile, AFolderThatIsNotThereIsAnError) {
  EXPECT_FALSE(FeedFile::Create("/nowhere/at/all", "a.ndjson").ok());
}

}  // namespace
}  // namespace codman::simulation
