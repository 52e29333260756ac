// A trained model: predicts and explains. Immutable after load, so any number of threads may use
// one.
//
// A model is data: loading never runs code. Rows are doubles in the order of feature_names(), NaN
// where missing. The margin is the raw score before calibration: log-odds for binary models, the
// value itself for regression, one log-probability up to a constant of the row for each class.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace codman::models {

// Classes of a multiclass model, at most.
constexpr int kMaxClasses = 256;

enum class Objective { kBinary, kRegression, kMulticlass };
// "binary", "regression", "multiclass"; nothing where unknown.
std::optional<Objective> ParseObjective(std::string_view name);
const char* NameOf(Objective objective);

// How contributions were obtained; printed with every answer.
struct ExplanationMethod {
  std::string name;   // "tree_shap_path_dependent", "linear_exact", "expected_gradients"
  bool exact = true;  // contributions + base equal the margin within 1e-9
};

class Model {
 public:
  virtual ~Model() = default;

  virtual std::string_view family()
      const = 0;  // the learner's name in the catalog: "gbdt", "logistic"
  virtual Objective objective() const = 0;
  virtual const std::vector<std::string>& feature_names() const = 0;
  // Margins of a row: 1, or the number of classes of a multiclass model.
  virtual int num_outputs() const { return 1; }
  virtual ExplanationMethod explanation_method() const = 0;

  // margins: rows × num_outputs, row-major; `rows` likewise × feature_names().size().
  virtual void Predict(std::span<const double> rows, std::span<double> margins) const = 0;

  // contributions: rows × num_outputs × (features + 1), row-major; the last of each line is the
  // base (expected margin). Where the method is exact each line sums to its margin within 1e-9.
  virtual void Explain(std::span<const double> rows, std::span<double> contributions) const = 0;

  // The exact bytes of the weights file and its name in a model folder ("weights.lgbm.txt",
  // "weights.json").
  virtual std::string weights_file_name() const = 0;
  virtual const std::string& weights() const = 0;
  // Settings it was trained with, and sizes worth showing (trees, leaves, coefficients).
  virtual Json Describe() const = 0;
};

// Probability of a margin: 1 / (1 + e^-margin).
double Sigmoid(double margin);
// Probabilities of the classes, in place: e^m / Σ e^m.
void Softmax(std::span<double> margins);

}  // namespace codman::models
