#include "serving/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "base/json.h"
#include "serving/model_testing.h"
#include "serving/request_values.h"

// Expected bytes from api.md 2, built here as a tree and written by Json; expected numbers from
// the model itself, one row at a time, and by sums that must close.
namespace codman::serving {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr char kId[] = "0123456789abcdef0123456789abcdef", kTime[] = "2026-11-21T09:30:00.000001Z";

// One row by the plain way: what a reader of api.md would write.
class Reference {
 public:
  Reference(const ServedModel& model, std::span<const double> values) : model_(model) {
    vector_.resize(model.contract_of.size());
    model.plan->ComputeFromForm(values, vector_);
    model.loaded.model->Predict(vector_, {&margin_, 1});
    risk_ = model.loaded.calibration.Risk(margin_);
    shown_.assign(values.begin(), values.end());
    const auto& contract = model.plan->contract();
    for (size_t k = 0; k < vector_.size(); ++k) {
      auto at = static_cast<size_t>(model.contract_of[k]);
      if (model.plan->columns()[k].name == contract[at].id) shown_[at] = vector_[k];
    }
  }

  Json Answer(Explain explain) const {
    Json answer = Json::Object(
        {{"id", kId},
         {"task", "sepsis"},
         {"variant", "process"},
         {"risk", risk_},
         {"margin", margin_},
         {"band", risk_ >= 0.75   ? "critical"
                  : risk_ >= 0.3  ? "high"
                  : risk_ >= 0.15 ? "moderate"
                                  : "low"},
         {"threshold", 0.3},
         {"alert", risk_ >= 0.3},
         {"model",
          Json::Object({{"version", "process-1"}, {"trained_on", "made"}, {"synthetic", true}})},
         {"feature_set", "tiny"}});
    if (explain != Explain::kNone) answer.Set("explanation", Explanation(explain));
    Json missing = Json::Array();
    for (size_t k = 0; k < shown_.size(); ++k) {
      if (std::isnan(shown_[k])) missing.Add(model_.plan->contract()[k].id);
    }
    Json warnings = Json::Array(std::vector<std::string>{
        "trained on synthetic data: the number carries no claim of accuracy",
        "computed from a form without history: values over time are missing"});
    if (missing.size() > 2) warnings.Add("more than half of the features are missing");
    answer.Set("missing", missing).Set("warnings", warnings);
    return answer.Set("horizon_hours", 6).Set("predicted_at", kTime);
  }

 private:
  Json Entry(size_t k) const {
    const auto& feature = model_.plan->contract()[k];
    return Json::Object({{"feature", feature.id},
                         {"label", feature.label},
                         {"value", std::isnan(shown_[k]) ? Json() : Json(shown_[k])},
                         {"unit", feature.unit}});
  }

  Json Explanation(Explain explain) const {
    std::vector<double> contributions(vector_.size() + 1), by_feature(shown_.size());
    model_.loaded.model->Explain(vector_, contributions);
    for (size_t k = 0; k < vector_.size(); ++k)
      by_feature[static_cast<size_t>(model_.contract_of[k])] += contributions[k];
    std::vector<size_t> order(by_feature.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      return std::fabs(by_feature[a]) > std::fabs(by_feature[b]);
    });
    size_t count = explain == Explain::kAll ? order.size() : std::min<size_t>(10, order.size());
    Json reasons = Json::Array(), bars = Json::Array();
    double reached = contributions.back(), rest = 0;
    for (size_t i = 0; i < order.size(); ++i) {
      double contribution = by_feature[order[i]];
      if (i >= count) {
        rest += contribution;
        continue;
      }
      reasons.Add(Entry(order[i]).Set("contribution", contribution));
      bars.Add(Entry(order[i]).Set(
          "change", models::Sigmoid(reached + contribution) - models::Sigmoid(reached)));
      reached += contribution;
    }
    Json probability = Json::Object({{"base", models::Sigmoid(contributions.back())},
                                     {"bars", bars},
                                     {"rest", models::Sigmoid(margin_) - models::Sigmoid(reached)},
                                     {"calibration", risk_ - models::Sigmoid(margin_)},
                                     {"risk", risk_}});
    return Json::Object({{"method", "tree_shap_path_dependent"},
                         {"base", contributions.back()},
                         {"contributions", reasons},
                         {"rest", rest},
                         {"probability", probability}});
  }

  const ServedModel& model_;
  std::vector<double> vector_, shown_;
  double margin_ = 0, risk_ = 0;
};

std::vector<double> RandomValues(std::mt19937* chance) {
  auto pick = [&](double low, double high) {
    if ((*chance)() % 5 == 0) return kNaN;
    double value = std::uniform_real_distribution<>(low, high)(*chance);
    return (*chance)() % 3 == 0 ? std::round(value) : value;
  };
  std::vector<double> values = {pick(10, 350), pick(26, 45), pick(20, 375), pick(0, 90), kNaN};
  if ((*chance)() % 4 == 0) values[4] = pick(0, 5);
  return values;
}

// Every answer has the bytes of the tree, whether its row came alone or with many.
TEST(Answer, HasTheBytesOfTheTreeAloneAndInABatch) {
  auto model = MakeTestModel();
  std::mt19937 chance(5);
  AnswerBatch alone, together;
  for (size_t num_rows : {1, 2, 7, 8, 33, 256}) {
    std::vector<std::vector<double>> rows;
    std::vector<Explain> explain;
    together.Start(*model);
    for (size_t i = 0; i < num_rows; ++i) {
      rows.push_back(RandomValues(&chance));
      explain.push_back(static_cast<Explain>(chance() % 3));
      auto values = together.AddRow(explain.back());
      std::copy(rows[i].begin(), rows[i].end(), values.begin());
    }
    together.Compute();
    for (size_t i = 0; i < num_rows; ++i) {
      std::string wanted = Reference(*model, rows[i]).Answer(explain[i]).ToString(), found, single;
      together.AppendAnswer(i, kId, kTime, &found);
      EXPECT_EQ(found, wanted);
      alone.Start(*model);
      auto values = alone.AddRow(explain[i]);
      std::copy(rows[i].begin(), rows[i].end(), values.begin());
      alone.Compute();
      alone.AppendAnswer(0, kId, kTime, &single);
      EXPECT_EQ(single, wanted);
      EXPECT_EQ(alone.margin(0), together.margin(i));
      ASSERT_TRUE(base::ParseJson(found).ok());
    }
  }
}

TEST(Answer, ContributionsSumToTheMarginAndTheWaterfallToTheRisk) {
  auto model = MakeTestModel();
  std::mt19937 chance(9);
  for (int round = 0; round < 100; ++round) {
    AnswerBatch batch;
    batch.Start(*model);
    auto given = RandomValues(&chance);
    std::copy(given.begin(), given.end(), batch.AddRow(Explain::kAll).begin());
    batch.Compute();
    std::string text;
    batch.AppendAnswer(0, kId, kTime, &text);
    Json answer = base::ParseJson(text).value();
    const Json& explanation = answer["explanation"];
    double margin = explanation["base"].AsDouble() + explanation["rest"].AsDouble();
    for (const auto& entry : explanation["contributions"].items())
      margin += entry["contribution"].AsDouble();
    EXPECT_NEAR(margin, answer["margin"].AsDouble(), 1e-9);
    double risk = 1 / (1 + std::exp(-(0.8 * answer["margin"].AsDouble() - 0.5)));
    EXPECT_NEAR(answer["risk"].AsDouble(), risk, 1e-12);
    const Json& waterfall = explanation["probability"];
    double sum = waterfall["base"].AsDouble() + waterfall["rest"].AsDouble() +
                 waterfall["calibration"].AsDouble();
    for (const auto& bar : waterfall["bars"].items()) sum += bar["change"].AsDouble();
    EXPECT_NEAR(sum, risk, 1e-12);
    std::vector<double> vector(batch.vector(0).begin(), batch.vector(0).end());
    EXPECT_EQ(HeadlineOf(*model, vector).margin, answer["margin"].AsDouble()) << "replay";
  }
}

TEST(Answer, DerivedFeaturesAreComputedUnlessGiven) {
  auto model = MakeTestModel();
  AnswerBatch batch;
  batch.Start(*model);
  for (double given : {kNaN, 0.9}) {
    auto values = batch.AddRow(Explain::kNone);
    std::copy_n(std::vector<double>{120, 39, 80, 50, given}.begin(), 5, values.begin());
  }
  batch.Compute();
  EXPECT_EQ(batch.vector(0)[4], 1.5);
  EXPECT_EQ(batch.vector(1)[4], 0.9);
  EXPECT_TRUE(std::isnan(batch.vector(0)[5])) << "a form has no history";
}

TEST(Answer, WritesNumbersAsJsonDoes) {
  std::mt19937_64 chance(3);
  for (int round = 0; round < 100000; ++round) {
    double value =
        round % 2 == 0 ? static_cast<double>(chance()) / 1e5 : std::bit_cast<double>(chance());
    if (round % 7 == 0) value = std::round(value);
    std::string text;
    AppendNumber(value, &text);
    ASSERT_EQ(text, Json(value).ToString());
  }
  for (double value : {0.0, -0.0, 9007199254740991.0, 9007199254740992.0, -1e22, 1e-320, kNaN}) {
    std::string text;
    AppendNumber(value, &text);
    EXPECT_EQ(text, Json(value).ToString());
  }
}

// The bands of served_model.h at a threshold of 0.2: 0.1, 0.2 and 0.5.
TEST(Band, HasItsEdges) {
  for (auto [risk, band] : {std::pair(0.0, "low"),
                            {0.0999, "low"},
                            {0.1, "moderate"},
                            {0.1999, "moderate"},
                            {0.2, "high"},
                            {0.4999, "high"},
                            {0.5, "critical"},
                            {1.0, "critical"}}) {
    EXPECT_STREQ(NameOf(BandAt(risk, 0.2)), band) << risk;
  }
}

}  // namespace
}  // namespace codman::serving
