// From values to an answer's bytes: input vector, margin, calibrated risk, contributions, and the
// JSON of api.md 2, written piece by piece from what the model holds prepared.
//
// Rows that arrive together are scored and explained together, which costs less; bits do not depend
// on it (models/forest_scorer.h, models/tree_shap.h).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "serving/served_model.h"

namespace codman::serving {

enum class Explain { kTop10, kAll, kNone };

// The rows of one model on their way to answers. Keeps its memory from use to use; not thread-safe.
class AnswerBatch {
 public:
  // Empty, for this model, which must outlive the use.
  void Start(const ServedModel& model);
  // The values of a new row, contract().size() of them, for the caller to fill.
  std::span<double> AddRow(Explain explain);
  size_t size() const { return explain_.size(); }
  void Compute();

  // After Compute:
  std::span<const double> vector(size_t row) const;  // the model's input
  double margin(size_t row) const { return margins_[LedMargin(row)]; }
  // The number that the answer leads with: the calibrated risk of a binary model, the amount of a
  // regression, the probability of the most probable class.
  double risk(size_t row) const { return risks_[row]; }
  // Of what has no risk: low, and no alert.
  Band band(size_t row) const;
  bool alert(size_t row) const;
  void AppendAnswer(size_t row, std::string_view id, std::string_view predicted_at,
                    std::string* out);

 private:
  // Contributions of a row by contract feature: the sum over its inputs.
  struct Reasons {
    std::vector<double> by_feature;
    std::vector<uint32_t> order;  // those that are told first, largest first
    double base = 0;
  };

  // Places of a row's margins, and of the one that is explained.
  size_t FirstMargin(size_t row) const { return row * outputs_.size(); }
  size_t LedMargin(size_t row) const { return FirstMargin(row) + led_[row]; }
  void Lead(size_t row);
  void AppendBinary(size_t row, std::string* out) const;
  void AppendAmount(size_t row, std::string* out) const;
  void AppendClasses(size_t row, std::string* out) const;
  void AppendShown(size_t row, size_t feature, std::string* out) const;
  void ExplainRows();
  size_t FindReasons(size_t row);  // how many are told
  void AppendExplanation(size_t row, std::string* out);
  void AppendProbability(size_t row, size_t count, std::string* out);
  void AppendMissing(size_t row, std::string* out) const;
  // What is shown beside a reason: the contract feature's own input, derived ones included.
  double Shown(size_t row, size_t feature) const;

  const ServedModel* model_ = nullptr;
  size_t num_features_ = 0, num_columns_ = 0;
  std::vector<Explain> explain_;
  std::vector<double> values_, vectors_, margins_, risks_;
  std::vector<double> outputs_;  // of one row, in the making; as many as the model has
  std::vector<size_t> led_;      // by row: the output that the answer leads with
  // Of the rows that want an explanation, in their order (their vectors only where others do not);
  // `place_` says where a row's begins.
  std::vector<double> explained_, contributions_;
  std::vector<size_t> place_;
  Reasons reasons_;
};

// As Json writes it: integers without a point, no word for NaN but null.
void AppendNumber(double value, std::string* out);

// What the answer of a stored vector leads with: the margin and AnswerBatch::risk. For replay.
struct Headline {
  double margin = 0, risk = 0;
  size_t led = 0;  // the class that leads, else 0
};
Headline HeadlineOf(const ServedModel& model, const std::vector<double>& vector);

}  // namespace codman::serving
