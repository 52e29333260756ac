#include <gtest/gtest.h>

#include "features/kernel.h"
#include "training/baselines_internal.h"

namespace codman::training {
namespace {

TEST(Baselines, TellColumnsAboutCareFromThoseAboutTheBody) {
  const std::string clinic = CODMAN_SOURCE_DIR "/clinic/";
  auto concepts = events::Concepts::Load(clinic + "concepts");
  ASSERT_TRUE(concepts.ok()) << concepts.error().ToString();
  auto set = features::FeatureSet::Load(clinic + "features/sepsis_42.yaml", *concepts);
  ASSERT_TRUE(set.ok()) << set.error().ToString();
  auto plan = set->Compile({"signals", "process"}).value();
  std::map<std::string, bool> of_process;
  for (const auto& column : plan->columns()) {
    of_process[column.name] =
        IsOfProcess(column, plan->contract()[static_cast<size_t>(column.contract)]);
  }
  for (const char* care :
       {"hours_since_admission", "lactate_count_24h", "lactate_count", "lactate_hours_since"})
    EXPECT_TRUE(of_process.at(care)) << care;
  for (const char* body : {"sirs_count", "lactate", "lactate_min_6h", "lactate_mean_24h"})
    EXPECT_FALSE(of_process.at(body)) << body;
}

}  // namespace
}  // namespace codman::training
