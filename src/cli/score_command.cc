#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/training_place.h"
#include "evaluation/threshold_transfer.h"
#include "serving/prediction_service.h"
#include "training/fit.h"

namespace codman::cli {
namespace {

struct Options {
  std::string task, source, input, output, variant, version;
  bool new_site = false;
  std::optional<double> alert_rate;
};

Result<feature_store::OfflineMatrix> MatrixOf(Workspace* workspace,
                                              const events::SourceMapping& source,
                                              const std::string& input, const registry::Task& task,
                                              const registry::TaskVariant& variant,
                                              const GlobalOptions& global) {
  const auto* from = variant.FindSource(source.name);
  if (from == nullptr)
    return base::NotFound(
        format("the variant '{}' takes no rows from '{}'", variant.name, source.name));
  TRY(workspace->Ingest(source, input, ProgressBar("ingest", global)));
  TRY(workspace->BuildSilver(ProgressBar("silver", global)));
  for (const auto& table : {from->table, from->label_table}) {
    if (!table.empty()) TRY(BuildTables(workspace, {table}, global));
  }
  auto place = TRY(PlaceOf(workspace, nullptr, global));
  return training::BuildMatrix(place, task, variant, *from);
}

Result<WorkspaceOptions> TemporaryHome(const GlobalOptions& global) {
  WorkspaceOptions options = global.workspace;
  options.temporary = true;
  return options;
}

// In the order of subjects and rows that a reader of the input expects.
std::vector<size_t> ReadingOrder(const feature_store::PredictionRows& rows) {
  std::vector<size_t> order(rows.subject.size());
  std::iota(order.begin(), order.end(), size_t{0});
  auto name = [&](size_t i) -> const std::string& {
    return rows.subjects.identifiers[static_cast<size_t>(rows.subject[i])];
  };
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    if (rows.subject[a] == rows.subject[b]) return rows.source_row[a] < rows.source_row[b];
    return name(a) < name(b);
  });
  return order;
}

// The columns between prediction_time and excluded_because.
std::string HeaderOf(const registry::Target& target) {
  if (target.objective == models::Objective::kRegression) return "value,lower,upper";
  if (target.objective == models::Objective::kBinary) return "risk,alert";
  std::string header;
  for (const auto& name : target.classes) header += (header.empty() ? "risk_" : ",risk_") + name;
  return header;
}

void AppendCells(const registry::Target& target, const training::Told& told, double threshold,
                 size_t row, std::string* out) {
  size_t width = target.objective == models::Objective::kMulticlass ? target.classes.size() : 1;
  for (size_t k = row * width; k < (row + 1) * width; ++k) {
    if (k > row * width) *out += ',';
    base::AppendDouble(out, told.values[k]);
  }
  if (target.objective == models::Objective::kBinary)
    *out += told.values[row] >= threshold ? ",1" : ",0";
  for (const auto* bound : {&told.lower, &told.upper}) {
    if (bound->empty()) continue;
    *out += ',';
    base::AppendDouble(out, (*bound)[row]);
  }
}

// A missing label is no reason to leave a row out: labels are neither needed nor read here.
bool IsScored(const feature_store::PredictionRows& rows, size_t row) {
  return rows.excluded[row] == feature_store::kIncluded ||
         rows.excluded[row] == feature_store::kNoLabel;
}

std::string CsvOf(const feature_store::PredictionRows& rows, const registry::Target& target,
                  const training::Told& told, double threshold) {
  std::string header = HeaderOf(target);
  auto cells = static_cast<size_t>(std::count(header.begin(), header.end(), ','));
  std::string out = format("subject,source_row,prediction_time,{},excluded_because\n", header);
  for (size_t i : ReadingOrder(rows)) {
    out += format("{},{},{},", rows.subjects.identifiers[static_cast<size_t>(rows.subject[i])],
                  rows.source_row[i], base::FormatTime(rows.time_us[i]));
    if (IsScored(rows, i)) {
      AppendCells(target, told, threshold, i, &out);
      out += ",\n";
    } else {
      out += format("{},{}\n", std::string(cells, ','), rows.WhyExcluded(i));
    }
  }
  return out;
}

// Without labels of the input: the model's own threshold, its more cautious one for a hospital that
// it has not seen, or the one that alerts on a share of these rows.
Result<double> ThresholdFor(const registry::LoadedModel& model, const Options& options,
                            const feature_store::PredictionRows& rows,
                            const std::vector<double>& risks) {
  if (!options.new_site && !options.alert_rate) return model.threshold;
  const std::string name = format("{} {}", model.version.task, model.version.version);
  if (model.model->objective() != models::Objective::kBinary) {
    return base::InvalidInput(name +
                              " tells no risk: --new-site and --alert-rate are for models that do");
  }
  if (options.new_site) {
    double cautious = model.manifest["threshold_elsewhere"].AsDouble(-1);
    if (cautious >= 0) return cautious;
    return base::Conflict(name + " is of before models had a threshold for new sites: train again");
  }
  std::vector<double> scored;
  for (size_t i = 0; i < risks.size(); ++i) {
    if (IsScored(rows, i)) scored.push_back(risks[i]);
  }
  return evaluation::ThresholdForAlertRate(scored, *options.alert_rate);
}

Result<std::shared_ptr<const serving::ServedModel>> ModelFor(Workspace* workspace,
                                                             const registry::Task& task,
                                                             const Options& options) {
  auto registry = TRY(registry::Registry::Open(workspace->database(), workspace->home() + "/models",
                                               workspace->secrets()));
  std::string version = options.version;
  if (version.empty()) {
    std::string variant =
        options.variant.empty() ? TRY(task.DefaultVariant(options.source))->name : options.variant;
    auto champion = TRY(registry->Champion(task.name, variant));
    if (!champion) {
      return base::NotFound(
          format("task {} has no live model of the variant '{}'; train one: codman train {} "
                 "--source {} --input … --activate --reason …",
                 task.name, variant, task.name, options.source));
    }
    version = champion->version;
  }
  return serving::Prepare(TRY(registry->Load(TRY(registry->Get(task.name, version)))));
}

Result<> Run(const GlobalOptions& global, const Options& options) {
  auto workspace = TRY(Workspace::Open(global.workspace));
  auto tasks = TRY(registry::LoadTasks(workspace->clinic() + "/tasks"));
  const auto* task = TRY(registry::FindTask(tasks, options.task));
  auto model = TRY(ModelFor(workspace.get(), *task, options));
  const auto* variant = TRY(task->FindVariant(model->loaded.version.variant));
  auto temporary = TRY(Workspace::Open(TRY(TemporaryHome(global))));
  auto matrix = TRY(MatrixOf(temporary.get(), *TRY(temporary->FindSource(options.source)),
                             options.input, *task, *variant, global));
  if (matrix.columns != model->loaded.model->feature_names()) {
    return base::Conflict(format(
        "{} {} was trained with other features than {}/features declares now; train it again",
        task->name, model->loaded.version.version, workspace->clinic()));
  }
  std::vector<uint8_t> every(matrix.rows.subject.size(), 1);
  auto told =
      training::Tell(variant->target, model->loaded.calibration,
                     TRY(training::MarginsOf(*model->loaded.model, matrix.matrix.get(), every)));
  double threshold = TRY(ThresholdFor(model->loaded, options, matrix.rows, told.values));
  bool alerting = variant->target.objective == models::Objective::kBinary;
  int64_t alerts = 0;
  for (size_t i = 0; alerting && i < told.values.size(); ++i)
    alerts += IsScored(matrix.rows, i) && told.values[i] >= threshold ? 1 : 0;
  TRY(base::WriteFileAtomically(options.output,
                                CsvOf(matrix.rows, variant->target, told, threshold)));
  Json summary = Json::Object({{"rows", matrix.rows.size()},
                               {"subjects", int64_t(matrix.rows.subjects.ids.size())},
                               {"alerts", alerts},
                               {"model", model->loaded.version.version},
                               {"threshold", threshold},
                               {"output", options.output}});
  TRY(workspace->Record("score", format("model {} {}", task->name, model->loaded.version.version),
                        "done", "", summary));
  std::string alert_line = alerting
                               ? format(" (alert where risk >= {:.4f}{}: {} rows)", threshold,
                                        threshold != model->loaded.threshold
                                            ? format(", at home {:.4f}", model->loaded.threshold)
                                            : "",
                                        alerts)
                               : "";
  Print(global,
        format("{}: {} rows of {} patients scored with {}{}\n", options.output, matrix.rows.size(),
               matrix.rows.subjects.ids.size(), model->loaded.version.version, alert_line),
        summary);
  return {};
}

Result<> RunFeatures(const GlobalOptions& global, const Options& options) {
  auto tasks = TRY(registry::LoadTasks(global.workspace.clinic + "/tasks"));
  const auto* task = TRY(registry::FindTask(tasks, options.task));
  const auto* variant = options.variant.empty() ? TRY(task->DefaultVariant(options.source))
                                                : TRY(task->FindVariant(options.variant));
  auto temporary = TRY(Workspace::Open(TRY(TemporaryHome(global))));
  auto matrix = TRY(MatrixOf(temporary.get(), *TRY(temporary->FindSource(options.source)),
                             options.input, *task, *variant, global));
  std::string parts, columns;
  for (const auto& file : matrix.files) parts += (parts.empty() ? "" : ", ") + base::QuoteSql(file);
  for (const auto& name : matrix.columns) columns += ", " + engine::QuoteName(name);
  if (parts.empty()) return base::DataQuality("the input holds no prediction row");
  auto* engine = TRY(temporary->Engine());
  // The parts stand subject by subject in time order already: sorting hundreds of columns again
  // would only spill. Small row groups bound what is held while they are compressed.
  TRY(engine->Execute(format(
      "copy (select identifier as subject, source_row, prediction_time{} from read_parquet([{}]) "
      "join (select distinct subject_id, identifier from read_parquet({})) using (subject_id)) to "
      "{} (format parquet, compression zstd, compression_level 1, row_group_size 16384, "
      "write_bloom_filter false)",
      columns, parts, base::QuoteSql(matrix.folder + "/rows.parquet"),
      base::QuoteSql(options.output))));
  Print(global,
        format("{}: {} rows, {} features\n", options.output, matrix.rows.size(),
               matrix.columns.size()),
        Json::Object({{"rows", matrix.rows.size()},
                      {"features", int64_t(matrix.columns.size())},
                      {"output", options.output}}));
  return {};
}

void AddOptions(CLI::App* app, Options* options) {
  app->add_option("task", options->task, "clinical question")->required();
  app->add_option("--source", options->source, "what the input is, as declared in clinic/sources")
      ->required();
  app->add_option("--input", options->input, "file, archive or folder")->required();
  app->add_option("--variant", options->variant, "variant (default: the live one)");
}

}  // namespace

std::function<Result<>()> SetupScore(CLI::App* app, GlobalOptions* global) {
  auto options = std::make_shared<Options>();
  AddOptions(app, options.get());
  app->add_option(
         "--output", options->output,
         "CSV: subject, source_row, prediction_time, risk, alert (or value, lower, upper, or "
         "risk_<class> each), excluded_because")
      ->required();
  app->add_option("--model", options->version, "a version other than the live one");
  auto* new_site = app->add_flag(
      "--new-site", options->new_site,
      "patients of a hospital that the model has not seen: alert at the more cautious threshold "
      "that the task's `transfer` asks for, because events may be fewer there");
  app->add_option("--alert-rate", options->alert_rate,
                  "alert on this share of the rows (0.05: the highest 5 %), wherever that puts the "
                  "threshold")
      ->check(CLI::Range(0.0, 1.0))
      ->excludes(new_site);
  return [=] { return Run(*global, *options); };
}

std::function<Result<>()> SetupFeatures(CLI::App* app, GlobalOptions* global) {
  auto options = std::make_shared<Options>();
  AddOptions(app, options.get());
  app->add_option("--output", options->output,
                  "Parquet: subject, source_row, prediction_time, then the model's inputs")
      ->required();
  return [=] { return RunFeatures(*global, *options); };
}

}  // namespace codman::cli
