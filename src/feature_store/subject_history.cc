#include <algorithm>
#include <limits>
#include <map>

#include "base/clock.h"
#include "feature_store/subject_history_internal.h"

namespace codman::feature_store {
namespace {

struct Stay {
  int64_t start_us, end_us;
};

// By time.
std::vector<Stay> StaysOf(const SubjectHistory& history) {
  std::map<uint64_t, int64_t> starts;
  for (const auto& told : history.starts) starts.emplace(told.stay, told.time_us);
  std::vector<Stay> stays;
  stays.reserve(starts.size());
  const int64_t last_us =
      history.observations.empty() ? 0 : history.observations.back().known_time_us;
  for (const auto& [name, start_us] : starts) stays.push_back({start_us, last_us});
  std::sort(stays.begin(), stays.end(),
            [](const Stay& a, const Stay& b) { return a.start_us < b.start_us; });
  for (size_t i = 0; i < stays.size(); ++i) {
    const int64_t next_us =
        i + 1 < stays.size() ? stays[i + 1].start_us : std::numeric_limits<int64_t>::max();
    stays[i].end_us = std::min(last_us, next_us);
    for (const auto& told : history.ends) {
      if (told.time_us >= stays[i].start_us && told.time_us < next_us)
        stays[i].end_us = told.time_us;
    }
  }
  return stays;
}

}  // namespace

std::vector<SubjectHistory::Told> PredictionTimesOf(const SubjectHistory& history,
                                                    const RowRule& rule) {
  if (rule.cohort || rule.times == PredictionTimes::kSourceRows) {
    auto times = rule.cohort ? history.cohort_rows : history.markers;
    std::stable_sort(times.begin(), times.end(),
                     [](const auto& a, const auto& b) { return a.time_us < b.time_us; });
    return times;
  }
  std::vector<SubjectHistory::Told> times;
  for (const Stay& stay : StaysOf(history)) {
    for (int64_t t = stay.start_us + base::kHourUs; t < stay.end_us; t += base::kHourUs)
      times.push_back({t, static_cast<double>(times.size() + 1)});
  }
  return times;
}

double HoursOfStay(const SubjectHistory& history, int64_t time_us) {
  int64_t start_us = std::numeric_limits<int64_t>::min();
  for (const auto& told : history.starts) {
    if (told.time_us <= time_us) start_us = std::max(start_us, told.time_us);
  }
  if (start_us == std::numeric_limits<int64_t>::min())
    return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(time_us - start_us) / double(base::kHourUs);
}

}  // namespace codman::feature_store
