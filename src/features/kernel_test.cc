// Each aggregate by hand, window edges, ties, versions of one record.
#include "features/kernel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/text.h"
#include "base/yaml.h"
#include "features/feature_set.h"

namespace codman::features {
namespace {

constexpr int64_t kMinute = 60 * 1000000;
constexpr double kNull = std::numeric_limits<double>::quiet_NaN();

events::Concepts TestConcepts() {
  auto document = base::ParseYaml(R"(concepts:
  - {name: hr, label: h, codes: [], unit: "/min", range: [-1000, 1000], worst: high}
  - {name: spo2, label: s, codes: [], unit: "%", range: [0, 100], worst: low}
)",
                                  "concepts.yaml");
  return events::Concepts::FromDocuments({{"concepts.yaml", *document}}).value();
}

class KernelTest : public testing::Test {
 protected:
  // `columns` of hr and spo2, in this order, after the two contract features.
  void Use(const std::string& columns) {
    auto document = base::ParseYaml(
        "name: s\ndefaults: {window: 6h}\nfeatures:\n  - {id: hr, concept: hr}\n  - {id: spo2, "
        "concept: spo2}\n"
        "blocks:\n  - {name: b, expand: [{features: [hr, spo2], columns: [" +
            columns + "]}]}\n",
        "s.yaml");
    auto set = FeatureSet::FromDocument("s.yaml", *document, TestConcepts());
    ASSERT_TRUE(set.ok()) << set.error().ToString();
    plan_ = set->Compile({"b"}).value();
    state_.emplace(plan_);
  }

  // hr at a time in minutes; a key of its own unless given.
  void Add(int64_t minute, double value, uint64_t key = 0, bool is_void = false) {
    AddOf(0, minute, value, key, is_void);
  }
  void AddOf(int concept_index, int64_t minute, double value, uint64_t key = 0,
             bool is_void = false) {
    state_->Add({.event_time_us = minute * kMinute,
                 .known_time_us = ++known_,
                 .key = key == 0 ? next_key_++ : key,
                 .concept_index = concept_index,
                 .is_void = is_void,
                 .value = value});
  }

  double At(int64_t minute, const std::string& column) {
    std::vector<double> out(plan_->columns().size());
    state_->Compute(minute * kMinute, out);
    for (size_t i = 0; i < out.size(); ++i) {
      if (plan_->columns()[i].name == column) return out[i];
    }
    ADD_FAILURE() << "no column " << column;
    return 0;
  }

  std::shared_ptr<const Plan> plan_;
  std::optional<SubjectState> state_;
  uint64_t next_key_ = 1000;
  int64_t known_ = 0;
};

// Nothing arrives after the second record: each hour shows what entered and left meanwhile.
TEST_F(KernelTest, HoursWithoutNewsStillMoveTheWindows) {
  Use("last_6h, count_6h, mean_6h, change_6h, hours_since_6h");
  Add(0, 80);
  Add(480, 100);  // known now, told of the eighth hour
  EXPECT_EQ(At(60, "hr_last_6h"), 80);
  EXPECT_EQ(At(120, "hr_hours_since_6h"), 2);
  EXPECT_EQ(At(359, "hr_count_6h"), 1);
  EXPECT_EQ(At(360, "hr_count_6h"), 0);
  EXPECT_TRUE(std::isnan(At(361, "hr_hours_since_6h")));
  EXPECT_EQ(At(480, "hr_mean_6h"), 100);
  EXPECT_EQ(At(540, "hr_change_6h"), 20);
  EXPECT_TRUE(std::isnan(At(720, "hr_change_6h")));
  EXPECT_EQ(At(780, "hr_last_6h"), 100);
  EXPECT_EQ(At(840, "hr_count_6h"), 0);
}

TEST_F(KernelTest, EachAggregateByHand) {
  Use("is_missing_6h, last_6h, first_6h, mean_6h, min_6h, max_6h, sd_6h, slope_6h, count_6h, "
      "sum_6h, "
      "delta_6h, change_6h, hours_since_6h, worst_6h, any_6h, count, hours_since");
  Add(-30, 80);   // in the window before
  Add(60, 100);   // 1 h
  Add(120, 104);  // 2 h
  Add(240, 96);   // 4 h
  AddOf(1, 240, 0);
  AddOf(1, 250, 0);
  // t = 5.5 h, window (−0.5 h, 5.5 h]: 100, 104, 96.
  const std::pair<const char*, double> kExpected[] = {
      {"is_missing_6h", 0},
      {"last_6h", 96},
      {"first_6h", 100},
      {"mean_6h", 100},
      {"min_6h", 96},
      {"max_6h", 104},
      {"sd_6h", 4},  // sqrt((0 + 16 + 16) / 2)
      // x = 1, 2, 4 h, mean 7/3; Σ(x − 7/3)(v − 100) = −1/3·4 + 5/3·(−4) = −8; Σ(x − 7/3)² = 42/9.
      {"slope_6h", -12.0 / 7},
      {"count_6h", 3},
      {"sum_6h", 300},
      {"delta_6h", -8},
      {"change_6h", 16},
      {"hours_since_6h", 1.5},
      {"worst_6h", 104},
      {"any_6h", 1},
      {"count", 4},
      {"hours_since", 1.5}};
  for (auto [column, expected] : kExpected) {
    EXPECT_EQ(At(330, std::string("hr_") + column), expected) << column;
  }
  EXPECT_EQ(At(330, "spo2_any_6h"), 0) << "present, but nothing other than 0";
  EXPECT_EQ(At(330, "spo2_sd_6h"), 0);
  EXPECT_EQ(At(330, "spo2_slope_6h"), 0);
}

TEST_F(KernelTest, EmptyAndSingle) {
  Use("is_missing_6h, last_6h, first_6h, mean_6h, min_6h, max_6h, sd_6h, slope_6h, count_6h, "
      "sum_6h, "
      "delta_6h, change_6h, hours_since_6h, worst_6h, any_6h");
  for (bool emptied : {false, true}) {
    if (emptied) Add(10, 5, 7), Add(10, 5, 7, true);
    EXPECT_EQ(At(20, "hr_is_missing_6h"), 1);
    EXPECT_EQ(At(20, "hr_count_6h"), 0);
    EXPECT_EQ(At(20, "hr_any_6h"), 0);
    for (const char* column : {"last", "first", "mean", "min", "max", "sd", "slope", "sum", "delta",
                               "change", "hours_since", "worst"}) {
      EXPECT_TRUE(std::isnan(At(20, format("hr_{}_6h", column)))) << column;
    }
  }
  Add(30, 50);
  for (const char* column : {"sd", "slope", "delta", "change"}) {
    EXPECT_TRUE(std::isnan(At(40, format("hr_{}_6h", column)))) << column;
  }
  Add(30, 60);
  EXPECT_TRUE(std::isnan(At(40, "hr_slope_6h"))) << "one distinct time";
  EXPECT_EQ(At(40, "hr_sd_6h"), std::sqrt(50.0));
  AddOf(1, 35, 90);
  AddOf(1, 36, 85);
  EXPECT_EQ(At(40, "spo2_worst_6h"), 85);
}

TEST_F(KernelTest, AWindowExcludesItsBeginningAndIncludesT) {
  Use("count_6h, change_6h, min_6h");
  Add(0, 10);
  Add(360, 20);
  EXPECT_EQ(At(359, "hr_count_6h"), 1) << "what lies after t does not count";
  EXPECT_EQ(At(360, "hr_count_6h"), 1) << "0 = t − 6h is out, t is in";
  EXPECT_EQ(At(360, "hr_change_6h"), 10) << "t − 6h belongs to the window before";
  EXPECT_EQ(At(719, "hr_change_6h"), 10) << "(t − 12h, t − 6h] holds 0 until t = 12h";
  EXPECT_EQ(At(719, "hr_min_6h"), 20);
  EXPECT_TRUE(std::isnan(At(720, "hr_change_6h"))) << "20 is now before, nothing is after";
}

TEST_F(KernelTest, OfEqualTimesTheOneReceivedLaterIsLast) {
  Use("first_6h, last_6h, delta_6h");
  Add(10, 1);
  Add(10, 2);
  Add(5, 9);
  Add(10, 3);
  EXPECT_EQ(At(20, "hr_last_6h"), 3);
  EXPECT_EQ(At(20, "hr_first_6h"), 9);
  EXPECT_EQ(At(20, "hr_delta_6h"), 1);
}

TEST_F(KernelTest, OnlyTheNewestVersionOfARecordCounts) {
  Use("count_6h, sum_6h, last_6h");
  Add(10, 1, 1);
  Add(20, 2, 2);
  EXPECT_EQ(At(30, "hr_sum_6h"), 3);
  Add(25, 5, 1);  // corrected, and moved behind the other
  EXPECT_EQ(At(30, "hr_sum_6h"), 7);
  EXPECT_EQ(At(30, "hr_last_6h"), 5);
  Add(0, 0, 1, true);  // retracted
  EXPECT_EQ(At(30, "hr_last_6h"), 2);
  EXPECT_EQ(At(30, "hr_count_6h"), 1);
  Add(28, 4, 1);  // sent again
  EXPECT_EQ(At(30, "hr_last_6h"), 4);
  Add(29, kNull, 2);
  EXPECT_EQ(At(30, "hr_count_6h"), 1) << "what is not a number has no value";
}

TEST_F(KernelTest, TheSameKeyOfAnotherConceptIsAnotherRecord) {
  Use("count_6h");
  Add(10, 1, 1);
  AddOf(1, 10, 2, 1);
  AddOf(99, 10, 2, 1);
  AddOf(-1, 10, 2, 1);
  EXPECT_EQ(At(20, "hr_count_6h"), 1);
  EXPECT_EQ(At(20, "spo2_count_6h"), 1);
}

TEST_F(KernelTest, CorrectingAForgottenRecordIsExact) {
  Use("sum_6h");
  for (int64_t i = 0; i < 200; ++i) Add(i * 30, 1, static_cast<uint64_t>(i + 1));
  EXPECT_EQ(At(6000, "hr_sum_6h"), 11) << "5670, 5700, … 5970";
  Add(0, 100, 1);     // old and stays old
  Add(5990, 100, 2);  // old and moved into the window
  EXPECT_EQ(At(6000, "hr_sum_6h"), 111);
  Add(30, 7, 2);  // and back
  EXPECT_EQ(At(6000, "hr_sum_6h"), 11);
}

TEST_F(KernelTest, ResetForgetsEverything) {
  Use("count, is_missing_6h");
  Add(10, 1, 1);
  EXPECT_EQ(At(20, "hr_count"), 1);
  state_->Reset();
  EXPECT_EQ(At(0, "hr_count"), 0) << "time may start again";
  EXPECT_EQ(At(0, "hr_is_missing_6h"), 1);
  EXPECT_TRUE(std::isnan(At(0, "hr")));
  Add(10, 2, 1);
  EXPECT_EQ(At(20, "hr"), 2);
}

TEST_F(KernelTest, MemoryStaysBoundedWhereNoWindowNeedsThePast) {
  Use("min_6h, slope_6h");
  for (int64_t i = 0; i < 20000; ++i) {
    Add(i, static_cast<double>(i % 100));
    if (i % 60 == 0) At(i, "hr");
  }
  EXPECT_LT(state_->num_bytes(), 600000);
}

TEST_F(KernelTest, TimesAtTheEndsOfTheRangeAreSafe) {
  Use("sum_6h, change_6h, hours_since, count");
  state_->Add({.event_time_us = INT64_MIN, .key = 1, .concept_index = 0, .value = 1});
  state_->Add({.event_time_us = INT64_MAX, .key = 2, .concept_index = 0, .value = 1});
  state_->Add({.event_time_us = -(int64_t{1} << 62) + 1, .key = 3, .concept_index = 0, .value = 1});
  std::vector<double> out(plan_->columns().size());
  state_->Compute(INT64_MIN, out);
  EXPECT_TRUE(std::isnan(out[0]));
  state_->Compute(INT64_MAX, out);
  EXPECT_EQ(out[5], 1) << "count: times beyond ±2^62 µs are no times";
}

}  // namespace
}  // namespace codman::features
