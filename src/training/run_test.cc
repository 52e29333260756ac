#include <gmock/gmock.h>

#include "training/run_internal.h"
#include "training/run_testing_internal.h"

namespace codman::training {
namespace {

constexpr char kFeatures[] = R"(
name: planted
description: one input
owner: tests
features:
  - {id: cause, column: cause, label: Cause, unit: "1", range: [0, 1], group: Body}
)";

// A number of risks other than that of the rows would end the judgement; as many of other rows
// would be worse: compared as if they were of these.
TEST(ToldBeside, OnlyWhoAsksTheSameOfTheSameRows) {
  PlantedRun planted(kFeatures, {}, 10, [](std::mt19937* engine, auto* values) {
    values->push_back(Uniform(engine));
    return 0.0;
  });
  auto variant = [&](const std::string& name) -> registry::TaskVariant& {
    planted.task().variants.push_back(planted.variant());
    planted.task().variants.back().name = name;
    return planted.task().variants.back();
  };
  variant("twin");
  variant("other_rows").from[0].label_concept = "another";
  variant("amount").target.objective = models::Objective::kRegression;
  variant("elsewhere").from[0].source = "another";
  for (const auto& told : planted.task().variants)
    planted.request().beside[told.name] = std::vector<double>(20, 0.5);
  planted.request().beside["unknown"] = {};
  EXPECT_THAT(ToldBeside(planted.run()),
              testing::ElementsAre(testing::Pair("twin", std::vector<double>(20, 0.5))));
}

}  // namespace
}  // namespace codman::training
