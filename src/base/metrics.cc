#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

namespace codman::base {
namespace {

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
  static Gauge memory = GetGauge("process_resident_memory_bytes", "Resident memory");
  static Gauge cpu = GetGauge("process_cpu_seconds_total", "User and system CPU time");
  static Gauge files = GetGauge("process_open_fds", "Open file descriptors");
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

Counter GetCounter(const std::string& name, const std::string& help, const Labels& labels) {
  return Counter(
      &prometheus::BuildCounter().Name(name).Help(help).Register(Registry()).Add(labels));
}

Gauge GetGauge(const std::string& name, const std::string& help, const Labels& labels) {
  return Gauge(&prometheus::BuildGauge().Name(name).Help(help).Register(Registry()).Add(labels));
}

Histogram GetHistogram(const std::string& name, const std::string& help, const Labels& labels,
                       const std::vector<double>& bounds) {
  return Histogram(
      &prometheus::BuildHistogram().Name(name).Help(help).Register(Registry()).Add(labels, bounds));
}

std::string MetricsText() {
  UpdateProcessGauges();
  return prometheus::TextSerializer().Serialize(Registry().Collect());
}

}  // namespace codman::base
