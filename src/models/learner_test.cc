// Conformance: what every learner of the catalog keeps for every objective it learns. Expected
// behaviour is stated in learner.h and model.h.
#include "models/learner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/text.h"
#include "models/catalog.h"
#include "models/learner_testing_internal.h"

namespace codman::models {
namespace {

struct Subject {
  const Learner* learner;
  Objective objective;
};

std::vector<Subject> AllSubjects() {
  std::vector<Subject> subjects;
  for (const Learner* learner : Learners()) {
    for (auto objective : {Objective::kBinary, Objective::kRegression, Objective::kMulticlass}) {
      if (learner->Learns(objective)) subjects.push_back({learner, objective});
    }
  }
  return subjects;
}

class EveryLearner : public testing::TestWithParam<Subject> {
 protected:
  const Learner& learner() const { return *GetParam().learner; }
  bool binary() const { return GetParam().objective == Objective::kBinary; }
  bool multiclass() const { return GetParam().objective == Objective::kMulticlass; }
  size_t outputs() const { return multiclass() ? KnownRows::kClasses : 1; }
  KnownRows Known(int rows, uint32_t seed = 1) const {
    return KnownRows(GetParam().objective, rows, seed);
  }
  // Small enough for a test: fewer trees than the default.
  LearnOptions Quick() const {
    LearnOptions options{.seed = 7, .num_threads = 1};
    options.settings = Json::Object();
    if (learner().name() == "random_forest") {
      options.settings.Set("trees", 40);
      options.settings.Set("leaves", 64);
    }
    return options;
  }
  Result<std::unique_ptr<Model>> Fit(const KnownRows& known, const LearnOptions& options,
                                     bool weighted = false) const {
    columns::DenseMatrix matrix = known.Matrix();
    TrainingData data{&matrix, known.labels, {}, GetParam().objective, KnownRows::kClasses};
    if (weighted) data.weights = known.weights;
    return learner().Fit(data, options);
  }
  std::unique_ptr<Model> Fitted(const KnownRows& known, bool weighted = false) const {
    auto model = Fit(known, Quick(), weighted);
    EXPECT_TRUE(model.ok()) << model.error().ToString();
    return model.ok() ? std::move(*model) : nullptr;
  }
  std::string RefusalOf(const KnownRows& known, const LearnOptions& options) const {
    auto model = Fit(known, options);
    return model.ok() ? "" : model.error().ToString();
  }
};

// The bound is one that a constant misses by far: its correlation is 0, its share of right classes
// below a half.
TEST_P(EveryLearner, LearnsAKnownFunction) {
  auto model = Fitted(Known(5000));
  ASSERT_NE(model, nullptr);
  KnownRows unseen = Known(2000, 99);
  EXPECT_GT(Agreement(*model, unseen), multiclass() ? 0.85 : 0.93);
  EXPECT_EQ(model->family(), learner().name());
  EXPECT_EQ(model->feature_names(), unseen.Matrix().feature_names());
  EXPECT_EQ(model->objective(), GetParam().objective);
  EXPECT_EQ(model->num_outputs(), static_cast<int>(outputs()));
  EXPECT_FALSE(model->Describe().members().empty());
}

TEST_P(EveryLearner, PredictsInTheUnitOfTheLabels) {
  KnownRows known = Known(4000);
  auto model = Fitted(known);
  ASSERT_NE(model, nullptr);
  std::vector<double> means(outputs(), 0), margins = MarginsOf(*model, known.values);
  for (size_t i = 0; i < margins.size(); i += outputs()) {
    std::span<double> row(margins.data() + i, outputs());
    if (binary()) row[0] = Sigmoid(row[0]);
    if (multiclass()) Softmax(row);
    for (size_t k = 0; k < outputs(); ++k) means[k] += row[k] * static_cast<double>(outputs());
  }
  for (size_t k = 0; k < outputs(); ++k) {
    double expected = 0;
    for (double label : known.labels)
      expected += multiclass() ? (label == static_cast<double>(k) ? 1.0 : 0.0) : label;
    double rows = static_cast<double>(known.labels.size());
    // Targets lie about 50 ± 20.
    EXPECT_NEAR(means[k] / static_cast<double>(margins.size()), expected / rows,
                binary() || multiclass() ? 0.05 : 0.5);
  }
}

TEST_P(EveryLearner, ReloadsWithEqualBits) {
  auto model = Fitted(Known(1000), true);
  ASSERT_NE(model, nullptr);
  auto again = learner().Load(model->weights());
  ASSERT_TRUE(again.ok()) << again.error().ToString();
  KnownRows unseen = Known(500, 5);
  auto a = MarginsOf(*model, unseen.values), b = MarginsOf(**again, unseen.values);
  EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size() * sizeof(double)), 0);
  a = ContributionsOf(*model, unseen.values), b = ContributionsOf(**again, unseen.values);
  EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size() * sizeof(double)), 0);
  EXPECT_EQ(model->weights(), (*again)->weights());
  EXPECT_EQ(model->weights_file_name(), (*again)->weights_file_name());
  EXPECT_EQ(model->feature_names(), (*again)->feature_names());
  EXPECT_EQ(model->Describe().ToString(), (*again)->Describe().ToString());
}

TEST_P(EveryLearner, ARowAloneHasTheBitsItHasAmongOthers) {
  auto model = Fitted(Known(1000));
  ASSERT_NE(model, nullptr);
  KnownRows unseen = Known(70, 5);
  auto together = MarginsOf(*model, unseen.values);
  auto explained = ContributionsOf(*model, unseen.values);
  size_t line = outputs() * (kFeatures + 1);
  for (size_t r = 0; r < 70; ++r) {
    std::vector<double> row(unseen.values.begin() + r * kFeatures,
                            unseen.values.begin() + (r + 1) * kFeatures);
    auto alone = MarginsOf(*model, row), phi = ContributionsOf(*model, row);
    for (size_t k = 0; k < outputs(); ++k) ASSERT_EQ(alone[k], together[r * outputs() + k]);
    for (size_t i = 0; i < line; ++i) ASSERT_EQ(phi[i], explained[r * line + i]);
  }
}

TEST_P(EveryLearner, ContributionsAndBaseSumToTheMargin) {
  auto model = Fitted(Known(2000));
  ASSERT_NE(model, nullptr);
  KnownRows unseen = Known(300, 7);
  auto margins = MarginsOf(*model, unseen.values), phi = ContributionsOf(*model, unseen.values);
  for (size_t i = 0; i < margins.size(); ++i) {
    double sum = 0;
    for (size_t f = 0; f <= kFeatures; ++f) sum += phi[i * (kFeatures + 1) + f];
    bool exact = model->explanation_method().exact;
    ASSERT_NEAR(sum, margins[i], exact ? 1e-9 : 0.05 * std::max(1.0, std::fabs(margins[i])));
  }
}

TEST_P(EveryLearner, GivesEqualBytesForAnyNumberOfThreadsAndEveryRun) {
  KnownRows known = Known(4000);
  LearnOptions one = Quick(), two = Quick();
  two.num_threads = 2;
  for (LearnOptions* options : {&one, &two}) {
    if (options->settings.Find("trees") != nullptr || learner().name() == "gbdt")
      options->settings.Set("trees", 10);
  }
  auto first = Fit(known, one), second = Fit(known, two), third = Fit(known, two);
  ASSERT_TRUE(first.ok() && second.ok() && third.ok());
  EXPECT_EQ((*first)->weights(), (*second)->weights());
  EXPECT_EQ((*first)->weights(), (*third)->weights());
}

// Two of three rows say the opposite, and weigh nothing.
TEST_P(EveryLearner, RowsOfWeightZeroSayNothing) {
  KnownRows known = Known(3000);
  for (size_t r = 0; r < known.labels.size(); ++r) {
    known.weights[r] = r % 3 == 0 ? 1 : 0;
    if (r % 3 != 0) known.labels[r] = (binary() ? 1 : multiclass() ? 2 : 100) - known.labels[r];
  }
  auto plain = Fitted(known), weighted = Fitted(known, true);
  ASSERT_TRUE(plain && weighted);
  KnownRows unseen = Known(1000, 3);
  EXPECT_GT(Agreement(*weighted, unseen), 0.8);
  EXPECT_LT(Agreement(*plain, unseen), 0.3);
}

// Where no sampling of rows comes between.
TEST_P(EveryLearner, AWeightOfTwoIsTheRowTwiceInTheLinearFamilies) {
  if (learner().name() != "linear" && learner().name() != "logistic") return;
  KnownRows known = Known(1500), twice = known;
  for (size_t r = 0; r < known.labels.size(); ++r) {
    known.weights[r] = r % 3 == 0 ? 2 : 1;
    if (known.weights[r] == 2) twice.Repeat(r);
  }
  auto weighted = Fitted(known, true), repeated = Fitted(twice);
  ASSERT_TRUE(weighted && repeated);
  auto a = MarginsOf(*weighted, known.values), b = MarginsOf(*repeated, known.values);
  for (size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], 1e-7);
}

TEST_P(EveryLearner, ObeysMonotoneWhereItTakesIt) {
  LearnOptions options = Quick();
  options.settings.Set("monotone", *base::ParseJson(R"({"temp:°C": 1})"));
  auto model = Fit(Known(1500), options);
  if (!model.ok()) {
    EXPECT_NE(model.error().message().find("'monotone'"), std::string::npos);
    EXPECT_TRUE(multiclass() || learner().name() != "gbdt");
    return;
  }
  double before = -1e300;  // the true margin falls with it
  for (double x1 = -1; x1 <= 1; x1 += 0.02) {
    double margin = MarginsOf(**model, {0.2, x1, 0.5, 7})[0];
    EXPECT_GE(margin, before - 1e-9);
    before = margin;
  }
}

TEST_P(EveryLearner, RefusesWhatCannotBeLearntNamingTheCause) {
  KnownRows known = Known(200);
  known.labels[3] = kNan;
  EXPECT_NE(RefusalOf(known, {}).find("label of row 3"), std::string::npos);
  if (binary() || multiclass()) {
    known.labels[3] = 3;
    EXPECT_NE(RefusalOf(known, {}).find("label of row 3"), std::string::npos);
    known.labels[3] = 0.5;
    EXPECT_NE(RefusalOf(known, {}).find("label of row 3"), std::string::npos);
    std::fill(known.labels.begin(), known.labels.end(), 1.0);
    EXPECT_NE(RefusalOf(known, {}).find("label 0"), std::string::npos);
  }
  known.labels.pop_back();
  EXPECT_NE(RefusalOf(known, {}).find("199 labels for 200 rows"), std::string::npos);
  EXPECT_NE(RefusalOf(Known(0), {}).find("no rows"), std::string::npos);
}

TEST_P(EveryLearner, RefusesAnUnknownSettingWithTheNearestKnownOne) {
  LearnOptions options;
  options.settings.Set("l22", 1.0);
  std::string refusal = RefusalOf(Known(200), options);
  EXPECT_NE(refusal.find("'l22'"), std::string::npos) << refusal;
  EXPECT_NE(refusal.find("did you mean 'l2'"), std::string::npos) << refusal;
  LearnOptions negative;
  negative.settings.Set("l2", -1.0);
  EXPECT_NE(RefusalOf(Known(200), negative).find("'l2'"), std::string::npos);
}

TEST_P(EveryLearner, StopsWhenAsked) {
  LearnOptions options = Quick();
  options.progress = [](double) { return false; };
  auto model = Fit(Known(500), options);
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().kind(), ErrorKind::kUnavailable);
}

TEST_P(EveryLearner, ReportsRisingProgressUpToOne) {
  std::vector<double> seen;
  LearnOptions options = Quick();
  options.progress = [&](double done) {
    seen.push_back(done);
    return true;
  };
  ASSERT_TRUE(Fit(Known(1500), options).ok());
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_GE(seen.front(), 0);
  EXPECT_LE(seen.back(), 1);
}

TEST_P(EveryLearner, LoadingArbitraryBytesIsAnError) {
  auto model = Fitted(Known(300));
  ASSERT_NE(model, nullptr);
  for (const std::string& bytes :
       {std::string(), std::string("{}"), std::string("tree\n"), std::string("\0\1\2", 3)}) {
    EXPECT_FALSE(learner().Load(bytes).ok());
  }
  const std::string& weights = model->weights();
  for (size_t length = 0; length < weights.size() / 2; length += 1 + weights.size() / 100) {
    EXPECT_FALSE(learner().Load(weights.substr(0, length)).ok());
  }
}

INSTANTIATE_TEST_SUITE_P(Catalog, EveryLearner, testing::ValuesIn(AllSubjects()),
                         [](const auto& info) {
                           return format("{}_{}", info.param.learner->name(),
                                         NameOf(info.param.objective));
                         });

TEST(Catalog, FindsLearnersByNameAndListsThemOtherwise) {
  auto found = FindLearner("gbdt");
  ASSERT_TRUE(found.ok());
  EXPECT_EQ((*found)->name(), "gbdt");
  auto missing = FindLearner("gbd");
  ASSERT_FALSE(missing.ok());
  EXPECT_NE(missing.error().message().find("logistic"), std::string::npos);
}

TEST(Catalog, ALearnerRefusesAnObjectiveItDoesNotLearnSayingWhichItLearns) {
  std::vector<double> labels = {0, 1, 2, 0, 1, 2};
  columns::DenseMatrix matrix({"x"}, {1, 2, 3, 4, 5, 6});
  for (const Learner* learner : Learners()) {
    for (auto objective : {Objective::kRegression, Objective::kMulticlass}) {
      if (learner->Learns(objective)) continue;
      auto model = learner->Fit({&matrix, labels, {}, objective, 3}, {});
      ASSERT_FALSE(model.ok());
      EXPECT_NE(model.error().message().find(NameOf(objective)), std::string::npos);
      EXPECT_NE(model.error().message().find("another learner"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace codman::models
