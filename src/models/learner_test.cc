// Conformance: what every learner of the catalog keeps. Expected behaviour is stated in learner.h
// and model.h.
#include "models/learner.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "base/text.h"
#include "models/catalog.h"

namespace codman::models {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr int kFeatures = 4;

// A known function: margin 3 x0 - 2 x1, x2 noise with missing values, x3 constant.
struct KnownRows {
  explicit KnownRows(int rows, uint32_t seed = 1) {
    std::mt19937 random(seed);
    auto uniform = [&] { return static_cast<double>(random() % 100000) / 100000; };
    for (int r = 0; r < rows; ++r) {
      double x0 = 2 * uniform() - 1, x1 = 2 * uniform() - 1;
      values.insert(values.end(), {x0, x1, random() % 5 == 0 ? kNan : uniform(), 7.0});
      true_margins.push_back(3 * x0 - 2 * x1);
      labels.push_back(uniform() < Sigmoid(true_margins.back()) ? 1 : 0);
      weights.push_back(0.5 + uniform());
    }
  }
  columns::DenseMatrix Matrix() const {
    return {{"heart rate", "temp:°C", "noise%41", "constant"}, values};
  }
  std::vector<double> values, true_margins, labels, weights;
};

std::vector<double> MarginsOf(const Model& model, const std::vector<double>& rows) {
  std::vector<double> margins(rows.size() / kFeatures);
  model.Predict(rows, margins);
  return margins;
}

double Correlation(const std::vector<double>& a, const std::vector<double>& b) {
  double n = static_cast<double>(a.size()), sa = 0, sb = 0, aa = 0, bb = 0, ab = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    sa += a[i], sb += b[i], aa += a[i] * a[i], bb += b[i] * b[i], ab += a[i] * b[i];
  }
  return (ab - sa * sb / n) / std::sqrt((aa - sa * sa / n) * (bb - sb * sb / n));
}

class EveryLearner : public testing::TestWithParam<const Learner*> {
 protected:
  Result<std::unique_ptr<Model>> Fit(const KnownRows& known, LearnOptions options = {},
                                     bool weighted = false) {
    columns::DenseMatrix matrix = known.Matrix();
    TrainingData data{&matrix, known.labels, {}, Objective::kBinary};
    if (weighted) data.weights = known.weights;
    return GetParam()->Fit(data, options);
  }
  std::string RefusalOf(const KnownRows& known, LearnOptions options = {}) {
    auto model = Fit(known, std::move(options));
    return model.ok() ? "" : model.error().ToString();
  }
};

TEST_P(EveryLearner, LearnsAKnownFunction) {
  auto model = Fit(KnownRows(5000));
  ASSERT_TRUE(model.ok()) << model.error().ToString();
  KnownRows unseen(2000, 99);
  EXPECT_GT(Correlation(MarginsOf(**model, unseen.values), unseen.true_margins), 0.93);
  EXPECT_EQ((*model)->family(), GetParam()->name());
  EXPECT_EQ((*model)->feature_names(), unseen.Matrix().feature_names());
  EXPECT_EQ((*model)->objective(), Objective::kBinary);
  EXPECT_FALSE((*model)->Describe().members().empty());
}

TEST_P(EveryLearner, ReloadsWithEqualBits) {
  auto model = Fit(KnownRows(1000), {}, true);
  ASSERT_TRUE(model.ok());
  auto again = GetParam()->Load((*model)->weights());
  ASSERT_TRUE(again.ok()) << again.error().ToString();
  KnownRows unseen(500, 5);
  auto a = MarginsOf(**model, unseen.values), b = MarginsOf(**again, unseen.values);
  EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size() * sizeof(double)), 0);
  EXPECT_EQ((*model)->weights(), (*again)->weights());
  EXPECT_EQ((*model)->feature_names(), (*again)->feature_names());
  EXPECT_EQ((*model)->Describe().ToString(), (*again)->Describe().ToString());
}

TEST_P(EveryLearner, ContributionsAndBaseSumToTheMargin) {
  auto model = Fit(KnownRows(2000));
  ASSERT_TRUE(model.ok());
  KnownRows unseen(300, 7);
  auto margins = MarginsOf(**model, unseen.values);
  std::vector<double> phi(margins.size() * (kFeatures + 1));
  (*model)->Explain(unseen.values, phi);
  for (size_t r = 0; r < margins.size(); ++r) {
    double sum = 0;
    for (int f = 0; f <= kFeatures; ++f) sum += phi[r * (kFeatures + 1) + f];
    ASSERT_NEAR(sum, margins[r], 1e-9);
  }
  EXPECT_TRUE((*model)->explanation_method().exact);
}

TEST_P(EveryLearner, GivesEqualBytesForAnyNumberOfThreadsAndEveryRun) {
  KnownRows known(4000);
  LearnOptions one{.seed = 7, .num_threads = 1}, two{.seed = 7, .num_threads = 2}, all{.seed = 7};
  auto first = Fit(known, one), second = Fit(known, two), third = Fit(known, all);
  ASSERT_TRUE(first.ok() && second.ok() && third.ok());
  EXPECT_EQ((*first)->weights(), (*second)->weights());
  EXPECT_EQ((*first)->weights(), (*third)->weights());
}

TEST_P(EveryLearner, RefusesWhatCannotBeLearntNamingTheCause) {
  KnownRows known(200);
  known.labels[3] = kNan;
  EXPECT_NE(RefusalOf(known).find("label of row 3"), std::string::npos);
  known.labels[3] = 2;
  EXPECT_NE(RefusalOf(known).find("label of row 3"), std::string::npos);
  std::fill(known.labels.begin(), known.labels.end(), 1.0);
  EXPECT_NE(RefusalOf(known).find("label 0"), std::string::npos);
  known.labels.pop_back();
  EXPECT_NE(RefusalOf(known).find("199 labels for 200 rows"), std::string::npos);
  KnownRows none(0);
  EXPECT_NE(RefusalOf(none).find("no rows"), std::string::npos);
}

TEST_P(EveryLearner, RefusesAnUnknownSettingWithTheNearestKnownOne) {
  LearnOptions options;
  options.settings.Set("l22", 1.0);
  std::string refusal = RefusalOf(KnownRows(200), options);
  EXPECT_NE(refusal.find("'l22'"), std::string::npos) << refusal;
  EXPECT_NE(refusal.find("did you mean 'l2'"), std::string::npos) << refusal;
  LearnOptions negative;
  negative.settings.Set("l2", -1.0);
  EXPECT_NE(RefusalOf(KnownRows(200), negative).find("'l2'"), std::string::npos);
}

TEST_P(EveryLearner, StopsWhenAsked) {
  LearnOptions options;
  options.progress = [](double) { return false; };
  auto model = Fit(KnownRows(500), options);
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().kind(), ErrorKind::kUnavailable);
}

TEST_P(EveryLearner, ReportsRisingProgressUpToOne) {
  std::vector<double> seen;
  LearnOptions options;
  options.progress = [&](double done) {
    seen.push_back(done);
    return true;
  };
  ASSERT_TRUE(Fit(KnownRows(3000), options).ok());
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_GE(seen.front(), 0);
  EXPECT_LE(seen.back(), 1);
}

TEST_P(EveryLearner, LoadingArbitraryBytesIsAnError) {
  auto model = Fit(KnownRows(300));
  ASSERT_TRUE(model.ok());
  for (std::string bytes :
       {std::string(), std::string("{}"), std::string("tree\n"), std::string("\0\1\2", 3)}) {
    EXPECT_FALSE(GetParam()->Load(bytes).ok());
  }
  const std::string& weights = (*model)->weights();
  for (size_t length = 0; length < weights.size() / 2; length += 1 + weights.size() / 200) {
    EXPECT_FALSE(GetParam()->Load(weights.substr(0, length)).ok());
  }
}

INSTANTIATE_TEST_SUITE_P(Catalog, EveryLearner,
                         testing::ValuesIn(Learners().begin(), Learners().end()),
                         [](const auto& info) { return std::string(info.param->name()); });

TEST(Catalog, FindsLearnersByNameAndListsThemOtherwise) {
  auto found = FindLearner("gbdt");
  ASSERT_TRUE(found.ok());
  EXPECT_EQ((*found)->name(), "gbdt");
  auto missing = FindLearner("gbd");
  ASSERT_FALSE(missing.ok());
  EXPECT_NE(missing.error().message().find("logistic"), std::string::npos);
}

}  // namespace
}  // namespace codman::models
