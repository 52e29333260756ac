#include <algorithm>

#include "base/text.h"
#include "simulation/signals_internal.h"

namespace codman::simulation {
namespace {

// Centres follow usual adult reference ranges; the effects of sepsis follow the direction of the
// SIRS and SOFA criteria.
// clang-format off
constexpr std::array<SignalModel, kNumSignals> kModels = {{
  // The columns are the members of SignalModel, in their order.
  {"heart_rate",      0, 0,80,  10,  5,   0.8, 3,   3,   5,     15,   7,    4,    18,   30,  220},
  {"resp_rate",       0, 0,16,  2,   1.5, 0.7, 1.3, 0.5, 1.4,   4.5,  0.5,  3,    0.5,  5,   50},
  {"spo2",            0, 0,97,  1.2, 0.8, 0.7, 0.8, 0,   -0.8,  -1.8, -0.5, -4,   0,    70,  100},
  {"sbp",             0, 0,124, 14,  7,   0.8, 4,   4,   -3,    -17,  2,    2,    -3,   55,  230},
  {"dbp",             0, 0,68,  8,   4,   0.8, 3,   2,   -1.5,  -9,   1,    0,    1,    25,  130},
  {"map",             0, 0,87,  0,   0,   0,   1.5, 0,   0,     0,    0,    0,    0,    35,  160},
  {"temperature",     1, 0,36.8,0.22,0.16,0.85,0.12,0.2, 0.05,  0.85, 0.35, 0,    0,    33,  41.5},
  {"fio2",            2, 0,0.21,0,   0,   0,   0,   0,   0,     0,    0,    0,    0,    0.21,1},
  {"etco2",           0, 0,38,  3,   2,   0.7, 1.5, 0,   -0.5,  -3,   0,    7,    0,    12,  80},
  {"ph",              2, 0,7.4, 0.02,0.02,0.8, 0.01,0,   -0.015,-0.05,0,    -0.02,0,    6.9, 7.65},
  {"paco2",           0, 0,40,  3,   2,   0.8, 1,   0,   0,     -4,   1,    12,   0,    15,  110},
  {"sao2",            0, 0,97,  0,   0,   0,   0.7, 0,   0,     0,    0,    0,    0,    65,  100},
  {"base_excess",     0, 0,0,   1.5, 1,   0.8, 0.5, 0,   -0.7,  -4,   -1,   3,    0,    -25, 20},
  {"lactate",         1, 1,1.2, 0.22,0.12,0.75,0.06,0,   0.12,  0.75, 0.15, 0,    0,    0.3, 18},
  {"sodium",          0, 0,139, 3,   1,   0.9, 0.7, 0,   -0.5,  -1,   -1,   0,    0,    115, 165},
  {"potassium",       1, 0,4.1, 0.35,0.2, 0.8, 0.1, 0,   0.06,  0.15, 0,    0,    0,    2.2, 7.5},
  {"chloride",        0, 0,103, 3,   1,   0.9, 0.8, 0,   0.3,   1,    1,    -3,   0,    80,  130},
  {"bicarbonate",     0, 0,25,  2,   0.8, 0.85,0.7, 0,   -0.7,  -3,   -0.5, 4,    0,    6,   45},
  {"bun",             0, 1,17,  0.35,0.06,0.95,0.03,0,   0.15,  0.25, 0,    0,    0.1,  3,   150},
  {"creatinine",      2, 1,0.95,0.28,0.06,0.95,0.03,0,   0.12,  0.3,  0,    0,    0.1,  0.3, 12},
  {"glucose",         0, 1,122, 0.2, 0.1, 0.75,0.04,0.03,0.07,  0.18, 0.08, 0.08, 0,    40,  600},
  {"calcium",         1, 0,8.9, 0.45,0.15,0.9, 0.1, 0,   -0.12, -0.25,-0.3, 0,    0,    5.5, 13},
  {"magnesium",       1, 0,2,   0.2, 0.1, 0.85,0.05,0,   0,     0,    -0.05,0,    -0.05,0.8, 4.5},
  {"phosphate",       1, 0,3.5, 0.6, 0.25,0.85,0.1, 0,   0.15,  0.2,  0,    0,    0,    1,   10},
  {"wbc",             1, 1,8.6, 0.28,0.08,0.85,0.04,0,   0.07,  0.45, 0.28, 0.05, 0,    0.6, 60},
  {"hemoglobin",      1, 0,11.6,1.6, 0.25,0.92,0.2, 0,   -0.3,  -0.3, -1.2, 0.5,  0,    4.5, 19},
  {"hematocrit",      1, 0,35,  0,   0,   0,   0.7, 0,   0,     0,    0,    0,    0,    13,  58},
  {"platelets",       0, 1,225, 0.28,0.05,0.93,0.03,0,   -0.05, -0.32,-0.1, 0,    0,    8,   900},
  {"ast",             0, 1,30,  0.45,0.12,0.92,0.05,0,   0.2,   0.3,  0.1,  0,    0,    8,   4000},
  {"alp",             0, 1,82,  0.32,0.05,0.95,0.03,0,   0.05,  0.1,  0,    0,    0,    25,  900},
  {"bilirubin_total", 1, 1,0.75,0.4, 0.1, 0.93,0.05,0,   0.1,   0.4,  0.05, 0,    0,    0.1, 30},
  {"bilirubin_direct",1, 1,0.2, 0,   0,   0,   0.08,0,   0,     0,    0,    0,    0,    0,   25},
  {"aptt",            1, 1,31,  0.12,0.06,0.85,0.04,0,   0.04,  0.15, 0.08, 0,    0.15, 20,  150},
  {"fibrinogen",      0, 1,340, 0.22,0.05,0.93,0.04,0,   0.03,  0.15, 0.1,  0,    0,    60,  1000},
  {"troponin_i",      2, 1,0.03,0.8, 0.2, 0.9, 0.1, 0,   0.4,   0.4,  0.2,  0.1,  0.4,  0,   50},
  {"inr",             1, 1,1.1, 0.08,0.04,0.9, 0.03,0,   0.05,  0.1,  0.03, 0,    0.08, 0.8, 12},
}};
// clang-format on

constexpr double kPowersOfTen[] = {1, 10, 100, 1000, 10000};

}  // namespace

const std::array<SignalModel, kNumSignals>& Models() { return kModels; }

Result<std::vector<CodedSignal>> ResolveSignals(const events::Concepts& concepts) {
  std::vector<CodedSignal> resolved;
  std::vector<std::string> missing;
  for (const auto& model : kModels) {
    const int index = concepts.Find(model.name);
    if (index < 0 || concepts[index].codes.empty()) {
      missing.emplace_back(model.name);
      continue;
    }
    const std::string& code = concepts[index].codes.front();
    const size_t slash = code.find("//");
    resolved.push_back(
        {&concepts[index], slash == std::string::npos ? code : code.substr(slash + 2)});
  }
  if (missing.empty()) return resolved;
  return base::InvalidInput(
      format("the simulated hospital measures {}, which the concepts lack or give no code; "
             "declare them with a code in the clinic's concepts folder",
             base::Join(missing, ", ")));
}

int64_t ToScaled(double value, int decimals) {
  const double scaled = value * kPowersOfTen[decimals];
  return static_cast<int64_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
}

double FromScaled(int64_t scaled, int decimals) {
  return static_cast<double>(scaled) / kPowersOfTen[decimals];
}

void AppendScaled(std::string* out, int64_t scaled, int decimals) {
  if (scaled < 0) out->push_back('-');
  const fmt::format_int formatted(scaled < 0 ? -scaled : scaled);
  const std::string_view digits(formatted.data(), formatted.size());
  const auto places = static_cast<size_t>(decimals);
  if (digits.size() <= places) {
    out->append("0.").append(places - digits.size(), '0').append(digits);
    return;
  }
  out->append(digits.substr(0, digits.size() - places));
  if (places > 0) out->append(1, '.').append(digits.substr(digits.size() - places));
}

}  // namespace codman::simulation
