#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "engine/delta_table.h"
#include "training/baselines_internal.h"

namespace codman::training {

namespace {

// Whether a form tells the column: the feature itself, not what it was before.
bool IsOfTheMoment(const features::InputColumn& column, const features::ContractFeature& feature) {
  return column.level >= 0 || column.name == feature.id;
}

}  // namespace

const char* NameOfBaseline(const Run& run) {
  return run.target().objective == models::Objective::kRegression ? "linear" : "logistic";
}

Result<std::vector<double>> ClockOnly(const Run& run, const std::vector<uint8_t>& train) {
  const auto& all_hours = run.offline.rows.hours;
  if (run.target().objective != models::Objective::kBinary) return std::vector<double>{};
  if (std::all_of(all_hours.begin(), all_hours.end(), [](double h) { return std::isnan(h); }))
    return std::vector<double>{};
  columns::DenseMatrix hours({"hours_since_admission"}, run.offline.rows.hours);
  FitRequest request{
      .learner = "gbdt",
      .settings = Json::Object({{"trees", 60}, {"leaves", 15}, {"min_rows_per_leaf", 100}}),
      .seed = run.request.task->seed};
  auto model = TRY(FitOn(request, &hours, train, run.offline.rows.label));
  return MarginsOf(*model, &hours, std::vector<uint8_t>(run.offline.rows.subject.size(), 1));
}

Result<std::vector<double>> Baseline(const Run& run, const std::vector<uint8_t>& train,
                                     const std::vector<uint8_t>& all) {
  std::vector<std::string> names;
  for (const auto& column : run.plan->columns()) {
    const auto& contract = run.plan->contract()[static_cast<size_t>(column.contract)];
    if (IsOfTheMoment(column, contract) && !contract.process) names.push_back(column.name);
  }
  auto matrix = run.offline.Select(names);
  auto rows = TRY(LoadRows(matrix.get(), train));
  std::vector<uint8_t> every(static_cast<size_t>(rows.num_rows()), 1);
  FitRequest request{
      .learner = NameOfBaseline(run), .target = run.target(), .seed = run.request.task->seed};
  auto model = TRY(FitOn(request, &rows, every, Kept(run.offline.rows.label, train)));
  return Tell(run.target(), {}, TRY(MarginsOf(*model, matrix.get(), all))).values;
}

bool IsOfProcess(const features::InputColumn& column, const features::ContractFeature& contract) {
  using features::Aggregate;
  if (contract.process) return true;
  if (column.name == contract.id) {
    return contract.concept_index >= 0 && (contract.aggregate == Aggregate::kCount ||
                                           contract.aggregate == Aggregate::kHoursSince);
  }
  std::string_view expansion = std::string_view(column.name).substr(contract.id.size());
  return expansion.starts_with("_count") || expansion.starts_with("_hours_since");
}

Result<std::vector<double>> ProcessOnly(const Run& run, const std::vector<uint8_t>& train,
                                        const std::vector<uint8_t>& all) {
  std::vector<std::string> names;
  if (run.target().objective != models::Objective::kBinary) return std::vector<double>{};
  for (const auto& column : run.plan->columns()) {
    if (IsOfProcess(column, run.plan->contract()[static_cast<size_t>(column.contract)]))
      names.push_back(column.name);
  }
  if (names.empty()) return std::vector<double>{};
  auto matrix = run.offline.Select(names);
  FitRequest request{.learner = "gbdt",
                     .settings = Json::Object({{"trees", 40},
                                               {"learning_rate", 0.1},
                                               {"max_bins", 63},
                                               {"min_rows_per_leaf", 200},
                                               {"feature_fraction", 0.3}}),
                     .seed = run.request.task->seed};
  auto model = TRY(FitOn(request, matrix.get(), train, run.offline.rows.label));
  return MarginsOf(*model, matrix.get(), all);
}

Result<std::vector<double>> FormOnly(const Run& run, const models::Model& model,
                                     const std::vector<uint8_t>& judged) {
  if (!run.plan->NeedsHistory() || run.target().objective != models::Objective::kBinary)
    return std::vector<double>{};
  std::vector<double> margins(judged.size(), 0), vector(run.plan->columns().size());
  std::vector<double> form(run.plan->contract().size());
  TRY(run.offline.matrix->Scan([&](const columns::MatrixBlock& block) -> Result<> {
    for (int64_t i = 0; i < block.num_rows; ++i) {
      auto at = static_cast<size_t>(block.first_row + i);
      if (judged[at] == 0) continue;
      run.plan->TellForm(block.Row(i), form);
      run.plan->ComputeFromForm(form, vector);
      model.Predict(vector, {&margins[at], 1});
    }
    return {};
  }));
  return margins;
}

Result<std::vector<double>> EarlyWarningScore(const Run& run) {
  std::vector<double> scores;
  if (run.target().objective != models::Objective::kBinary) return scores;
  for (const char* name : {"news2", "news_partial"}) {
    const auto& columns = run.offline.columns;
    if (std::find(columns.begin(), columns.end(), name) == columns.end()) continue;
    TRY(run.offline.Select({name})->Scan([&](const columns::MatrixBlock& block) -> Result<> {
      for (double score : block.values) scores.push_back(std::isnan(score) ? -1 : score);
      return {};
    }));
    break;
  }
  return scores;
}

Result<> AddDeclaredComparator(const Run& run,
                               std::map<std::string, std::vector<double>>* comparators) {
  const auto& from = *run.request.variant->FindSource(run.request.source->name);
  const auto& rows = run.offline.rows;
  if (from.comparator.empty() || run.target().objective != models::Objective::kBinary) return {};
  std::map<std::pair<int64_t, int64_t>, double> told;
  auto snapshot = TRY(run.place.lake.Newest(from.table));
  engine::DeltaTable table(run.place.lake.RootOf(from.table), {});
  std::string sql = format(
      "select subject_id, source_row::bigint, try_cast({} as double) as told from ({}) where "
      "source = {} and told is not null",
      engine::QuoteName(from.comparator), table.SelectAll(snapshot), base::QuoteSql(from.source));
  auto query = run.place.engine->Query(sql, [&](const columns::Table& chunk) -> Result<> {
    for (size_t i = 0; i < static_cast<size_t>(chunk.num_rows()); ++i)
      told[{chunk.columns[0].ints[i], chunk.columns[1].ints[i]}] = chunk.columns[2].doubles[i];
    return {};
  });
  TRY(std::move(query).While(format("reading the comparator {}", from.comparator)));
  auto& scores = (*comparators)[from.comparator];
  for (size_t i = 0; i < rows.subject.size(); ++i) {
    auto found =
        told.find({rows.subjects.ids[static_cast<size_t>(rows.subject[i])], rows.source_row[i]});
    scores.push_back(found == told.end() ? -1 : found->second);
  }
  return {};
}

}  // namespace codman::training
