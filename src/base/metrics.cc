#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/file.h"
#include "base/text.h"

namespace codman::base {
namespace {

constexpr std::array kMetrics = std::to_array<MetricRow>({
    {"codman_http_requests_total", "counter", "", "HTTP requests received"},
    {"codman_prediction_duration_seconds", "histogram", "", "From request to journalled answer"},
    {"codman_predictions_total", "counter", "task, version, band", "Predictions answered"},
    {"process_cpu_seconds_total", "gauge", "", "User and system CPU time"},
    {"process_open_fds", "gauge", "", "Open file descriptors"},
    {"process_resident_memory_bytes", "gauge", "", "Resident memory"},
});

const char* HelpOf(const std::string& name) {
  auto found = std::find_if(kMetrics.begin(), kMetrics.end(),
                            [&](const MetricRow& row) { return name == row.name; });
  CHECK(found != kMetrics.end());
  return found->help;
}

prometheus::Registry& Registry() {
  static prometheus::Registry registry;
  return registry;
}

int64_t ResidentBytes() {
  auto statm = ReadFile("/proc/self/statm");
  if (!statm.ok()) return 0;
  auto fields = Split(*statm, ' ');
  return fields.size() < 2 ? 0 : ParseInt(fields[1]).value_or(0) * sysconf(_SC_PAGESIZE);
}

void UpdateProcessGauges() {
  static Gauge memory = GetGauge("process_resident_memory_bytes");
  static Gauge cpu = GetGauge("process_cpu_seconds_total");
  static Gauge files = GetGauge("process_open_fds");
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& time) {
    return double(time.tv_sec) + double(time.tv_usec) * 1e-6;
  };
  memory.Set(double(ResidentBytes()));
  cpu.Set(seconds(usage.ru_utime) + seconds(usage.ru_stime));
  auto open = ListFolder("/proc/self/fd");
  if (open.ok()) files.Set(double(open->size()));
}

}  // namespace

void Counter::Increment(double by) { static_cast<prometheus::Counter*>(hidden_)->Increment(by); }
void Gauge::Set(double value) { static_cast<prometheus::Gauge*>(hidden_)->Set(value); }
void Histogram::Observe(double value) {
  static_cast<prometheus::Histogram*>(hidden_)->Observe(value);
}

std::span<const MetricRow> MetricList() { return kMetrics; }

Counter GetCounter(const std::string& name, const Labels& labels) {
  auto builder = prometheus::BuildCounter().Name(name).Help(HelpOf(name));
  return Counter(&builder.Register(Registry()).Add(labels));
}

Gauge GetGauge(const std::string& name, const Labels& labels) {
  auto builder = prometheus::BuildGauge().Name(name).Help(HelpOf(name));
  return Gauge(&builder.Register(Registry()).Add(labels));
}

Histogram GetHistogram(const std::string& name, const Labels& labels,
                       const std::vector<double>& bounds) {
  auto builder = prometheus::BuildHistogram().Name(name).Help(HelpOf(name));
  return Histogram(&builder.Register(Registry()).Add(labels, bounds));
}

std::string MetricsText() {
  UpdateProcessGauges();
  return prometheus::TextSerializer().Serialize(Registry().Collect());
}

}  // namespace codman::base
