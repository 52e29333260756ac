// Three encounters of hourly rows, counted by hand. Horizon 6 h, silence 2 h, threshold 0.5.
//   A: labels 0 0 0 1 1 1, alerts at hours 1 3 4; the event lies at 3 + 6 = 9.
//   B: labels 0 0 0 0, alerts at hours 0 1 2.
//   C: labels 1 1, alert at hour 1; its event cannot be dated.
// Patient time 6 + 4 + 2 hours = half a day.
#include "evaluation/alert_burden.h"

#include <gtest/gtest.h>

#include <cmath>

namespace codman::evaluation {
namespace {

constexpr int64_t kHour = 3'600'000'000;

Result<AlertCounter> HandCase() {
  // Rows of A and B are interleaved: only the order within an encounter matters.
  std::vector<int32_t> encounter = {0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 2, 2};
  std::vector<int64_t> hour = {0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 100, 101};
  std::vector<double> risk = {.1, .6, .9, .6, .1, .6, .9, .1, .9, .2, .1, .8};
  std::vector<double> label = {0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1};
  for (int64_t& h : hour) h *= kHour;
  return AlertCounter::Create(RowGroups(encounter), hour, risk, label, 6, 2);
}

TEST(AlertCounter, KnowsPatientTimeAndEvents) {
  auto counter = HandCase();
  ASSERT_TRUE(counter.ok());
  EXPECT_EQ(counter->num_encounters(), 3);
  EXPECT_EQ(counter->num_event_encounters(), 2);
  EXPECT_NEAR(counter->patient_days(), 0.5, 1e-12);
}

struct Expected {
  AlertPolicy policy;
  int64_t alerts, right;
  double per_100_days, sensitivity, lead;
  int64_t in_event_encounters, alerted_event_encounters;
};

TEST(AlertCounter, CountsEachPolicyAsByHand) {
  const Expected kCases[] = {{AlertPolicy::kEvery, 7, 3, 1400, 1, 6, 4, 2},
                             {AlertPolicy::kFirstPerEncounter, 3, 1, 600, 0.5, NAN, 2, 2},
                             {AlertPolicy::kSilenced, 5, 2, 1000, 1, 6, 3, 2}};
  auto counter = HandCase();
  ASSERT_TRUE(counter.ok());
  for (const Expected& expected : kCases) {
    AlertBurden burden = counter->Count(expected.policy, 0.5);
    EXPECT_EQ(burden.alerts, expected.alerts);
    EXPECT_EQ(burden.right_alerts, expected.right);
    EXPECT_NEAR(burden.per_100_patient_days, expected.per_100_days, 1e-9);
    EXPECT_NEAR(burden.per_100_encounters, expected.alerts * 100 / 3.0, 1e-9);
    EXPECT_NEAR(burden.ppv, static_cast<double>(expected.right) / expected.alerts, 1e-12);
    EXPECT_NEAR(burden.sensitivity, expected.sensitivity, 1e-12);
    EXPECT_NEAR(burden.ppv_any_time,
                static_cast<double>(expected.in_event_encounters) / expected.alerts, 1e-12);
    EXPECT_NEAR(burden.sensitivity_any_time, expected.alerted_event_encounters / 2.0, 1e-12);
    EXPECT_EQ(std::isnan(burden.median_lead_hours), std::isnan(expected.lead));
    if (!std::isnan(expected.lead)) {
      EXPECT_EQ(burden.median_lead_hours, expected.lead);
    }
  }
}

TEST(AlertCounter, GivesNegativeLeadAfterTheEvent) {
  std::vector<int32_t> encounter(9, 0);
  std::vector<int64_t> time;
  std::vector<double> risk(9, 0.0), label(9, 1.0);
  for (int h = 0; h < 9; ++h) time.push_back(h * kHour);
  label[0] = 0;  // the event lies at 1 + 6 = 7
  risk[8] = 1;
  auto counter = AlertCounter::Create(RowGroups(encounter), time, risk, label, 6, 6);
  ASSERT_TRUE(counter.ok());
  EXPECT_EQ(counter->Count(AlertPolicy::kEvery, 0.5).median_lead_hours, -1);
}

TEST(AlertCounter, GivesNoPatientDaysWhereEveryEncounterHasOneRow) {
  std::vector<int32_t> encounter = {0, 1};
  std::vector<int64_t> time = {0, kHour};
  std::vector<double> risk = {0.9, 0.1}, label = {1, 0};
  auto counter = AlertCounter::Create(RowGroups(encounter), time, risk, label, 6, 6);
  ASSERT_TRUE(counter.ok());
  AlertBurden burden = counter->Count(AlertPolicy::kEvery, 0.5);
  EXPECT_TRUE(std::isnan(burden.per_100_patient_days));
  EXPECT_EQ(burden.per_100_encounters, 50);
}

TEST(AlertCounter, RefusesTimeThatGoesBack) {
  std::vector<int32_t> encounter = {0, 0};
  std::vector<int64_t> time = {kHour, 0};
  std::vector<double> risk = {0.9, 0.1}, label = {1, 0};
  auto counter = AlertCounter::Create(RowGroups(encounter), time, risk, label, 6, 6);
  ASSERT_FALSE(counter.ok());
  EXPECT_NE(counter.error().message().find("time_us goes back"), std::string::npos);
}

TEST(AlertCounter, OffersFallingDistinctThresholds) {
  auto counter = HandCase();
  ASSERT_TRUE(counter.ok());
  auto thresholds = counter->CurveThresholds(40);
  ASSERT_FALSE(thresholds.empty());
  EXPECT_EQ(thresholds.front(), 0.9);
  for (size_t i = 1; i < thresholds.size(); ++i) EXPECT_LT(thresholds[i], thresholds[i - 1]);
}

}  // namespace
}  // namespace codman::evaluation
