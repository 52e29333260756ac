// Any bytes as weights of our own formats: the readers refuse them or give a model that predicts
// and explains, and whose bytes read again to the same answers.
//
// Input: one byte that chooses the format (network, linear, logistic), then the file.
#include <cstring>

#include "models/forest_fuzzing_internal.h"
#include "models/linear_model.h"
#include "models/mlp_model_internal.h"

namespace codman::models {
namespace {

Result<std::unique_ptr<Model>> Load(uint8_t format, std::string_view bytes) {
  switch (format % 3) {
    case 0:
      return LoadMlpModel(bytes);
    case 1:
      return LoadLinearModel("linear", bytes);
    default:
      return LoadLinearModel("logistic", bytes);
  }
}

std::vector<double> Answers(const Model& model) {
  constexpr size_t kRows = 3;
  const size_t features = model.feature_names().size();
  const auto outputs = static_cast<size_t>(model.num_outputs());
  const std::vector<double> rows = FuzzRows(kRows, features);
  std::vector<double> margins(kRows * outputs), contributions(margins.size() * (features + 1));
  model.Predict(rows, margins);
  model.Explain(rows, contributions);
  margins.insert(margins.end(), contributions.begin(), contributions.end());
  return margins;
}

}  // namespace
}  // namespace codman::models

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace codman::models;  // NOLINT: a fuzz target has one function
  if (size == 0 || size > kMaxFuzzBytes) return 0;
  auto model = Load(data[0], {reinterpret_cast<const char*>(data + 1), size - 1});
  if (!model.ok()) return 0;
  auto again = Load(data[0], (*model)->weights());
  CHECK(again.ok() && (*again)->weights() == (*model)->weights());
  const auto answers = Answers(**model), same = Answers(**again);
  CHECK(std::memcmp(answers.data(), same.data(), answers.size() * sizeof(double)) == 0);
  return 0;
}
