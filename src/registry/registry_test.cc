#include "registry/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <thread>

#include "base/crypto.h"
#include "base/file.h"
#include "base/text.h"
#include "registry/registry_testing.h"

// Expected values by hand from registry.h; the margins are told at TinyModel.
namespace codman::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(RegistryTest, RegistersAndLoadsWhatWasTrained) {
  auto registered = registry_->Register(Sample());
  ASSERT_TRUE(registered.ok()) << registered.error().ToString();
  EXPECT_EQ(registered->version, "process-1");
  EXPECT_EQ(registered->state, "candidate");
  EXPECT_EQ(registry_->Register(Sample())->version, "process-2");
  EXPECT_EQ(registry_->Register(Sample("signals"))->version, "signals-1");
  Open();
  auto version = *registry_->Get("sepsis", "process-1");
  auto loaded = registry_->Load(version);
  ASSERT_TRUE(loaded.ok()) << loaded.error().ToString();
  double margin = 0, exposed = 1;
  loaded->model->Predict({&exposed, 1}, {&margin, 1});
  EXPECT_NEAR(margin, std::log(4.0), 1e-9);
  EXPECT_NEAR(loaded->calibration.Risk(margin), 1 / (1 + std::exp(-(2 * std::log(4.0) - 1))), 1e-9);
  EXPECT_EQ(loaded->threshold, 0.3);
  EXPECT_EQ(version.metrics["auroc"].AsDouble(), 0.8);
  EXPECT_EQ(version.created_by, "ada");
  EXPECT_EQ(registry_->ReadFile(version, "card.md").value(), "# A card");
  EXPECT_FALSE(registry_->ReadFile(version, "../../../secrets/signing_key").ok());
  EXPECT_EQ(registry_->Get("sepsis", "process-9").error().kind(), ErrorKind::kNotFound);
}

TEST_F(RegistryTest, ActivatesRollsBackAndTellsTheHistory) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(registry_->Register(Sample()).ok());
  ASSERT_TRUE(registry_->Register(Sample("signals")).ok());
  EXPECT_FALSE(registry_->Champion("sepsis", "process")->has_value());
  EXPECT_EQ(registry_->Rollback("sepsis", "process", "ada", "x").error().kind(),
            ErrorKind::kNotFound);
  EXPECT_EQ(registry_->Activate("sepsis", "process-1", "ada", " ", 1).error().kind(),
            ErrorKind::kInvalidInput);
  ASSERT_TRUE(registry_->Activate("sepsis", "process-1", "ada", "first", 1).ok());
  EXPECT_EQ(registry_->Activate("sepsis", "process-1", "ada", "again", 1).error().kind(),
            ErrorKind::kConflict);
  EXPECT_EQ(registry_->Rollback("sepsis", "process", "ada", "x").error().kind(),
            ErrorKind::kNotFound)
      << "nothing was live before";
  ASSERT_TRUE(registry_->Activate("sepsis", "signals-1", "ada", "beside", 1).ok());
  ASSERT_TRUE(registry_->Activate("sepsis", "process-3", "bob", "better", 1).ok());
  EXPECT_THAT(StatesOf(),
              testing::UnorderedElementsAre("process-1 retired", "process-2 candidate",
                                            "process-3 champion", "signals-1 champion"));
  EXPECT_EQ(registry_->Rollback("sepsis", "process", "eve", "alerts").value(), "process-1");
  EXPECT_EQ(registry_->Champion("sepsis", "process").value()->version, "process-1");
  std::vector<std::string> moves;
  auto history = registry_->History("sepsis").value();
  for (const auto& move : history) {
    moves.push_back(
        format("{} {}>{} {}", move.version, move.from_state, move.to_state, move.actor));
  }
  EXPECT_THAT(moves,
              ElementsAre("process-1 retired>champion eve", "process-3 champion>retired eve",
                          "process-3 candidate>champion bob", "process-1 champion>retired bob",
                          "signals-1 candidate>champion ada", "process-1 candidate>champion ada"));
  EXPECT_THAT(history[0].reason, HasSubstr("alerts"));
}

TEST_F(RegistryTest, AnAlteredFolderIsRefusedNamingTheFile) {
  auto version = *registry_->Register(Sample());
  std::string folder = home_ + "/models/" + version.path;
  auto names = *base::ListFolder(folder);
  ASSERT_EQ(names.size(), 5u);
  for (const auto& name : names) {
    SCOPED_TRACE(name);
    std::string path = folder + "/" + name, good = *base::ReadFile(path), bad = good;
    bad[bad.size() / 2] ^= 1;
    for (bool removed : {false, true}) {
      if (name == "manifest.json" && removed) continue;
      ASSERT_TRUE(removed ? base::RemoveTree(path).ok()
                          : base::WriteFileAtomically(path, bad).ok());
      auto loaded = registry_->Load(version);
      ASSERT_FALSE(loaded.ok());
      if (name != "manifest.json") {
        EXPECT_THAT(loaded.error().message(), HasSubstr(name + " was altered"));
      }
      EXPECT_FALSE(registry_->Activate("sepsis", version.version, "ada", "why", 1).ok());
    }
    ASSERT_TRUE(base::WriteFileAtomically(path, good).ok());
    EXPECT_TRUE(registry_->Load(version).ok());
  }
}

// An adversary who rewrites hashes and the database too, but does not hold the signing key.
TEST_F(RegistryTest, AManifestSignedByAnotherKeyIsRefused) {
  auto version = *registry_->Register(Sample());
  std::string path = home_ + "/models/" + version.path + "/manifest.json";
  Json manifest = *base::ParseJson(*base::ReadFile(path));
  std::string own(32, 's');
  manifest.Set("threshold", 0.99).Set("public_key", base::ToHex(base::Ed25519PublicKey(own)));
  Json unsigned_manifest = manifest;
  unsigned_manifest.members().erase(
      std::find_if(unsigned_manifest.members().begin(), unsigned_manifest.members().end(),
                   [](const auto& member) { return member.first == "signature"; }));
  manifest.Set("signature", base::ToHex(base::Ed25519Sign(own, unsigned_manifest.ToString())));
  ASSERT_TRUE(base::WriteFileAtomically(path, manifest.ToPrettyString()).ok());
  version.manifest_sha256 = base::Sha256Hex(manifest.ToPrettyString());
  auto loaded = registry_->Load(version);
  ASSERT_FALSE(loaded.ok());
  EXPECT_THAT(loaded.error().message(), HasSubstr("manifest.json was altered"));
}

TEST_F(RegistryTest, ThreadsThatRegisterAtOnceGetTheirOwnVersions) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 3; ++i) {
        NewModel model = Sample();
        model.files["card.md"] = format("card {} {}", t, i);
        auto registered = registry_->Register(model);
        ASSERT_TRUE(registered.ok()) << registered.error().ToString();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::string> cards;
  auto versions = registry_->List("sepsis").value();
  ASSERT_EQ(versions.size(), 12u);
  for (const auto& version : versions) {
    auto loaded = registry_->Load(version);
    EXPECT_TRUE(loaded.ok()) << loaded.error().ToString();
    cards.insert(registry_->ReadFile(version, "card.md").value());
  }
  EXPECT_EQ(cards.size(), 12u);
}

TEST_F(RegistryTest, AKilledRegistrationLeavesNothing) {
  registry_.reset();
  database_.reset();
  for (int round = 0; round < 8; ++round) {
    pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      Open();
      while (registry_->Register(Sample()).ok()) {
      }
      _exit(1);
    }
    usleep(static_cast<useconds_t>(30000 + 7000 * round));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    Open();
    auto versions = registry_->List().value();
    for (const auto& version : versions) {
      auto loaded = registry_->Load(version);
      ASSERT_TRUE(loaded.ok()) << loaded.error().ToString();
    }
    auto next = registry_->Register(Sample());
    ASSERT_TRUE(next.ok()) << next.error().ToString();
    ASSERT_TRUE(registry_->Load(*next).ok());
    registry_.reset();
    database_.reset();
  }
}

}  // namespace
}  // namespace codman::registry
