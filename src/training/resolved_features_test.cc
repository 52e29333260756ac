#include <gmock/gmock.h>

#include "base/file.h"
#include "base/text.h"
#include "training/resolved_features_internal.h"
#include "training/run_testing_internal.h"

// Expected values: the clinic's own declarations.
namespace codman::training {
namespace {

// A model answers from its folder alone: what it keeps must give the same inputs again.
TEST(ResolvedFeatures, EveryFeatureSetOfTheClinicComesBackFromAModelFolder) {
  const std::string clinic = std::string(CODMAN_SOURCE_DIR) + "/clinic";
  auto concepts = events::Concepts::Load(clinic + "/concepts").value();
  auto files = base::ListFolder(clinic + "/features").value();
  ASSERT_FALSE(files.empty());
  for (const auto& file : files) {
    auto set = features::FeatureSet::Load(clinic + "/features/" + file, concepts).value();
    registry::TaskVariant variant;
    variant.blocks = set.blocks();
    auto plan = set.Compile(variant.blocks).value();
    TrainingPlace place;
    place.concepts = &concepts;
    TrainingRequest request{.variant = &variant};
    training::Run run{place, request, {}, plan, std::move(set), {}, {}, {}};
    Json kept = ResolvedFeatures(run).value();
    auto known = events::Concepts::FromDocuments({{"features.yaml", kept["concepts"]}});
    ASSERT_TRUE(known.ok()) << file << known.error().ToString();
    auto again = features::FeatureSet::FromDocument("features.yaml", kept["feature_set"], *known);
    ASSERT_TRUE(again.ok()) << file << again.error().ToString();
    auto compiled = again->Compile(variant.blocks);
    ASSERT_TRUE(compiled.ok()) << file << compiled.error().ToString();
    EXPECT_EQ((*compiled)->column_names(), plan->column_names()) << file;
  }
}

}  // namespace
}  // namespace codman::training
