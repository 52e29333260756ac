#include <cmath>

#include "base/file.h"
#include "base/text.h"
#include "cli/command.h"
#include "events/normalizer.h"
#include "models/catalog.h"

namespace codman::cli {
namespace {

struct Options {
  std::string model, input, output;
};

// Cells of a CSV file by position: an empty cell, NaN or NA is missing; anything else must be a
// number.
Result<std::vector<double>> ReadRows(const std::string& path, size_t width, int64_t* num_rows) {
  std::string text = TRY(base::ReadFile(path));
  std::vector<double> values;
  std::vector<std::string_view> cells;
  std::string unquoted;
  int64_t line_number = 0;
  for (auto line : base::Split(text, '\n')) {
    ++line_number;
    line = base::Trim(line);
    if (line.empty()) continue;
    if (!events::SplitFields(line, ',', true, &cells, &unquoted) || cells.size() != width) {
      return base::DataQuality(
          format("{}:{}: {} columns, the model takes {}; columns are matched by position", path,
                 line_number, cells.size(), width));
    }
    if (line_number == 1) continue;  // the header
    for (size_t k = 0; k < width; ++k) {
      auto cell = base::Trim(cells[k]);
      auto number = base::ParseDouble(cell);
      bool missing = cell.empty() || cell == "NaN" || cell == "nan" || cell == "NA";
      if (!number && !missing)
        return base::DataQuality(
            format("{}:{}: column {} is not a number", path, line_number, k + 1));
      values.push_back(number.value_or(std::nan("")));
    }
    ++*num_rows;
  }
  return values;
}

Result<> Run(const GlobalOptions& global, const Options& options) {
  auto model = TRY(models::LoadForeignModel(TRY(base::ReadFile(options.model)))
                       .While("reading " + options.model));
  const auto& names = model->feature_names();
  int64_t rows = 0;
  auto values = TRY(ReadRows(options.input, names.size(), &rows));
  std::vector<double> contributions(static_cast<size_t>(rows) * (names.size() + 1)),
      margins(static_cast<size_t>(rows));
  model->Predict(values, margins);
  model->Explain(values, contributions);
  std::string out = "base";
  for (const auto& name : names) out += "," + name;
  out += ",margin\n";
  for (int64_t i = 0; i < rows; ++i) {
    const double* row = contributions.data() + static_cast<size_t>(i) * (names.size() + 1);
    base::AppendDouble(&out, row[names.size()]);
    for (size_t k = 0; k < names.size(); ++k) {
      out += ',';
      base::AppendDouble(&out, row[k]);
    }
    out += ',';
    base::AppendDouble(&out, margins[static_cast<size_t>(i)]);
    out += '\n';
  }
  TRY(base::WriteFileAtomically(options.output, out));
  Print(global,
        format("{}: {} rows explained ({})\n", options.output, rows,
               model->explanation_method().name),
        Json::Object({{"rows", rows},
                      {"method", model->explanation_method().name},
                      {"output", options.output}}));
  return {};
}

}  // namespace

std::function<Result<>()> SetupExplain(CLI::App* app, GlobalOptions* global) {
  auto options = std::make_shared<Options>();
  app->add_option("model", options->model, "LightGBM text or XGBoost JSON model")
      ->required()
      ->check(CLI::ExistingFile);
  app->add_option("--input", options->input, "CSV with a header; columns by position")
      ->required()
      ->check(CLI::ExistingFile);
  app->add_option("--output", options->output, "CSV: base, one column per feature, margin")
      ->required();
  return [=] { return Run(*global, *options); };
}

}  // namespace codman::cli
