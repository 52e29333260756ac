#include "simulation/simulation.h"

#include <array>
#include <cmath>
#include <optional>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "simulation/feed_file_internal.h"
#include "simulation/record_writer_internal.h"

namespace codman::simulation {
namespace {

constexpr std::array<const char*, kNumFeeds> kFeedNames = {
    "admissions", "patient-vitals", "lab-results", "adverse-events",
    "bedside",    "medications",    "claims"};
// The longest stay, and the longest way of its last record to the feed.
constexpr int64_t kLongestCourseUs = 12 * base::kDayUs;
constexpr int64_t kHighestExactInteger = int64_t{1} << 53;

// Name and value of every rate, in the order of FaultRates.
std::vector<std::pair<const char*, double>> NamedRates(const FaultRates& rates) {
  return {{"late", rates.late},
          {"duplicate", rates.duplicate},
          {"corrected", rates.corrected},
          {"out_of_range", rates.out_of_range},
          {"wrong_unit", rates.wrong_unit},
          {"converted_unit", rates.converted_unit},
          {"unparsable", rates.unparsable},
          {"missing_time", rates.missing_time},
          {"identifier_bearing", rates.identifier_bearing},
          {"unmapped_code", rates.unmapped_code}};
}

Result<> CheckOptions(const SimulationOptions& options) {
  if (options.patients < 1 || options.patients > 1'000'000) {
    return base::InvalidInput(format("{} patients: choose 1 to 1000000", options.patients));
  }
  // Stays end after 240 hours at the latest; a longer mean would be cut too often to be kept.
  if (!(options.mean_hours >= 12 && options.mean_hours <= 96)) {
    return base::InvalidInput(
        format("a mean stay of {} hours: choose 12 to 96", options.mean_hours));
  }
  if (!(options.septic_share >= 0 && options.septic_share <= 1)) {
    return base::InvalidInput(format("a septic share of {}: choose 0 to 1", options.septic_share));
  }
  if (options.seed > static_cast<uint64_t>(kHighestExactInteger)) {
    return base::InvalidInput(
        "the seed is above 2^53, which the manifest cannot hold; choose a smaller one");
  }
  // From 2000 to 2200: what the times of the records can say.
  if (options.start_us != 0 && (options.start_us < 946'684'800 * base::kSecondUs ||
                                options.start_us > 7'258'118'400 * base::kSecondUs)) {
    return base::InvalidInput(
        "the first admission lies before the year 2000 or after 2200; choose another start");
  }
  for (const auto& [name, rate] : NamedRates(options.faults)) {
    if (!(rate >= 0 && rate <= 1))
      return base::InvalidInput(format("a rate of {} for {}: choose 0 to 1", rate, name));
  }
  return {};
}

int64_t StartOf(const SimulationOptions& options) {
  if (options.start_us != 0) return options.start_us;
  const int64_t start_us = base::NowUs() - options.patients * base::kHourUs - kLongestCourseUs;
  return start_us - start_us % base::kHourUs;
}

Json OptionsJson(const SimulationOptions& options, int64_t start_us) {
  Json rates = Json::Object();
  for (const auto& [name, rate] : NamedRates(options.faults)) rates.Set(name, rate);
  return Json::Object({{"patients", options.patients},
                       {"mean_hours", options.mean_hours},
                       {"septic_share", options.septic_share},
                       {"start", base::FormatTime(start_us)},
                       {"faults", rates}});
}

Json ExpectedJson(const Tally& tally) {
  int64_t measurements = 0;
  for (const FeedCounts& feed : tally.feeds) measurements += feed.measurements;
  return Json::Object({{"measurements", measurements},
                       {"stored", tally.stored},
                       {"duplicates", tally.duplicates},
                       {"quarantined", Json::Object({{"missing_time", tally.missing_time},
                                                     {"unknown_unit", tally.unknown_unit},
                                                     {"out_of_range", tally.out_of_range}})},
                       {"unparsable_records", tally.unparsable_records},
                       {"corrected", tally.corrected}});
}

// The ward from the first admission to the last discharge.
class Hospital {
 public:
  Hospital(const SimulationOptions& options, std::vector<CodedSignal> signals)
      : options_(options), signals_(std::move(signals)), start_us_(StartOf(options)) {}

  Result<> Open(const std::string& folder) {
    TRY(base::MakeFolders(folder));
    // An old manifest must not lie beside new files if this run is killed.
    TRY(base::RemoveTree(folder + "/manifest.json"));
    for (const char* name : kFeedNames) {
      files_.push_back(TRY(FeedFile::Create(folder, std::string(name) + ".ndjson")));
    }
    return {};
  }

  Result<> Run(const std::function<void(double)>& progress) {
    for (int number = 1; number <= options_.patients; ++number) {
      Admit(number);
      // The next patient comes in the next hour, and nothing of theirs is stored before.
      const int64_t complete_us = start_us_ + number * base::kHourUs;
      for (auto& file : files_) TRY(file.WriteBefore(complete_us));
      if (progress && number % 64 == 0) progress(number / static_cast<double>(options_.patients));
    }
    for (auto& file : files_) TRY(file.Close());
    if (progress) progress(1);
    return {};
  }

  Json Manifest() const {
    Json feeds = Json::Object();
    for (size_t i = 0; i < kNumFeeds; ++i) {
      const FeedCounts& counts = tally_.feeds[i];
      feeds.Set(kFeedNames[i],
                Json::Object({{"records", counts.records}, {"measurements", counts.measurements}}));
    }
    Json faults = Json::Object();
    for (const auto& [name, rate] : NamedRates(options_.faults)) {
      for (size_t i = 0; i < kNumFaults; ++i) {
        if (std::string_view(name) == NameOf(static_cast<Fault>(i)))
          faults.Set(name, tally_.injected[i]);
      }
    }
    Json harms = Json::Object();
    for (size_t i = 0; i < kNumHarms; ++i) harms.Set(std::string(Harms()[i].name), harms_[i]);
    return Json::Object({{"seed", options_.seed},
                         {"options", OptionsJson(options_, start_us_)},
                         {"patients", options_.patients},
                         {"stays", options_.patients},
                         {"septic", septic_},
                         {"adverse_events", harms},
                         {"stay_hours", std::round(hours_)},
                         {"last_event_time", base::FormatTime(tally_.last_event_us)},
                         {"feeds", feeds},
                         {"faults", faults},
                         {"expected", ExpectedJson(tally_)}});
  }

 private:
  void Admit(int number) {
    const Patient patient = DrawPatient(options_, start_us_, number);
    const LineSink sink = [&](Feed feed, int64_t stored_at_us, std::string line) {
      files_[static_cast<size_t>(feed)].Add(stored_at_us, std::move(line));
    };
    RecordWriter writer(options_, signals_, patient, &tally_, sink);
    const DayOne day = DrawDayOne(patient, options_.seed);
    const Therapy therapy = DrawTherapy(patient, day.dies, options_.seed);
    writer.WriteAdmission(day, therapy);
    ChartStay(patient, therapy, options_.seed,
              [&](const ChartRecord& record) { writer.Write(record); });
    for (const auto& record : day.bedside) writer.WriteBedside(record);
    for (const auto& dose : therapy.doses) writer.WriteDose(dose);
    for (const auto& harm : therapy.harms) WriteHarm(harm, &writer);
    writer.WriteBill(DrawBill(patient, day, therapy, options_.seed));
    writer.WriteOutcomes(day);
    if (patient.sepsis) ++septic_;
    hours_ += patient.hours;
  }

  void WriteHarm(const Harm& harm, RecordWriter* writer) {
    if (!harm.happens) return;
    ++harms_[harm.kind];
    // A death is told when the stay ends.
    if (harm.kind != kDeath) writer->WriteHarm(harm);
  }

  const SimulationOptions& options_;
  const std::vector<CodedSignal> signals_;
  const int64_t start_us_;
  std::vector<FeedFile> files_;
  Tally tally_;
  int64_t septic_ = 0;
  std::array<int64_t, kNumHarms> harms_{};
  double hours_ = 0;
};

}  // namespace

Result<Json> Simulate(const SimulationOptions& options, const events::Concepts& concepts,
                      const std::string& folder, const std::function<void(double)>& progress) {
  TRY(CheckOptions(options));
  Hospital hospital(options, TRY(ResolveSignals(concepts)));
  TRY(hospital.Open(folder));
  TRY(hospital.Run(progress).While("simulating into " + folder));
  Json manifest = hospital.Manifest();
  TRY(base::WriteFileAtomically(folder + "/manifest.json", manifest.ToPrettyString()));
  return manifest;
}

}  // namespace codman::simulation
