#include "governance/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <set>

#include "base/crypto.h"
#include "base/file.h"
#include "base/text.h"

// Expected token: HMAC-SHA-256 as identity.h defines it, computed here anew (its vectors are in
// crypto_test.cc).
namespace codman::governance {
namespace {

class IdentityTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(base::RemoveTree(home_).ok());
    ASSERT_TRUE(base::MakeFolders(home_).ok());
    secrets_ = std::make_unique<Secrets>(Secrets::Open(home_ + "/secrets").value());
    database_ = storage::OpenSqlite(home_ + "/vault.db").value();
  }
  void TearDown() override { ASSERT_TRUE(base::RemoveTree(home_).ok()); }
  Identity Open() { return Identity::Open(database_.get(), *secrets_).value(); }
  int64_t Expected(const std::string& system, const std::string& identifier) {
    std::string key = secrets_->Key("subject_key").value();
    auto digest = base::HmacSha256(key, system + std::string(1, '\0') + identifier);
    uint64_t low = 0;
    for (int i = 7; i >= 0; --i) low = low << 8 | digest[size_t(i)];
    return static_cast<int64_t>(low & ((1ULL << 53) - 1));
  }
  std::string home_ = format("{}codman_identity_{}", testing::TempDir(), getpid());
  std::unique_ptr<Secrets> secrets_;
  std::unique_ptr<storage::Database> database_;
};

TEST_F(IdentityTest, TokensAreStableKeyedAndFitADouble) {
  Identity identity = Open();
  std::vector<std::string> people;
  for (int i = 0; i < 200; ++i) people.push_back(std::to_string(i));
  auto tokens = identity.Tokens("ward", people).value();
  EXPECT_EQ(std::set<int64_t>(tokens.begin(), tokens.end()).size(), 200u);
  for (size_t i = 0; i < people.size(); ++i) {
    EXPECT_EQ(tokens[i], Expected("ward", people[i]));
    EXPECT_LT(tokens[i], int64_t(1) << 53);
    EXPECT_GE(tokens[i], 0);
  }
  EXPECT_EQ(Open().Tokens("ward", people).value(), tokens);
  EXPECT_NE(identity.Tokens("lab", {"1"}).value()[0], tokens[1]);
  auto twice = identity.Tokens("ward", {"7", "8", "7"}).value();
  EXPECT_EQ(twice[0], twice[2]);
}

TEST_F(IdentityTest, RevealsWhatATokenStandsForAndKeepsItSealed) {
  Identity identity = Open();
  int64_t token = identity.Tokens("ward", {"Doe^Jane/1967"}).value()[0];
  auto revealed = identity.Reveal(token).value();
  EXPECT_EQ(revealed.first, "ward");
  EXPECT_EQ(revealed.second, "Doe^Jane/1967");
  EXPECT_EQ(identity.Reveal(token + 1).error().kind(), ErrorKind::kNotFound);
  auto row = database_->Query("select * from identities").value();
  for (const char* column : {"fingerprint", "sealed"}) {
    EXPECT_EQ(row.Text(0, column).find("Jane"), std::string::npos);
    EXPECT_EQ(row.Text(0, column).find(base::ToHex(std::string_view("Jane"))), std::string::npos);
  }
  ASSERT_TRUE(secrets_->WriteFile("vault_key", std::string(64, 'b')).ok());
  EXPECT_FALSE(Open().Reveal(token).ok()) << "another vault key opens nothing";
}

TEST_F(IdentityTest, TwoIdentitiesThatMeetInOneTokenGetDifferentOnes) {
  Identity identity = Open();
  int64_t taken = Expected("ward", "42");
  ASSERT_TRUE(database_
                  ->Execute("insert into identities values (?, ?, ?)",
                            {taken, std::string("of another"), std::string("00")})
                  .ok());
  int64_t token = identity.Tokens("ward", {"42"}).value()[0];
  EXPECT_NE(token, taken);
  EXPECT_EQ(identity.Tokens("ward", {"42"}).value()[0], token) << "stable after the collision too";
  EXPECT_EQ(identity.Reveal(token)->second, "42");
}

}  // namespace
}  // namespace codman::governance
