#include "governance/secrets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "base/file.h"
#include "base/text.h"

// Expected values by hand from secrets.h.
namespace codman::governance {
namespace {

using testing::HasSubstr;

class SecretsTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(base::RemoveTree(folder_).ok()); }
  void TearDown() override { ASSERT_TRUE(base::RemoveTree(folder_).ok()); }
  static unsigned ModeOf(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 0777;
  }
  std::string folder_ = format("{}codman_secrets_{}", testing::TempDir(), getpid());
};

TEST_F(SecretsTest, MakesKeysForItsOwnerOnlyAndKeepsThem) {
  auto secrets = Secrets::Open(folder_).value();
  std::string key = secrets.Key("subject_key").value();
  EXPECT_EQ(key.size(), 32u);
  EXPECT_NE(secrets.Key("vault_key").value(), key);
  EXPECT_EQ(Secrets::Open(folder_)->Key("subject_key").value(), key);
  EXPECT_EQ(ModeOf(folder_), 0700u);
  EXPECT_EQ(ModeOf(secrets.PathOf("subject_key")), 0600u);
  ASSERT_TRUE(secrets.WriteFile("auth_header", "x").ok());
  EXPECT_EQ(ModeOf(secrets.PathOf("auth_header")), 0600u);
}

TEST_F(SecretsTest, RefusesWhatOthersMayReadAndTellsTheCure) {
  auto secrets = Secrets::Open(folder_).value();
  ASSERT_TRUE(secrets.Key("vault_key").ok());
  for (mode_t mode : {0640, 0604, 0620, 0601}) {
    ASSERT_EQ(chmod(secrets.PathOf("vault_key").c_str(), mode), 0);
    auto refused = secrets.Key("vault_key");
    ASSERT_FALSE(refused.ok()) << mode;
    EXPECT_EQ(refused.error().kind(), ErrorKind::kForbidden);
    EXPECT_THAT(refused.error().message(),
                HasSubstr("chmod go-rwx " + secrets.PathOf("vault_key")));
  }
  ASSERT_EQ(chmod(folder_.c_str(), 0750), 0);
  EXPECT_EQ(Secrets::Open(folder_).error().kind(), ErrorKind::kForbidden);
}

TEST_F(SecretsTest, RefusesADamagedKeyWithoutShowingIt) {
  auto secrets = Secrets::Open(folder_).value();
  for (const std::string& damaged : {std::string(), std::string(62, 'a'), std::string(64, 'g')}) {
    ASSERT_TRUE(secrets.WriteFile("vault_key", damaged).ok());
    auto refused = secrets.Key("vault_key");
    ASSERT_FALSE(refused.ok());
    EXPECT_THAT(refused.error().message(), HasSubstr("64 hexadecimal digits"));
    EXPECT_THAT(refused.error().message(), Not(HasSubstr(std::string(20, 'a'))));
  }
}

TEST_F(SecretsTest, ThreadsThatAskFirstGetOneKey) {
  auto secrets = Secrets::Open(folder_).value();
  std::vector<std::string> keys(8);
  std::vector<std::thread> threads;
  for (auto& key : keys) threads.emplace_back([&] { key = secrets.Key("signing_key").value(); });
  for (auto& thread : threads) thread.join();
  for (const auto& key : keys) EXPECT_EQ(key, keys[0]);
}

}  // namespace
}  // namespace codman::governance
