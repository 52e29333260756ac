#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/text.h"
#include "training/search_internal.h"
#include "training/split.h"

namespace codman::training {
namespace {

// Of a truth that was told to be impossible; scikit-learn clips there, too (1e-15).
const double kWorstLogLoss = -std::log(1e-15);

double LogLoss(std::span<const double> margins, size_t label) {
  if (margins.size() == 1) {
    double against = label == 1 ? -margins[0] : margins[0];
    return std::max(against, 0.0) + std::log1p(std::exp(-std::abs(against)));
  }
  double highest = *std::max_element(margins.begin(), margins.end()), sum = 0;
  for (double margin : margins) sum += std::exp(margin - highest);
  return highest + std::log(sum) - margins[label];
}

struct InnerFolds {
  std::vector<std::vector<uint8_t>> learn, judge;
};

// The split and the outer folds are made from the same seed and source: the salt keeps the inner
// folds independent of both, or all of the train part would lie in the first of them.
InnerFolds FoldsWithin(const Run& run, const std::vector<uint8_t>& train, int folds) {
  auto fold = FoldRows(run.offline.rows, run.request.task->seed,
                       run.request.source->name + "\nsearch", folds);
  InnerFolds inner;
  for (int k = 0; k < folds; ++k) {
    std::vector<uint8_t> learn = train, judge = train;
    for (size_t i = 0; i < train.size(); ++i) (fold[i] == k ? learn : judge)[i] = 0;
    inner.learn.push_back(std::move(learn));
    inner.judge.push_back(std::move(judge));
  }
  return inner;
}

Result<Json> Try(const Run& run, const InnerFolds& inner, const Json& tried) {
  FitRequest fit = run.fit;
  fit.settings = registry::WithMembers(std::move(fit.settings), tried);
  auto* matrix = run.offline.matrix.get();
  const auto& labels = run.offline.rows.label;
  std::vector<double> losses;
  double sum = 0, rows = 0;
  for (size_t k = 0; k < inner.learn.size(); ++k) {
    auto count = static_cast<double>(std::count(inner.judge[k].begin(), inner.judge[k].end(), 1));
    if (count == 0) continue;  // few patients may leave a fold empty
    auto model = TRY(FitOn(fit, matrix, inner.learn[k], labels)
                         .While(format("trying the settings {}", tried.ToString())));
    auto margins = TRY(MarginsOf(*model, matrix, inner.judge[k]));
    losses.push_back(LossOf(run.target(), margins, labels, inner.judge[k]));
    sum += losses.back() * count;
    rows += count;
  }
  return Json::Object({{"settings", tried},
                       {"loss", sum / rows},
                       {"fold_losses", Json::Array(losses)},
                       {"chosen", false}});
}

}  // namespace

double LossOf(const registry::Target& target, const std::vector<double>& margins,
              const std::vector<double>& labels, const std::vector<uint8_t>& keep) {
  size_t width = margins.size() / labels.size();
  double sum = 0, rows = 0;
  for (size_t i = 0; i < labels.size(); ++i) {
    if (keep[i] == 0) continue;
    std::span<const double> told(margins.data() + i * width, width);
    double error = told[0] - labels[i];
    sum += target.objective == models::Objective::kRegression
               ? error * error
               : std::min(LogLoss(told, static_cast<size_t>(labels[i])), kWorstLogLoss);
    ++rows;
  }
  return sum / rows;
}

Result<FoundSettings> SearchSettings(const Run& run, const std::vector<uint8_t>& train) {
  const auto& search = run.request.variant->search;
  FoundSettings found{.settings = run.fit.settings, .record = {}};
  if (search.empty() || run.fit.learner != run.request.variant->learner) return found;
  auto inner = FoldsWithin(run, train, search.folds);
  auto candidates = registry::SettingsToTry(search, run.request.task->seed);
  Json tried = Json::Array();
  for (const auto& candidate : candidates) {
    tried.Add(TRY(Try(run, inner, candidate)));
    run.Tell("search", static_cast<double>(tried.size()) / static_cast<double>(candidates.size()));
  }
  auto& list = tried.items();
  auto best = std::min_element(list.begin(), list.end(), [](const Json& a, const Json& b) {
    return a["loss"].AsDouble() < b["loss"].AsDouble();
  });
  best->Set("chosen", true);
  Json chosen = (*best)["settings"];
  found.settings = registry::WithMembers(std::move(found.settings), chosen);
  bool amounts = run.target().objective == models::Objective::kRegression;
  found.record = Json::Object({{"measure", amounts ? "squared_error" : "log_loss"},
                               {"folds", search.folds},
                               {"patients", PatientsIn(run.offline.rows, train)},
                               {"rows", int64_t(std::count(train.begin(), train.end(), 1))},
                               {"grid_size", search.grid_size()},
                               {"chosen", std::move(chosen)},
                               {"tried", std::move(tried)}});
  return found;
}

}  // namespace codman::training
