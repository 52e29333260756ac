#include "evaluation/utility.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/text.h"

namespace codman::evaluation {
namespace {

TEST(UtilityScorer, ReproducesTheOfficialWorkedExample) {
  // evaluate_sepsis_score.py of the challenge: labels 0 0 0 0 1 1, predictions 0 0 1 1 1 1
  // observe 3.388889.
  std::vector<int32_t> subject(6, 0);
  std::vector<double> labels = {0, 0, 0, 0, 1, 1};
  std::vector<uint8_t> alerts = {0, 0, 1, 1, 1, 1};
  auto scorer = UtilityScorer::Create(subject, labels);
  ASSERT_TRUE(scorer.ok());
  EXPECT_NEAR(scorer->Observed(alerts), 3.388888888888889, 1e-12);
}

TEST(UtilityScorer, SumsSeveralPatientsWithScatteredRows) {
  // Patient 5 as above. Patient 2 never septic, alerted twice: −0.1. Best of both: 0 + 1/3 + 2/3 …
  // by hand: t_s = 10, hours −10 … −5 give 1/3, 1/2, 2/3, 5/6, 1, 8/9. Silence costs −2/9 in the
  // last hour.
  std::vector<int32_t> subject = {5, 2, 5, 2, 5, 2, 5, 5, 5};
  std::vector<double> labels = {0, 0, 0, 0, 0, 0, 0, 1, 1};
  std::vector<uint8_t> alerts = {0, 1, 0, 0, 1, 1, 1, 1, 1};
  auto scorer = UtilityScorer::Create(subject, labels);
  ASSERT_TRUE(scorer.ok());
  double best = 1 / 3.0 + 1 / 2.0 + 2 / 3.0 + 5 / 6.0 + 1 + 8 / 9.0;
  EXPECT_NEAR(scorer->Observed(alerts), 3.388888888888889 - 0.1, 1e-12);
  EXPECT_NEAR(scorer->best(), best, 1e-12);
  EXPECT_NEAR(scorer->inaction(), -2 / 9.0, 1e-12);
  EXPECT_NEAR(scorer->Normalised(alerts), (3.388888888888889 - 0.1 + 2 / 9.0) / (best + 2 / 9.0),
              1e-12);
}

TEST(UtilityScorer, CountsNothingLaterThanThreeHoursAfterOnset) {
  std::vector<int32_t> subject(20, 0);
  std::vector<double> labels(20, 1.0);  // onset at row 6, so rows from 10 on count nothing
  auto scorer = UtilityScorer::Create(subject, labels);
  ASSERT_TRUE(scorer.ok());
  EXPECT_EQ(scorer->AlertValue(9), 0);
  EXPECT_EQ(scorer->SilenceValue(9), -2);
  EXPECT_EQ(scorer->AlertValue(10), 0);
  EXPECT_EQ(scorer->SilenceValue(10), 0);
}

TEST(UtilityScorer, IsUndefinedWithoutASepticPatientAndRefusesBadInput) {
  std::vector<int32_t> subject = {0, 0};
  std::vector<double> labels = {0, 0}, wrong = {0, 2};
  std::vector<uint8_t> alerts = {0, 0};
  auto scorer = UtilityScorer::Create(subject, labels);
  ASSERT_TRUE(scorer.ok());
  EXPECT_TRUE(std::isnan(scorer->Normalised(alerts)));
  EXPECT_FALSE(UtilityScorer::Create(subject, wrong).ok());
  EXPECT_FALSE(UtilityScorer::Create(subject, std::span(labels).first(1)).ok());
}

// The best threshold by trying every score, highest first.
double ExhaustiveThreshold(const UtilityScorer& scorer, const std::vector<double>& scores) {
  std::vector<double> tried = scores;
  std::sort(tried.begin(), tried.end(), std::greater<>());
  double best = -1e300, threshold = 0;
  for (double candidate : tried) {
    std::vector<uint8_t> alerts;
    for (double score : scores) alerts.push_back(score >= candidate ? 1 : 0);
    if (scorer.Observed(alerts) <= best + 1e-9) continue;
    best = scorer.Observed(alerts);
    threshold = candidate;
  }
  return threshold;
}

TEST(ThresholdOfBestUtility, EqualsExhaustiveSearch) {
  std::vector<int32_t> subject;
  std::vector<double> labels, scores;
  for (int s = 0; s < 30; ++s) {
    for (int t = 0; t < 30; ++t) {
      bool label = s % 3 == 0 && t >= 15 + s % 7;
      subject.push_back(s);
      labels.push_back(label ? 1 : 0);
      scores.push_back(((s * 31 + t * 17) % 40 + (label ? 18 : 0)) / 60.0);
    }
  }
  auto scorer = UtilityScorer::Create(subject, labels);
  ASSERT_TRUE(scorer.ok());
  EXPECT_EQ(ThresholdOfBestUtility(*scorer, scores), ExhaustiveThreshold(*scorer, scores));
}

// By trying every threshold: none that is higher keeps as much.
TEST(ThresholdKeepingUtility, IsTheHighestThatKeepsTheShare) {
  std::vector<int32_t> subject;
  std::vector<double> labels, scores;
  for (int row = 0; row < 900; ++row) {
    bool label = row / 30 % 3 == 0 && row % 30 >= 17;
    subject.push_back(row / 30);
    labels.push_back(label ? 1 : 0);
    scores.push_back((row * 17 % 40 + (label ? 18 : 0)) / 60.0);
  }
  auto scorer = UtilityScorer::Create(subject, labels).value();
  auto utility_at = [&](double threshold) {
    std::vector<uint8_t> alerts;
    for (double score : scores) alerts.push_back(score >= threshold ? 1 : 0);
    return scorer.Normalised(alerts);
  };
  double best = utility_at(ThresholdOfBestUtility(scorer, scores));
  ASSERT_GT(best, 0);
  for (double share : {0.2, 0.5, 0.8, 0.95}) {
    double threshold = ThresholdKeepingUtility(scorer, scores, share);
    EXPECT_GE(utility_at(threshold), share * best - 1e-12);
    for (double higher : scores) {
      if (higher > threshold) {
        EXPECT_LT(utility_at(higher), share * best);
      }
    }
  }
  EXPECT_GT(ThresholdKeepingUtility(scorer, scores, 0),
            *std::max_element(scores.begin(), scores.end()))
      << "silence keeps nothing";
}

TEST(ThresholdOfBestUtility, IsSilenceWhereNoAlertPays) {
  std::vector<int32_t> subject = {0, 0};
  std::vector<double> labels = {0, 0}, scores = {0.4, 0.7};
  auto scorer = UtilityScorer::Create(subject, labels);
  ASSERT_TRUE(scorer.ok());
  EXPECT_GT(ThresholdOfBestUtility(*scorer, scores), 0.7);
}

// Subject, label and ICULOS of every row of the public development part; empty where the archive is
// not there.
struct DevelopmentPart {
  std::vector<int32_t> subject;
  std::vector<double> labels, hours;
};

DevelopmentPart ReadDevelopmentPart() {
  DevelopmentPart part;
  const char* data = std::getenv("CODMAN_DATA");
  std::string path = std::string(data != nullptr ? data : "../shared/data") +
                     "/physionet2019-sepsis/setA_dev.tar.gz";
  if (!std::filesystem::exists(path)) return part;
  FILE* pipe = popen(("tar -xzOf '" + path + "'").c_str(), "r");
  if (pipe == nullptr) return part;
  char line[4096];
  int32_t subject = -1;
  while (std::fgets(line, sizeof line, pipe) != nullptr) {
    auto fields = base::Split(base::Trim(line), '|');
    if (fields[0] == "HR") {  // each file begins with the header
      ++subject;
    } else {
      part.subject.push_back(subject);
      part.labels.push_back(*base::ParseDouble(fields[40]));
      part.hours.push_back(*base::ParseDouble(fields[39]));
    }
  }
  pclose(pipe);
  return part;
}

TEST(UtilityScorer, GivesThePublishedCheckValuesOnTheDevelopmentPart) {
  DevelopmentPart part = ReadDevelopmentPart();
  if (part.labels.empty()) GTEST_SKIP() << "setA_dev.tar.gz is not below CODMAN_DATA";
  ASSERT_EQ(part.labels.size(), 631393u);
  auto scorer = UtilityScorer::Create(part.subject, part.labels);
  ASSERT_TRUE(scorer.ok());
  // The official scorer's values, README.md of the data set.
  EXPECT_NEAR(scorer->best(), 10015.7778, 1e-4);
  EXPECT_NEAR(scorer->inaction(), -12897.7778, 1e-4);
  std::vector<uint8_t> always(part.labels.size(), 1), late;
  for (double hour : part.hours) late.push_back(hour >= 48 ? 1 : 0);
  EXPECT_NEAR(scorer->Normalised(always), -0.333124, 1e-6);
  EXPECT_NEAR(scorer->Normalised(late), 0.299872, 1e-6);
}

}  // namespace
}  // namespace codman::evaluation
