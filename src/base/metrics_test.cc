#include "base/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

// Expected text: Prometheus' exposition format 0.0.4.
namespace codman::base {
namespace {

using testing::HasSubstr;

TEST(Metrics, WritesThePrometheusTextFormat) {
  auto counter = GetCounter("codman_predictions_total", {{"task", "a\"b\\c\nd"}});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 250; ++i) counter.Increment();
    });
  }
  for (auto& thread : threads) thread.join();
  auto histogram = GetHistogram("codman_prediction_duration_seconds", {}, {0.1, 1});
  for (double value : {0.05, 0.5, 0.7, 5.0}) histogram.Observe(value);

  std::string text = MetricsText();
  EXPECT_THAT(text, HasSubstr("# HELP codman_predictions_total Predictions answered\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE codman_predictions_total counter\n"));
  EXPECT_THAT(text, HasSubstr("codman_predictions_total{task=\"a\\\"b\\\\c\\nd\"} 1000\n"));
  EXPECT_THAT(text, HasSubstr("codman_prediction_duration_seconds_bucket{le=\"0.1\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("codman_prediction_duration_seconds_bucket{le=\"1\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("codman_prediction_duration_seconds_bucket{le=\"+Inf\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("codman_prediction_duration_seconds_count 4\n"));
  EXPECT_THAT(text, HasSubstr("codman_prediction_duration_seconds_sum 6.25\n"));
  for (const char* name : {"\nprocess_resident_memory_bytes ", "\nprocess_cpu_seconds_total ",
                           "\nprocess_open_fds "}) {
    EXPECT_THAT(text, HasSubstr(name));
  }
}

TEST(Metrics, TheSameNameAndLabelsAreOneMetric) {
  GetCounter("codman_http_requests_total", {{"a", "1"}}).Increment(2);
  GetCounter("codman_http_requests_total", {{"a", "1"}}).Increment(3);
  EXPECT_THAT(MetricsText(), HasSubstr("codman_http_requests_total{a=\"1\"} 5\n"));
}

TEST(Metrics, EveryMetricHasARow) {
  for (const auto& row : MetricList()) EXPECT_GT(std::string(row.help).size(), 5u) << row.name;
}

}  // namespace
}  // namespace codman::base
