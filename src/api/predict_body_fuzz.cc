// Bodies of prediction requests: what the short ways take, the tree takes too, with the same values
// and the same refusals; every answer is JSON.
#include <cmath>
#include <cstdint>
#include <string>

#include "api/batch_rows.h"
#include "serving/answer.h"
#include "serving/model_testing.h"

namespace codman::api {
namespace {

const serving::ServedModel& Model() {
  static const auto model = serving::MakeTestModel();
  return *model;
}

bool Same(std::span<const double> a, std::span<const double> b) {
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && !(std::isnan(a[i]) && std::isnan(b[i]))) return false;
  }
  return a.size() == b.size();
}

void Answer(std::span<const double> values) {
  static serving::AnswerBatch batch;
  batch.Start(Model());
  std::copy(values.begin(), values.end(), batch.AddRow(serving::Explain::kAll).begin());
  batch.Compute();
  std::string answer;
  batch.AppendAnswer(0, "id", "time", &answer);
  CHECK(base::ParseJson(answer).ok());
}

void ReadOne(std::string_view body) {
  std::vector<double> usual(Model().features.size()), tree(usual.size());
  bool taken = serving::ReadUsualBody(Model(), body, usual);
  auto json = base::ParseJson(body);
  CHECK(json.ok() || !taken);
  if (!json.ok()) return;
  std::vector<serving::FieldError> errors;
  serving::ReadFeatures(Model(), (*json)["features"], tree, &errors);
  bool good = json->is_object() && json->size() == 1 && errors.empty();
  CHECK(good || !taken);
  if (taken) CHECK(Same(usual, tree));
  if (good) Answer(tree);
}

void ReadMany(std::string_view body) {
  UsualBatch batch;
  BatchRows usual, tree;
  if (!ReadUsualBatch(body, &batch) || !ReadRows(Model(), batch.rows, &usual)) return;
  auto json = base::ParseJson(body);
  CHECK(json.ok() && json->is_object());
  CHECK((*json)["task"].AsString() == batch.task && (*json)["variant"].AsString() == batch.variant);
  ReadRows(Model(), (*json)["rows"], &tree);
  CHECK(usual.refusals == tree.refusals);
  const size_t width = Model().features.size();
  for (size_t i = 0; i < usual.size(); ++i) {
    auto row = std::span(usual.values).subspan(i * width, width);
    if (usual.refusals[i].empty())
      CHECK(Same(row, std::span(tree.values).subspan(i * width, width)));
  }
}

}  // namespace
}  // namespace codman::api

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view body(reinterpret_cast<const char*>(data), size);
  codman::api::ReadOne(body);
  codman::api::ReadMany(body);
  return 0;
}
