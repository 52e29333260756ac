// Any bytes: the reader of XGBoost JSON refuses them or gives a forest that scores and explains.
#include "models/forest_fuzzing_internal.h"
#include "models/xgboost_json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > codman::models::kMaxFuzzBytes) return 0;
  auto forests = codman::models::ReadXgboostJson({reinterpret_cast<const char*>(data), size});
  if (!forests.ok()) return 0;
  for (const auto& forest : *forests) codman::models::ExerciseForest(forest);
  return 0;
}
