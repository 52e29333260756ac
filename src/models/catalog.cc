#include "models/catalog.h"

#include "base/text.h"
#include "models/forest_model.h"
#include "models/gbdt_learner.h"
#include "models/linear_learner.h"
#include "models/logistic_learner.h"
#include "models/mlp_learner.h"
#include "models/random_forest_learner.h"

namespace codman::models {

std::span<const Learner* const> Learners() {
  static const GbdtLearner gbdt;
  static const RandomForestLearner random_forest;
  static const LogisticLearner logistic;
  static const LinearLearner linear;
  static const MlpLearner mlp;
  static const Learner* const learners[] = {&gbdt, &random_forest, &logistic, &linear, &mlp};
  return learners;
}

Result<const Learner*> FindLearner(std::string_view name) {
  std::vector<std::string> names;
  for (const Learner* learner : Learners()) {
    if (learner->name() == name) return learner;
    names.emplace_back(learner->name());
  }
  return base::NotFound(
      format("there is no learner '{}'; choose one of {}", name, base::Join(names, ", ")));
}

Result<std::unique_ptr<Model>> LoadForeignModel(std::string_view bytes) {
  return LoadForestModel(bytes);
}

}  // namespace codman::models
