// Times the forest runtime on one model: loading, scoring and explaining, one row at a time and in
// one call. Prints one JSON object: CPU microseconds per row (and milliseconds for the load), the
// least of several passes; writes margins and contributions for the driver to compare.
//
// forests_bench MODEL ROWS_F64 OUT_PREFIX
#include <cstdio>
#include <cstring>
#include <limits>

#include "base/file.h"
#include "cpu_clock.h"
#include "doubles_file.h"
#include "models/forest_model.h"

namespace {

// Least CPU seconds of passes that together take about `budget` seconds, three at least.
template <typename Work>
double Least(double budget, Work work) {
  double least = std::numeric_limits<double>::infinity();
  double begin = CpuSeconds();
  for (int pass = 0; pass < 3 || (CpuSeconds() - begin < budget && pass < 1000); ++pass) {
    double started = CpuSeconds();
    work();
    least = std::min(least, CpuSeconds() - started);
  }
  return least;
}

int Fail(const std::string& message) {
  fmt::print(stderr, "forests_bench: {}\n", message);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return Fail("usage: forests_bench MODEL ROWS_F64 OUT_PREFIX");
  auto bytes = codman::base::ReadFile(argv[1]);
  auto row_bytes = codman::base::ReadFile(argv[2]);
  if (!bytes.ok() || !row_bytes.ok()) return Fail("cannot read the model or the rows");
  auto loaded = codman::models::LoadForestModel(*bytes);
  if (!loaded.ok()) return Fail(loaded.error().ToString());
  const codman::models::Model& model = **loaded;
  double load_ms =
      1e3 * Least(0.5, [&] { static_cast<void>(codman::models::LoadForestModel(*bytes)); });

  std::vector<double> rows = DoublesOf(*row_bytes);
  size_t features = model.feature_names().size();
  size_t count = rows.size() / features;
  std::vector<double> margins(count), alone(count);
  double score_batch = Least(1, [&] { model.Predict(rows, margins); }) / static_cast<double>(count);
  double score_one =
      Least(1,
            [&] {
              for (size_t r = 0; r < count; ++r)
                model.Predict({rows.data() + r * features, features}, {&alone[r], 1});
            }) /
      static_cast<double>(count);
  bool equal = margins == alone;

  // Big forests explain fewer rows, so that a pass stays about a second.
  std::vector<double> contributions(count * (features + 1)), single(contributions.size());
  auto explain = [&](size_t first, size_t n, std::vector<double>* out) {
    model.Explain({rows.data() + first * features, n * features},
                  {out->data() + first * (features + 1), n * (features + 1)});
  };
  double guess = Least(0, [&] { explain(0, 64, &contributions); }) / 64;
  size_t few = std::min(count, std::max<size_t>(128, static_cast<size_t>(1.5 / guess)));
  double batch = Least(1, [&] { explain(0, few, &contributions); }) / static_cast<double>(few);
  size_t ones = std::min<size_t>(few, 2000);
  double one = Least(1,
                     [&] {
                       for (size_t r = 0; r < ones; ++r) explain(r, 1, &single);
                     }) /
               static_cast<double>(ones);
  equal = equal && std::memcmp(contributions.data(), single.data(),
                               ones * (features + 1) * sizeof(double)) == 0;
  contributions.resize(200 * (features + 1));
  bool written = WriteDoubles(std::string(argv[3]) + ".margins.f64", margins) &&
                 WriteDoubles(std::string(argv[3]) + ".contributions.f64", contributions);
  if (!written) return Fail("cannot write the outputs");
  fmt::print(
      "{{\"load_ms\": {:.3f}, \"score_one_us\": {:.4f}, \"score_batch_us\": {:.4f}, "
      "\"explain_one_us\": {:.3f}, \"explain_batch_us\": {:.3f}, \"rows_explained\": {}, "
      "\"equal_bits\": {}}}\n",
      load_ms, score_one * 1e6, score_batch * 1e6, one * 1e6, batch * 1e6, few, equal);
  return 0;
}
