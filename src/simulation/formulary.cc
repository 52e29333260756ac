#include "simulation/formulary_internal.h"

namespace codman::simulation {
namespace {

constexpr unsigned kOpioid = Does(kSlowsBreathing), kSedative = Does(kSedates);
constexpr unsigned kThinner = Does(kThinsBlood), kKidney = Does(kHarmsKidney);
constexpr unsigned kQt = Does(kProlongsQt), kConfusing = Does(kConfuses);
constexpr unsigned kDulling = kConfusing | kSedative;
constexpr unsigned kInsulin = Does(kLowersSugar), kHeart = Does(kHoldsHeart);

using enum Given;

// clang-format off
constexpr Drug kDrugs[] = {
  // The columns are the members of Drug, in their order.
  {"N02AA01", "mg", 0, 5, 20, kOperated, 0.45, 0.05, 0.5, 6, 4, 9, kOpioid},  // morphine
  {"N02AA05", "mg", 0, 5, 15, kAll, 0.08, 0.03, 2, 18, 6, 8, kOpioid},  // oxycodone
  {"N02AA03", "mg", 0, 2, 6, kAll, 0.02, 0.03, 1, 14, 6, 8, kOpioid},  // hydromorphone
  {"N02AX02", "mg", 0, 50, 100, kAll, 0.04, 0.01, 3, 20, 8, 5, kOpioid},  // tramadol
  {"N05CD08", "mg", 1, 1, 5, kAll, 0.03, 0.1, 0.5, 8, 3, 10, kSedative},  // midazolam
  {"N01AX10", "mg", 0, 50, 200, kAll, 0.01, 0.06, 0.5, 6, 4, 9, kSedative | kQt},  // propofol
  {"N05BA06", "mg", 1, 0.5, 2, kAll, 0.05, 0.02, 4, 20, 8, 5, kSedative},  // lorazepam
  {"B01AB05", "mg", 0, 40, 40, kAll, 0.3, 0.02, 4, 10, 24, 9, kThinner},  // enoxaparin
  {"B01AB01", "[iU]", 0, 5000, 9000, kAll, 0.06, 0.08, 2, 12, 8, 14, kThinner},  // heparin
  {"B01AA03", "mg", 1, 2, 6, kArrhythmic, 0.5, 0, 3, 12, 24, 9, kThinner},  // warfarin
  {"A10AB01", "[iU]", 0, 4, 14, kAll, 0.12, 0.1, 2, 12, 6, 16, kInsulin},  // insulin
  {"A10AE04", "[iU]", 0, 10, 30, kHome, 0.08, 0.01, 6, 12, 24, 9, kInsulin},  // insulin glargine
  {"C01BD01", "mg", 0, 150, 300, kArrhythmic, 0.4, 0.05, 1, 12, 8, 6, kQt | kHeart},  // amiodarone
  {"C07AB02", "mg", 0, 25, 100, kArrhythmic, 0.35, 0, 2, 10, 12, 12, kHeart},  // metoprolol
  {"A04AA01", "mg", 0, 4, 8, kOperated, 0.4, 0.02, 0.5, 4, 8, 3, kQt},  // ondansetron
  {"N05AD01", "mg", 1, 0.5, 5, kAll, 0.03, 0.04, 6, 24, 8, 5, kQt | kConfusing},  // haloperidol
  {"R06AA02", "mg", 0, 25, 50, kAll, 0.05, 0.01, 4, 24, 8, 4, kConfusing},  // diphenhydramine
  {"N05AH04", "mg", 0, 25, 100, kAll, 0.03, 0.01, 8, 22, 12, 6, kDulling},  // quetiapine
  {"C03CA01", "mg", 0, 20, 80, kAll, 0.12, 0.1, 1, 16, 12, 8, kHeart},  // furosemide
  {"C09AA03", "mg", 0, 5, 20, kHome, 0.2, 0, 4, 12, 24, 9, kKidney | kHeart},  // lisinopril
  {"M01AE01", "mg", 0, 400, 600, kOperated, 0.25, 0, 4, 16, 8, 7, kKidney},  // ibuprofen
  {"V08AB02", "mL", 0, 60, 140, kAll, 0.12, 0.05, 0.5, 30, 24, 1, kKidney},  // iohexol
  {"J01XA01", "mg", 0, 750, 1500, kInfected, 0.55, 0.05, 0.5, 2, 12, 8, kKidney},  // vancomycin
  {"J01CR05", "g", 2, 3.38, 4.5, kInfected, 0.5, 0.05, 0.4, 2, 8, 12, kKidney},  // piperacillin
  {"J01DD04", "g", 0, 1, 2, kInfected, 0.35, 0, 0.4, 3, 24, 5, 0},  // ceftriaxone
  {"J01GB03", "mg", 0, 240, 400, kInfected, 0.1, 0.02, 0.5, 4, 24, 3, kKidney},  // gentamicin
  {"J01MA02", "mg", 0, 400, 400, kInfected, 0.08, 0, 1, 6, 12, 6, kQt},  // ciprofloxacin
  {"J01MA12", "mg", 0, 500, 750, kCopdOnly, 0.2, 0.02, 1, 6, 24, 5, kQt},  // levofloxacin
  {"J01FA09", "mg", 0, 500, 500, kCopdOnly, 0.06, 0, 1, 6, 12, 6, kQt},  // clarithromycin
  {"J01XX08", "mg", 0, 600, 600, kInfected, 0.05, 0.02, 2, 12, 12, 6, 0},  // linezolid
  {"H02AB06", "mg", 0, 20, 40, kCopdOnly, 0.5, 0, 1, 4, 12, 6, 0},  // prednisolone
  {"A02BC02", "mg", 0, 40, 40, kAll, 0.3, 0.05, 2, 12, 24, 9, 0},  // pantoprazole
  {"C10AA01", "mg", 0, 20, 40, kHome, 0.2, 0, 10, 20, 24, 9, 0},  // simvastatin
  {"N06AB04", "mg", 0, 10, 20, kHome, 0.07, 0, 4, 12, 24, 9, kQt},  // citalopram
  {"N06AB08", "mg", 0, 50, 100, kHome, 0.01, 0, 4, 12, 24, 9, 0},  // fluvoxamine
  {"N06AA09", "mg", 0, 25, 50, kHome, 0.03, 0, 8, 20, 24, 9, kDulling},  // amitriptyline
  {"N03AF01", "mg", 0, 100, 400, kHome, 0.02, 0, 4, 12, 12, 12, kConfusing},  // carbamazepine
  {"N06BA04", "mg", 0, 10, 20, kHome, 0.01, 0, 4, 10, 12, 12, 0},  // methylphenidate
  {"N02CC01", "mg", 0, 50, 100, kHome, 0.01, 0, 4, 20, 24, 2, 0},  // sumatriptan
  {"N02CA02", "mg", 0, 1, 2, kHome, 0.005, 0, 4, 20, 24, 1, 0},  // ergotamine
  {"M03BX02", "mg", 0, 2, 4, kHome, 0.015, 0, 4, 12, 8, 9, kSedative},  // tizanidine
  {"N05CH02", "mg", 0, 8, 8, kHome, 0.01, 0, 12, 20, 24, 9, 0},  // ramelteon
  {"M04AA03", "mg", 0, 40, 80, kHome, 0.02, 0, 4, 12, 24, 9, 0},  // febuxostat
  {"L04AX01", "mg", 0, 50, 100, kHome, 0.015, 0, 4, 12, 24, 9, 0},  // azathioprine
  {"J05AE08", "mg", 0, 300, 300, kHome, 0.008, 0, 4, 12, 24, 9, 0},  // atazanavir
  {"L01CE02", "mg", 0, 200, 300, kHome, 0.005, 0, 4, 12, 24, 1, 0},  // irinotecan
};

struct Shift {
  int signal;
  DrugEffect effect;
  double per_unit;
};
constexpr Shift kShifts[] = {
  {kRespRate, kSlowsBreathing, -0.9}, {kSpo2, kSlowsBreathing, -0.35},
  {kPaco2, kSlowsBreathing, 1.5},     {kRespRate, kSedates, -0.6},
  {kSbp, kSedates, -2.5},             {kHeartRate, kSedates, -2},
  {kAptt, kThinsBlood, 0.22},         {kInr, kThinsBlood, 0.16},
  {kGlucose, kLowersSugar, -0.09},    {kCreatinine, kHarmsKidney, 0.02},
  {kHeartRate, kConfuses, 1.5},       {kHeartRate, kHoldsHeart, -4},
  {kSbp, kHoldsHeart, -4},            {kPotassium, kHoldsHeart, -0.05},
};
// clang-format on

}  // namespace

std::span<const Drug> Formulary() { return kDrugs; }

double DrugShift(int signal, const DrugEffects& exposure) {
  double sum = 0;
  for (const Shift& shift : kShifts) {
    if (shift.signal == signal) sum += shift.per_unit * exposure[shift.effect];
  }
  return sum;
}

}  // namespace codman::simulation
