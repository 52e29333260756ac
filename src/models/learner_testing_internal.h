// For tests: rows of a known function, for every objective, and how well a model agrees with it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "columns/matrix.h"
#include "models/model.h"

namespace codman::models {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr size_t kFeatures = 4;

// Margin 3 x0 - 2 x1; x2 is noise with missing values, x3 constant. Binary labels are drawn with
// that log-odds, targets are 50 + 10 times the margin with noise, three classes are drawn with
// margins m, 0 and -m, of twice the size.
struct KnownRows {
  static constexpr int kClasses = 3;

  KnownRows(Objective objective, int rows, uint32_t seed) {
    std::mt19937 random(seed);
    auto uniform = [&] { return static_cast<double>(random() % 100000) / 100000; };
    for (int r = 0; r < rows; ++r) {
      double x0 = 2 * uniform() - 1, x1 = 2 * uniform() - 1, m = 3 * x0 - 2 * x1;
      values.insert(values.end(), {x0, x1, random() % 5 == 0 ? kNan : uniform(), 7.0});
      true_margins.push_back(m);
      weights.push_back(0.5 + uniform());
      double draw = uniform();
      if (objective == Objective::kBinary) labels.push_back(draw < Sigmoid(m) ? 1 : 0);
      if (objective == Objective::kRegression) labels.push_back(50 + 10 * m + 10 * (draw - 0.5));
      if (objective != Objective::kMulticlass) continue;
      double p[] = {2 * m, 0, -2 * m};
      Softmax(p);
      labels.push_back(draw < p[0] ? 0 : draw < p[0] + p[1] ? 1 : 2);
    }
  }
  columns::DenseMatrix Matrix() const {
    return {{"heart rate", "temp:°C", "noise%41", "constant"}, values};
  }
  // Row `r` once more, at the end.
  void Repeat(size_t r) {
    for (size_t f = 0; f < kFeatures; ++f) values.push_back(double{values[r * kFeatures + f]});
    labels.push_back(double{labels[r]});
    true_margins.push_back(double{true_margins[r]});
  }
  std::vector<double> values, true_margins, labels, weights;
};

inline std::vector<double> MarginsOf(const Model& model, const std::vector<double>& rows) {
  std::vector<double> margins(rows.size() / kFeatures * static_cast<size_t>(model.num_outputs()));
  model.Predict(rows, margins);
  return margins;
}

inline std::vector<double> ContributionsOf(const Model& model, const std::vector<double>& rows) {
  std::vector<double> contributions(rows.size() / kFeatures * (kFeatures + 1) *
                                    static_cast<size_t>(model.num_outputs()));
  model.Explain(rows, contributions);
  return contributions;
}

inline double Correlation(const std::vector<double>& a, const std::vector<double>& b) {
  double n = static_cast<double>(a.size()), sa = 0, sb = 0, aa = 0, bb = 0, ab = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    sa += a[i], sb += b[i], aa += a[i] * a[i], bb += b[i] * b[i], ab += a[i] * b[i];
  }
  return (ab - sa * sb / n) / std::sqrt((aa - sa * sa / n) * (bb - sb * sb / n));
}

// Correlation with the true margin; for classes the share of rows put where the truth is likeliest
// (m > 0: class 0, else class 2).
inline double Agreement(const Model& model, const KnownRows& unseen) {
  std::vector<double> margins = MarginsOf(model, unseen.values);
  if (model.num_outputs() == 1) return Correlation(margins, unseen.true_margins);
  double right = 0;
  for (size_t r = 0; r < unseen.true_margins.size(); ++r) {
    const double* row = margins.data() + r * KnownRows::kClasses;
    auto likeliest = std::max_element(row, row + KnownRows::kClasses) - row;
    right += likeliest == (unseen.true_margins[r] > 0 ? 0 : 2) ? 1 : 0;
  }
  return right / static_cast<double>(unseen.true_margins.size());
}

}  // namespace codman::models
