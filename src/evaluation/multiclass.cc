#include "evaluation/multiclass.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace codman::evaluation {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
// As scikit-learn clips: a certain and wrong row costs much, not infinitely much.
constexpr double kSmallestProbability = std::numeric_limits<double>::epsilon();

// Quantities after the confusion matrix.
enum Quantity { kLogLoss, kBrier, kRows, kNumQuantities };

double Ratio(double above, double below) { return below > 0 ? above / below : kNaN; }

double Mean(const std::vector<double>& values) {
  return Ratio(std::accumulate(values.begin(), values.end(), 0.0),
               static_cast<double>(values.size()));
}

std::vector<int64_t> AllRows(size_t count) {
  std::vector<int64_t> rows(count);
  std::iota(rows.begin(), rows.end(), int64_t{0});
  return rows;
}

}  // namespace

int MulticlassRows::Predicted(int64_t row) const {
  int best = 0;
  for (int c = 1; c < num_classes; ++c) {
    if (Probability(row, c) > Probability(row, best)) best = c;
  }
  return best;
}

std::vector<int64_t> ConfusionMatrix(const MulticlassRows& rows) {
  std::vector<int64_t> confusion(static_cast<size_t>(rows.num_classes) * rows.num_classes);
  for (size_t row = 0; row < rows.label.size(); ++row) {
    ++confusion[static_cast<size_t>(rows.label[row]) * rows.num_classes +
                static_cast<size_t>(rows.Predicted(static_cast<int64_t>(row)))];
  }
  return confusion;
}

MulticlassSample::MulticlassSample(const MulticlassRows& rows, std::span<const int32_t> cluster,
                                   int32_t num_clusters)
    : MulticlassSample(rows, cluster, num_clusters, AllRows(rows.label.size())) {}

MulticlassSample::MulticlassSample(const MulticlassRows& rows, std::span<const int32_t> cluster,
                                   int32_t num_clusters, std::span<const int64_t> only)
    : num_classes_(rows.num_classes),
      sums_(num_clusters, rows.num_classes * rows.num_classes + kNumQuantities) {
  Rank(rows, cluster, only);
  Sum(rows, cluster, only);
}

void MulticlassSample::Rank(const MulticlassRows& rows, std::span<const int32_t> cluster,
                            std::span<const int64_t> only) {
  std::vector<double> scores(rows.label.size()), labels(rows.label.size());
  for (int a = 0; a < num_classes_; ++a) {
    for (size_t row = 0; row < rows.label.size(); ++row) {
      scores[row] = rows.Probability(static_cast<int64_t>(row), a);
      labels[row] = rows.label[row] == a ? 1 : 0;
    }
    against_rest_.emplace_back(scores, labels, cluster, only);
    for (int b = 0; b < num_classes_; ++b) {
      if (a == b) continue;
      std::vector<int64_t> pair;
      std::copy_if(only.begin(), only.end(), std::back_inserter(pair),
                   [&](int64_t row) { return rows.label[row] == a || rows.label[row] == b; });
      against_one_.emplace_back(scores, labels, cluster, pair);
    }
  }
}

void MulticlassSample::Sum(const MulticlassRows& rows, std::span<const int32_t> cluster,
                           std::span<const int64_t> only) {
  int after = num_classes_ * num_classes_;
  for (int64_t row : only) {
    int label = rows.label[row];
    double squared = 0;
    for (int c = 0; c < num_classes_; ++c) {
      double gap = rows.Probability(row, c) - (c == label ? 1 : 0);
      squared += gap * gap;
    }
    double own =
        std::clamp(rows.Probability(row, label), kSmallestProbability, 1 - kSmallestProbability);
    sums_.Add(cluster[row], label * num_classes_ + rows.Predicted(row), 1);
    sums_.Add(cluster[row], after + kLogLoss, -std::log(own));
    sums_.Add(cluster[row], after + kBrier, squared);
    sums_.Add(cluster[row], after + kRows, 1);
  }
}

void MulticlassSample::JudgeClasses(const std::vector<double>& sums,
                                    MulticlassScores* scores) const {
  double right = 0;
  std::vector<double> present;
  for (int c = 0; c < num_classes_; ++c) {
    double of_class = 0, predicted = 0, hit = sums[c * num_classes_ + c];
    for (int other = 0; other < num_classes_; ++other) {
      of_class += sums[c * num_classes_ + other];
      predicted += sums[other * num_classes_ + c];
    }
    right += hit;
    scores->sensitivity.push_back(Ratio(hit, of_class));
    scores->ppv.push_back(Ratio(hit, predicted));
    if (of_class > 0) present.push_back(hit / of_class);
  }
  scores->accuracy = Ratio(right, sums[num_classes_ * num_classes_ + kRows]);
  scores->balanced_accuracy = Mean(present);
}

MulticlassScores MulticlassSample::Judge(std::span<const int32_t> times) const {
  MulticlassScores scores;
  for (const RankedRows& ranked : against_rest_) {
    scores.class_auroc.push_back(ranked.Judge(times).auroc);
  }
  std::vector<double> pairs;
  for (const RankedRows& ranked : against_one_) pairs.push_back(ranked.Judge(times).auroc);
  scores.macro_auroc = Mean(scores.class_auroc);
  scores.hand_till_auroc = Mean(pairs);
  std::vector<double> sums = sums_.Total(times);
  JudgeClasses(sums, &scores);
  int after = num_classes_ * num_classes_;
  scores.log_loss = Ratio(sums[after + kLogLoss], sums[after + kRows]);
  scores.brier = Ratio(sums[after + kBrier], sums[after + kRows]);
  return scores;
}

}  // namespace codman::evaluation
