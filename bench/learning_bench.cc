// Times gbdt's learning on rows in memory, with the settings of the sepsis task. Prints one JSON
// object: CPU and wall seconds of the fit alone; writes the margins for the driver to compare.
//
// learning_bench SETTINGS_JSON ROWS_F64 LABELS_F64 OUT_F64
#include <chrono>
#include <cstdio>

#include "base/file.h"
#include "cpu_clock.h"
#include "doubles_file.h"
#include "models/gbdt_learner.h"

namespace {

int Fail(const std::string& message) {
  fmt::print(stderr, "learning_bench: {}\n", message);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace codman;
  if (argc != 5) return Fail("usage: learning_bench SETTINGS_JSON ROWS_F64 LABELS_F64 OUT_F64");
  auto settings = base::ParseJson(argv[1]);
  auto row_bytes = base::ReadFile(argv[2]), label_bytes = base::ReadFile(argv[3]);
  if (!settings.ok() || !row_bytes.ok() || !label_bytes.ok()) return Fail("cannot read the input");
  auto labels = DoublesOf(*label_bytes);
  auto rows = DoublesOf(*row_bytes);
  std::vector<std::string> names;
  for (size_t k = 0; k < rows.size() / labels.size(); ++k) names.push_back(fmt::format("x{}", k));
  columns::DenseMatrix matrix(names, rows);

  auto began = std::chrono::steady_clock::now();
  double cpu_began = CpuSeconds();
  models::TrainingData data{.rows = &matrix, .labels = labels};
  auto model =
      models::GbdtLearner().Fit(data, {.settings = *settings, .seed = 1, .num_threads = 1});
  double cpu = CpuSeconds() - cpu_began;
  std::chrono::duration<double> wall = std::chrono::steady_clock::now() - began;
  if (!model.ok()) return Fail(model.error().ToString());

  std::vector<double> margins(labels.size());
  (*model)->Predict(rows, margins);
  if (!WriteDoubles(argv[4], margins)) return Fail("cannot write the margins");
  fmt::print("{{\"learn_cpu_s\": {:.4f}, \"learn_wall_s\": {:.4f}}}\n", cpu, wall.count());
  return 0;
}
