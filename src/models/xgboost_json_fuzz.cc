// Any bytes: the reader of XGBoost JSON refuses them or gives a forest that scores and explains.
#include "models/forest_fuzzing_internal.h"
#include "models/xgboost_json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > codman::models::kMaxFuzzBytes) return 0;
  auto forest = codman::models::ReadXgboostJson({reinterpret_cast<const char*>(data), size});
  if (forest.ok()) codman::models::ExerciseForest(*forest);
  return 0;
}
