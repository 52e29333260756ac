// Objects in files: damage, faults, kills. Expected values: what the test itself stored.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <random>

#include "base/file.h"
#include "base/text.h"
#include "storage/disk_fault_testing_internal.h"
#include "storage/object_file_internal.h"
#include "storage/object_path_internal.h"

namespace codman::storage {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class LocalObjectStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(base::RemoveTree(folder_).ok());
    store_ = Open();
  }
  void TearDown() override { ASSERT_TRUE(base::RemoveTree(folder_).ok()); }
  std::unique_ptr<ObjectStore> Open() {
    auto store = OpenLocalObjectStore(folder_);
    EXPECT_TRUE(store.ok()) << store.error().ToString();
    return store.ok() ? std::move(*store) : nullptr;
  }
  size_t NumPartials() const { return base::ListFolder(folder_ + "/,partial")->size(); }

  std::string folder_ = format("{}codman_local_objects_{}", testing::TempDir(), getpid());
  std::unique_ptr<ObjectStore> store_;
};

TEST_F(LocalObjectStoreTest, LiesInFoldersAndIsReadableByItsOwnerOnly) {
  ASSERT_TRUE(store_->PutBytes("models/sepsis/3/card.json", "{}").ok());
  struct stat status {};
  ASSERT_EQ(stat((folder_ + "/models,/sepsis,/3,/card.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ASSERT_EQ(stat((folder_ + "/models,").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  EXPECT_EQ(base::ReadFile(folder_ + "/models,/sepsis,/3,/card.json")->substr(0, 3), "{}{")
      << "the content stands first";
  ASSERT_TRUE(store_->Delete("models/sepsis/3/card.json").ok());
  EXPECT_FALSE(base::FileExists(folder_ + "/models,")) << "empty folders go";
}

TEST_F(LocalObjectStoreTest, NoPathLeadsOutOfItsFolder) {
  for (const char* key :
       {"..", ".", "../..", "a/../../b", "/", "//", "", "/etc", ",", "a,/b", "%"}) {
    const std::string path = "/" + ObjectPath(key) + "/";
    EXPECT_EQ(path.find("/../"), std::string::npos) << key;
    EXPECT_EQ(path.find("/./"), std::string::npos) << key;
    EXPECT_NE(path.substr(0, 10), "/,partial/") << key;
  }
}

// The header promises that a damaged object is never given as whole; its bytes before the end may
// have reached the sink, so it is the Result that counts.
TEST_F(LocalObjectStoreTest, AFlippedBitOrACutAtAnyByteIsAnError) {
  const PutOptions options{.metadata = {{"task", "sepsis"}}};
  ASSERT_TRUE(store_->PutBytes("a", "the content of the object", options).ok());
  const std::string path = folder_ + "/a", good = base::ReadFile(path).value();
  const auto expect_error = [&](const std::string& bytes) {
    ASSERT_TRUE(base::WriteFileAtomically(path, bytes, {.sync = false}).ok());
    auto got = store_->GetBytes("a");
    ASSERT_FALSE(got.ok());
    EXPECT_EQ(got.error().kind(), ErrorKind::kDataQuality);
    EXPECT_THAT(got.error().ToString(), HasSubstr(path));
  };
  for (size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      SCOPED_TRACE(format("bit {} of byte {}", bit, at));
      std::string bytes = good;
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
      expect_error(bytes);
    }
    SCOPED_TRACE(format("cut at {}", at));
    expect_error(good.substr(0, at));
  }
  expect_error(good + "more");
  ASSERT_TRUE(base::WriteFileAtomically(path, good).ok());
  EXPECT_EQ(store_->GetBytes("a").value(), "the content of the object");
  ASSERT_TRUE(base::WriteFileAtomically(folder_ + "/b", good).ok());
  EXPECT_EQ(store_->Describe("b").error().kind(), ErrorKind::kDataQuality) << "another's object";
  EXPECT_FALSE(store_->List("").ok()) << "a damaged object is not left out silently";
}

TEST_F(LocalObjectStoreTest, FilesOfOthersAreNoObjects) {
  ASSERT_TRUE(store_->PutBytes("a", "x").ok());
  for (const char* name : {".DS_Store", "A%2e", "%41", "b c%"})
    ASSERT_TRUE(base::WriteFileAtomically(folder_ + "/" + name, "x").ok());
  const ObjectPage page = store_->List("").value();
  ASSERT_EQ(page.objects.size(), 1u);
  EXPECT_EQ(page.objects[0].key, "a");
}

TEST_F(LocalObjectStoreTest, OpeningRemovesWhatKilledWritersLeftButNotWhatIsBeingWritten) {
  ASSERT_TRUE(base::WriteFileAtomically(folder_ + "/,partial/0123", "left").ok());
  auto source = [&, pieces = 0](std::span<char> space) mutable -> Result<size_t> {
    auto other = Open();  // another process starts in the middle of our writing
    EXPECT_EQ(NumPartials(), 1u) << "ours";
    space[0] = 'x';
    return pieces++ < 2 ? 1 : 0;
  };
  ASSERT_TRUE(store_->Put("a", source).ok());
  EXPECT_EQ(store_->GetBytes("a").value(), "xx");
  EXPECT_EQ(NumPartials(), 0u);
}

TEST_F(LocalObjectStoreTest, AFileThatMayNotGrowIsAClearErrorAndLeavesTheOldObject) {
  ASSERT_TRUE(store_->PutBytes("a", "old").ok());
  const std::string outcome = InChild([&]() -> std::string {
    if (!LimitFiles(100'000)) return "no limit";
    auto put = store_->PutBytes("a", std::string(1'000'000, 'x'));
    return put.ok() ? "no error" : put.error().ToString();
  });
  EXPECT_THAT(outcome, AllOf(HasSubstr("File too large"), HasSubstr("free some space")));
  EXPECT_EQ(store_->GetBytes("a").value(), "old");
  EXPECT_EQ(NumPartials(), 0u);
}

TEST_F(LocalObjectStoreTest, ARealFullDiskIsAClearErrorAndLeavesTheOldObject) {
  if (mount("none", folder_.c_str(), "tmpfs", 0, "size=256k") != 0)
    GTEST_SKIP() << "only root may mount a small disk; the test above needs no rights";
  store_ = Open();
  EXPECT_TRUE(store_->PutBytes("a", "old").ok());
  auto put = store_->PutBytes("a", std::string(1'000'000, 'x'));
  const std::string old = store_->GetBytes("a").value();
  const bool again = store_->PutBytes("a", std::string(100'000, 'y')).ok();
  store_.reset();
  ASSERT_EQ(umount(folder_.c_str()), 0);
  ASSERT_FALSE(put.ok());
  EXPECT_THAT(put.error().ToString(), HasSubstr("No space left on device; free some space"));
  EXPECT_EQ(old, "old");
  EXPECT_TRUE(again) << "the failed put gave its space back";
}

TEST_F(LocalObjectStoreTest, AReadOnlyFolderIsAClearError) {
  ASSERT_TRUE(store_->PutBytes("a", "x").ok());
  // Readable for all, writable for none.
  chmod(folder_.c_str(), 0555);
  chmod((folder_ + "/,partial").c_str(), 0555);
  chmod((folder_ + "/a").c_str(), 0444);
  const auto attempt = [&](const std::function<std::string()>& work) {
    return InChild([&]() -> std::string { return BecomeNobody() ? work() : "still root"; });
  };
  const auto text = [](const auto& result) {
    return result.ok() ? std::string("ok") : result.error().ToString();
  };
  EXPECT_THAT(attempt([&] { return text(store_->PutBytes("b", "x")); }),
              AllOf(HasSubstr("Permission denied"), HasSubstr("owner and rights")));
  EXPECT_THAT(attempt([&] { return text(store_->Delete("a")); }), HasSubstr("owner and rights"));
  EXPECT_THAT(attempt([&] { return text(store_->Check()); }), HasSubstr("owner and rights"));
  EXPECT_EQ(attempt([&] { return text(store_->GetBytes("a")); }), "ok");
  chmod(folder_.c_str(), 0700);
  chmod((folder_ + "/,partial").c_str(), 0700);
  EXPECT_TRUE(store_->Check().ok());
}

std::string ContentOf(uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string content(random() % 400'000, '\0');
  for (char& c : content) c = static_cast<char>(random());
  return content;
}

// Runs in the child: replaces, adds, deletes. Never returns.
[[noreturn]] void PutUntilKilled(const std::string& folder, uint64_t seed) {
  auto store = OpenLocalObjectStore(folder).value();
  while (true) {
    const std::string text = std::to_string(++seed);
    const PutOptions options{.metadata = {{"seed", text}}, .only_if_absent = seed % 3 == 0};
    auto put = store->PutBytes(format("k/{}", seed % 5), ContentOf(seed), options);
    if (!put.ok() && put.error().kind() != ErrorKind::kConflict) _exit(4);
    if (seed % 4 == 0 && !store->Delete(format("k/{}", (seed + 1) % 5)).ok()) _exit(5);
  }
}

TEST_F(LocalObjectStoreTest, AfterEveryKillEveryObjectIsWholeAndNoPartIsLeft) {
  std::mt19937 random(11);
  int seen = 0;
  for (uint64_t round = 0; round < 25; ++round) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) PutUntilKilled(folder_, round * 1000);
    usleep(1000 + random() % 60'000);
    ASSERT_EQ(kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended with " << WEXITSTATUS(status);
    store_ = Open();
    EXPECT_EQ(NumPartials(), 0u);
    const ObjectPage page = store_->List("k/").value();
    for (const ObjectInfo& each : page.objects) {
      const std::string seed = store_->Describe(each.key)->metadata.at("seed");
      const auto number = static_cast<uint64_t>(*base::ParseInt(seed));
      EXPECT_EQ(each.key, format("k/{}", number % 5));
      EXPECT_TRUE(store_->GetBytes(each.key).value() == ContentOf(number)) << each.key;
      ++seen;
    }
  }
  EXPECT_GT(seen, 25) << "the kills came before anything was written";
}

}  // namespace
}  // namespace codman::storage
