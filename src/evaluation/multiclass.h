// Judgement of predictions over several classes, each row a probability for every class.
//
// Values equal scikit-learn's roc_auc_score (multi_class 'ovr' and 'ovo', average 'macro'),
// accuracy_score, balanced_accuracy_score, confusion_matrix and log_loss. The predicted class is
// the first of the most probable ones. The Brier score is Brier's own (Mon Weather Rev 78:1–3,
// 1950): Σ over classes of (p − y)², from 0 to 2, averaged over rows.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "evaluation/bootstrap.h"
#include "evaluation/ranked_rows.h"

namespace codman::evaluation {

// NaN where a class the measure needs is absent.
struct MulticlassScores {
  double macro_auroc = 0;      // mean over classes of one against the rest
  double hand_till_auroc = 0;  // mean over pairs of classes (Hand & Till, Mach Learn 45:171, 2001)
  double accuracy = 0;
  double balanced_accuracy = 0;  // mean sensitivity over the classes that occur
  double brier = 0, log_loss = 0;
  std::vector<double> class_auroc;  // one against the rest
  std::vector<double> sensitivity, ppv;
};

// Borrowed rows: probability is row-major, rows × num_classes; label[i] the class of row i.
struct MulticlassRows {
  std::span<const double> probability;
  std::span<const int32_t> label;
  int num_classes = 0;

  double Probability(int64_t row, int of_class) const {
    return probability[static_cast<size_t>(row) * static_cast<size_t>(num_classes) +
                       static_cast<size_t>(of_class)];
  }
  int Predicted(int64_t row) const;
};

// confusion[truth · num_classes + predicted], rows.
std::vector<int64_t> ConfusionMatrix(const MulticlassRows& rows);

// The rows ranked once per class and per ordered pair of classes, so that each bootstrap replicate
// is one pass over each ranking: O(classes · rows). Immutable, safe to share among threads.
class MulticlassSample {
 public:
  // cluster: dense cluster of each row (RowGroups::group_of_row). `only` takes those row numbers.
  MulticlassSample(const MulticlassRows& rows, std::span<const int32_t> cluster,
                   int32_t num_clusters);
  MulticlassSample(const MulticlassRows& rows, std::span<const int32_t> cluster,
                   int32_t num_clusters, std::span<const int64_t> only);

  // With each row counted as often as its cluster was drawn: times[cluster].
  MulticlassScores Judge(std::span<const int32_t> times) const;

 private:
  void Rank(const MulticlassRows& rows, std::span<const int32_t> cluster,
            std::span<const int64_t> only);
  void Sum(const MulticlassRows& rows, std::span<const int32_t> cluster,
           std::span<const int64_t> only);
  void JudgeClasses(const std::vector<double>& sums, MulticlassScores* scores) const;

  int num_classes_;
  std::vector<RankedRows> against_rest_;  // by class
  std::vector<RankedRows> against_one_;   // class a against b by the probability of a, a ≠ b
  ClusterSums sums_;                      // confusion matrix, then log loss, Brier, rows
};

}  // namespace codman::evaluation
