#include "base/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

// Expected text: Prometheus' exposition format 0.0.4.
namespace codman::base {
namespace {

using testing::HasSubstr;

TEST(Metrics, WritesThePrometheusTextFormat) {
  auto counter = GetCounter("codman_test_total", "things counted", {{"kind", "a\"b\\c\nd"}});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 250; ++i) counter.Increment();
    });
  }
  for (auto& thread : threads) thread.join();
  GetGauge("codman_test_level", "a level").Set(2.5);
  auto histogram = GetHistogram("codman_test_seconds", "a time", {}, {0.1, 1});
  for (double value : {0.05, 0.5, 0.7, 5.0}) histogram.Observe(value);

  std::string text = MetricsText();
  EXPECT_THAT(text, HasSubstr("# HELP codman_test_total things counted\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE codman_test_total counter\n"));
  EXPECT_THAT(text, HasSubstr("codman_test_total{kind=\"a\\\"b\\\\c\\nd\"} 1000\n"));
  EXPECT_THAT(text, HasSubstr("codman_test_level 2.5\n"));
  EXPECT_THAT(text, HasSubstr("codman_test_seconds_bucket{le=\"0.1\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("codman_test_seconds_bucket{le=\"1\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("codman_test_seconds_bucket{le=\"+Inf\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("codman_test_seconds_count 4\n"));
  EXPECT_THAT(text, HasSubstr("codman_test_seconds_sum 6.25\n"));
  for (const char* name : {"\nprocess_resident_memory_bytes ", "\nprocess_cpu_seconds_total ",
                           "\nprocess_open_fds "}) {
    EXPECT_THAT(text, HasSubstr(name));
  }
}

TEST(Metrics, TheSameNameAndLabelsAreOneMetric) {
  GetCounter("codman_test_same_total", "h", {{"a", "1"}}).Increment(2);
  GetCounter("codman_test_same_total", "h", {{"a", "1"}}).Increment(3);
  EXPECT_THAT(MetricsText(), HasSubstr("codman_test_same_total{a=\"1\"} 5\n"));
}

}  // namespace
}  // namespace codman::base
