#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "base/text.h"
#include "evaluation/multiclass.h"
#include "evaluation/report.h"
#include "evaluation/report_checks_internal.h"
#include "evaluation/report_sections_internal.h"
#include "evaluation/subgroup_levels.h"
#include "evaluation/subgroups.h"

namespace codman::evaluation {
namespace {

// As for events of a binary report (Collins et al., Stat Med 35:214–226, 2016).
constexpr int64_t kFewSubjects = 100;

// The rows with their classes as numbers.
struct Classes {
  std::vector<int32_t> label;
  int count = 0;

  MulticlassRows Rows(const std::vector<double>& probability) const {
    return {probability, label, count};
  }
};

constexpr size_t kWholeScores = 6, kClassScores = 3, kComparatorScores = 4;

// Scores of the whole, then auroc, sensitivity and ppv of each class, then the comparators'.
std::vector<double> AllScores(const MulticlassSample& model,
                              const std::vector<MulticlassSample>& others,
                              std::span<const int32_t> times) {
  MulticlassScores own = model.Judge(times);
  std::vector<double> all = {own.macro_auroc,       own.hand_till_auroc, own.accuracy,
                             own.balanced_accuracy, own.brier,           own.log_loss};
  for (size_t c = 0; c < own.class_auroc.size(); ++c) {
    all.insert(all.end(), {own.class_auroc[c], own.sensitivity[c], own.ppv[c]});
  }
  for (const MulticlassSample& other : others) {
    MulticlassScores theirs = other.Judge(times);
    all.insert(all.end(), {theirs.macro_auroc, theirs.accuracy, theirs.balanced_accuracy,
                           own.macro_auroc - theirs.macro_auroc});
  }
  return all;
}

Json ClassJson(const Judged& judged, const Classes& classes, int c, const Interval* scores) {
  std::vector<double> risks, labels;
  std::set<int32_t> subjects;
  MulticlassRows rows = classes.Rows(judged.rows.class_probability);
  for (size_t row = 0; row < classes.label.size(); ++row) {
    risks.push_back(rows.Probability(static_cast<int64_t>(row), c));
    labels.push_back(classes.label[row] == c ? 1 : 0);
    if (classes.label[row] == c) subjects.insert(judged.subjects.group_of_row()[row]);
  }
  int64_t of_class = std::count(labels.begin(), labels.end(), 1.0);
  Json json;
  json.Set("name", judged.options.class_names[static_cast<size_t>(c)]);
  json.Set("rows", of_class).Set("subjects", static_cast<int64_t>(subjects.size()));
  json.Set("prevalence", static_cast<double>(of_class) / static_cast<double>(labels.size()));
  Json discrimination;
  SetInterval(&discrimination, "auroc", scores[0]);
  SetInterval(&json, "sensitivity", scores[1]);
  SetInterval(&json, "ppv", scores[2]);
  json.Set("discrimination", std::move(discrimination));
  json.Set("calibration", CalibrationJson(risks, labels, judged.subjects));
  json.Set("roc", RocJson(risks, labels));
  return json;
}

void AddClasses(Judged* judged, const Classes& classes, const Interval* next, Json* report) {
  Json list = Json::Array(std::vector<Json>{});
  for (int c = 0; c < classes.count; ++c, next += kClassScores) {
    Json of_class = ClassJson(*judged, classes, c, next);
    int64_t subjects = of_class["subjects"].AsInt();
    if (subjects < kFewSubjects) {
      judged->warnings.push_back(
          format("only {} subjects are of class '{}' (100 are the usual minimum for a "
                 "validation): read the intervals, not the points",
                 subjects, judged->options.class_names[static_cast<size_t>(c)]));
    }
    list.Add(std::move(of_class));
  }
  report->Set("classes", std::move(list));
}

void AddComparators(Judged* judged, const Interval* next, Json* report) {
  Json list = Json::Array(std::vector<Json>{});
  for (const auto& [name, scores] : judged->rows.comparators) {
    Json row;
    row.Set("name", name);
    const char* kNames[] = {"macro_auroc", "accuracy", "balanced_accuracy", "difference"};
    for (size_t i = 0; i < kComparatorScores; ++i) SetInterval(&row, kNames[i], next[i]);
    list.Add(std::move(row));
    if (next[3].low <= 0) {
      judged->warnings.push_back(
          format("the model is not shown to be better than '{}': macro AUROC difference {:.4f} "
                 "(95 % interval {:.4f} to {:.4f})",
                 name, next[3].value, next[3].low, next[3].high));
    }
    next += kComparatorScores;
  }
  report->Set("comparators", std::move(list));
}

Json ConfusionJson(const MulticlassRows& rows) {
  std::vector<int64_t> counts = ConfusionMatrix(rows);
  Json matrix = Json::Array(std::vector<Json>{});
  size_t classes = static_cast<size_t>(rows.num_classes);
  for (size_t truth = 0; truth < classes; ++truth) {
    Json line = Json::Array(std::vector<Json>{});
    for (size_t c = 0; c < classes; ++c) line.Add(counts[truth * classes + c]);
    matrix.Add(std::move(line));
  }
  return matrix;
}

void AddScores(Judged* judged, const Classes& classes, Json* report) {
  auto subject = judged->subjects.group_of_row();
  int32_t count = judged->subjects.count();
  MulticlassRows rows = classes.Rows(judged->rows.class_probability);
  MulticlassSample model(rows, subject, count);
  std::vector<MulticlassSample> others;
  for (const auto& [name, scores] : judged->rows.comparators) {
    others.emplace_back(classes.Rows(scores), subject, count);
  }
  auto intervals = judged->bootstrap.Intervals(
      [&](std::span<const int32_t> times) { return AllScores(model, others, times); });
  Json whole;
  const char* kNames[] = {"macro_auroc",       "hand_till_auroc", "accuracy",
                          "balanced_accuracy", "brier",           "log_loss"};
  for (size_t i = 0; i < kWholeScores; ++i) SetInterval(&whole, kNames[i], intervals[i]);
  report->Set("multiclass", std::move(whole));
  report->Set("confusion", ConfusionJson(rows));
  const Interval* next = intervals.data() + kWholeScores;
  AddClasses(judged, classes, next, report);
  AddComparators(judged, next + kClassScores * static_cast<size_t>(classes.count), report);
}

// A level is judged where every class has kMinSubjectsPerClass subjects in it.
std::vector<uint8_t> EnoughSubjects(const Judged& judged, const Classes& classes,
                                    const std::vector<SubgroupLevel>& levels) {
  std::vector<uint8_t> enough;
  for (const SubgroupLevel& level : levels) {
    std::vector<std::set<int32_t>> subjects(static_cast<size_t>(classes.count));
    for (int64_t row : level.rows) {
      subjects[static_cast<size_t>(classes.label[row])].insert(judged.subjects.group_of_row()[row]);
    }
    enough.push_back(std::all_of(subjects.begin(), subjects.end(), [](const auto& of_class) {
      return static_cast<int64_t>(of_class.size()) >= kMinSubjectsPerClass;
    }));
  }
  return enough;
}

void AddMulticlassSubgroups(Judged* judged, const Classes& classes, Json* report) {
  const std::vector<std::string> kMeasures = {"macro_auroc", "accuracy", "balanced_accuracy"};
  auto levels = LevelsOf(judged->rows, judged->subjects);
  auto enough = EnoughSubjects(*judged, classes, levels);
  auto judge = [&](std::span<const int64_t> rows) -> ClusterBootstrap::Statistics {
    MulticlassSample sample(classes.Rows(judged->rows.class_probability),
                            judged->subjects.group_of_row(), judged->subjects.count(), rows);
    return [sample = std::move(sample)](std::span<const int32_t> times) {
      MulticlassScores scores = sample.Judge(times);
      return std::vector<double>{scores.macro_auroc, scores.accuracy, scores.balanced_accuracy};
    };
  };
  JudgedLevels scores =
      JudgeLevels(levels, enough, judged->bootstrap, static_cast<int>(kMeasures.size()), judge);
  Json list = Json::Array(std::vector<Json>{});
  for (size_t i = 0; i < levels.size(); ++i) {
    Json row;
    row.Set("column", levels[i].column).Set("level", levels[i].level);
    row.Set("rows", static_cast<int64_t>(levels[i].rows.size()));
    row.Set("subjects", levels[i].subjects);
    for (size_t m = 0; m < kMeasures.size(); ++m) {
      SetInterval(&row, kMeasures[m], scores.levels[i].measures[m]);
    }
    list.Add(std::move(row));
  }
  report->Set("subgroups", std::move(list));
  std::erase_if(scores.gaps, [](const SubgroupGap& gap) { return std::isnan(gap.gap.value); });
  report->Set("subgroup_gaps", GapsJson(scores.gaps, kMeasures));
  auto too_small = std::count(enough.begin(), enough.end(), uint8_t{0});
  if (too_small == 0) return;
  judged->warnings.push_back(
      format("{} subgroups have fewer than {} subjects of some class: no scores are given for them",
             too_small, kMinSubjectsPerClass));
}

}  // namespace

Result<Json> EvaluateMulticlass(const Predictions& predictions, const ReportOptions& options) {
  TRY(CheckMulticlass(predictions, options));
  RowGroups subjects(predictions.subject);
  ClusterBootstrap bootstrap(subjects.count(), options.bootstrap_replicates, options.seed);
  RowGroups encounters = subjects;
  Judged judged{predictions, options, std::move(subjects), std::move(encounters), bootstrap, {}};
  Classes classes{{predictions.label.begin(), predictions.label.end()},
                  static_cast<int>(options.class_names.size())};

  Json report = BeginReport("multiclass", options);
  AddSample(&judged, &report);
  AddScores(&judged, classes, &report);
  AddMulticlassSubgroups(&judged, classes, &report);
  return FinishReport(judged, std::move(report));
}

}  // namespace codman::evaluation
