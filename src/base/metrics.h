// Counters, gauges and histograms in Prometheus' text format. Names and labels never hold a
// patient.
//
// A metric is registered at first use and lives as long as the program; keep the reference.
// Thread-safe, no lock on Increment/Set/Observe beyond an atomic. MetricList() is the list of all
// metrics; one that is not in it cannot be made.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

namespace codman::base {

struct MetricRow {
  const char* name;
  const char* kind;    // "counter", "gauge", "histogram"
  const char* labels;  // "task, version, band"; "" = none
  const char* help;
};
std::span<const MetricRow> MetricList();

using Labels = std::map<std::string, std::string>;

class Counter {
 public:
  explicit Counter(void* hidden) : hidden_(hidden) {}
  void Increment(double by = 1);

 private:
  void* hidden_;
};

class Gauge {
 public:
  explicit Gauge(void* hidden) : hidden_(hidden) {}
  void Set(double value);

 private:
  void* hidden_;
};

class Histogram {
 public:
  explicit Histogram(void* hidden) : hidden_(hidden) {}
  void Observe(double value);

 private:
  void* hidden_;
};

// `name` is one of MetricList().
Counter GetCounter(const std::string& name, const Labels& labels = {});
Gauge GetGauge(const std::string& name, const Labels& labels = {});
Histogram GetHistogram(const std::string& name, const Labels& labels,
                       const std::vector<double>& bounds);

// Everything registered so far, text format 0.0.4, with process CPU, memory and open files.
std::string MetricsText();

}  // namespace codman::base
