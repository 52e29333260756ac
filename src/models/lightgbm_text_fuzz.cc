// Any bytes: the reader of LightGBM text refuses them or gives a forest that scores and explains.
#include "models/forest_fuzzing_internal.h"
#include "models/lightgbm_text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > codman::models::kMaxFuzzBytes) return 0;
  auto forests = codman::models::ReadLightgbmText({reinterpret_cast<const char*>(data), size});
  if (!forests.ok()) return 0;
  for (const auto& forest : *forests) codman::models::ExerciseForest(forest);
  return 0;
}
