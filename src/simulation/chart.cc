#include <algorithm>
#include <array>

#include "base/clock.h"
#include "simulation/chart_internal.h"
#include "simulation/physiology_internal.h"

namespace codman::simulation {
namespace {

// A group of signals taken together: with which probability, and by how much more of it in the ill.
struct Panel {
  double share, share_ill;
  std::vector<Signal> signals;
};

const std::array<Panel, 7>& LabPanels() {
  static const std::array<Panel, 7> panels = {{
      {0.72, 0.05, {kSodium, kPotassium, kChloride, kBicarbonate, kBun, kCreatinine, kGlucose}},
      {0.28, 0.02, {kCalcium, kMagnesium, kPhosphate}},
      {0.54, 0.06, {kWbc, kHemoglobin, kHematocrit, kPlatelets}},
      {0.14, 0.13, {kPh, kPaco2, kSao2, kBaseExcess, kLactate}},
      {0.10, 0.04, {kAst, kAlp, kBilirubinTotal, kBilirubinDirect}},
      {0.10, 0.04, {kAptt, kFibrinogen, kInr}},
      {0.08, 0.02, {kTroponinI}},
  }};
  return panels;
}

const Panel& PanelOf(HarmCheck check) {
  if (check == HarmCheck::kBloodCount) return LabPanels()[2];
  if (check == HarmCheck::kGas) return LabPanels()[3];
  return LabPanels()[0];
}

class Ward {
 public:
  Ward(const Patient& patient, const Therapy& therapy, uint64_t seed, const ChartSink& sink)
      : patient_(patient),
        random_(seed, static_cast<uint64_t>(patient.number), kCourseStream),
        body_(patient, therapy, &random_),
        sink_(sink) {
    for (const Harm& harm : therapy.harms) {
      const HarmCheck check = Harms()[harm.kind].check;
      if (harm.happens && check != HarmCheck::kNone)
        checks_.emplace_back(harm.course.onset_hour, &PanelOf(check));
    }
    std::sort(checks_.begin(), checks_.end());
  }

  void Run() {
    double next_vitals = random_.Between(0.05, 0.6);
    double next_labs = random_.Between(0.3, 3);
    size_t next_check = 0;
    for (;;) {
      const double check = next_check < checks_.size() ? checks_[next_check].first : next_vitals;
      const double hour = std::min({next_vitals, next_labs, check});
      if (hour >= patient_.hours) return;
      body_.AdvanceTo(hour);
      if (hour == check && hour < next_vitals) {
        Report(*checks_[next_check++].second, hour);
      } else if (next_vitals <= next_labs) {
        ChartVitals(hour);
        next_vitals = hour + HoursToNextVitals();
      } else {
        DrawBlood(hour);
        next_labs = hour + HoursToNextLabs();
      }
    }
  }

 private:
  double HoursToNextVitals() {
    const double illness = body_.apparent_illness();
    // Away for an examination, or nobody had time: rarer where the patient is watched closely.
    const double gap = random_.Chance(0.04 / (1 + illness)) ? random_.Between(2, 5) : 0;
    return gap + std::max(0.6, 1.46 - 0.2 * illness) * random_.Between(0.7, 1.3);
  }

  double HoursToNextLabs() {
    return std::clamp(11.0 - 1.6 * body_.apparent_illness() + 1.2 * random_.Normal(), 6.0, 12.0);
  }

  void Take(Signal signal) {
    const int decimals = Models()[signal].decimals;
    record_.measurements.push_back({signal, ToScaled(body_.Measure(signal), decimals)});
  }

  void Store(Feed feed, double hour, double delay_minutes) {
    if (record_.measurements.empty()) return;
    record_.feed = feed;
    record_.event_time_us = patient_.TimeAt(hour);
    record_.stored_at_us =
        record_.event_time_us + static_cast<int64_t>(delay_minutes * 60) * base::kSecondUs;
    sink_(record_);
  }

  void ChartVitals(double hour) {
    const double illness = body_.apparent_illness();
    record_.measurements.clear();
    if (random_.Chance(0.96)) Take(kHeartRate);
    if (random_.Chance(0.93)) Take(kRespRate);
    if (random_.Chance(0.95)) Take(kSpo2);
    if (random_.Chance(0.72 + 0.05 * illness)) {
      for (Signal signal : {kSbp, kDbp, kMap}) Take(signal);
    }
    if (random_.Chance(0.3 + 0.08 * illness)) Take(kTemperature);
    if (random_.Chance(body_.oxygen_fraction() > 0.21 ? 0.6 : 0.08)) Take(kFio2);
    const bool from_theatre = patient_.condition == Condition::kPostOperative && hour < 6;
    if (random_.Chance(from_theatre ? 0.4 : 0.01)) Take(kEtco2);
    Store(Feed::kVitals, hour, random_.Between(0.5, 8));
  }

  // Each panel is a record of its own: the laboratory reports them apart.
  void DrawBlood(double hour) {
    const double illness = std::min(3.0, body_.apparent_illness());
    for (const Panel& panel : LabPanels()) {
      if (random_.Chance(panel.share + panel.share_ill * illness)) Report(panel, hour);
    }
  }

  void Report(const Panel& panel, double hour) {
    record_.measurements.clear();
    for (Signal signal : panel.signals) {
      if (random_.Chance(0.97)) Take(signal);
    }
    Store(Feed::kLabs, hour, random_.Between(20, 95));
  }

  const Patient& patient_;
  Random random_;
  Physiology body_;
  const ChartSink& sink_;
  std::vector<std::pair<double, const Panel*>> checks_;  // when harm is there
  ChartRecord record_{};
};

}  // namespace

void ChartStay(const Patient& patient, const Therapy& therapy, uint64_t seed,
               const ChartSink& sink) {
  Ward(patient, therapy, seed, sink).Run();
}

}  // namespace codman::simulation
