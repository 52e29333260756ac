#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/json.h"
#include "simulation/bill_internal.h"

namespace codman::simulation {
namespace {

constexpr int64_t kStart = 1'600'000'000 * base::kSecondUs;

double ValueOf(const Entries& entries, const std::string& code) {
  const auto list = base::ParseJson("[" + entries.text + "]");
  EXPECT_TRUE(list.ok());
  EXPECT_EQ(static_cast<int64_t>(list->size()), entries.count);
  for (const Json& entry : list->items()) {
    if (entry["code"].AsString() == code) return entry["value"].AsDouble();
  }
  return -1;
}

TEST(Bill, LongerAndGraverStaysCostMore) {
  double cost[2] = {0, 0}, stays[2] = {0, 0};
  SimulationOptions options;
  for (int k = 1; k <= 800; ++k) {
    const Patient patient = DrawPatient(options, kStart, k);
    const DayOne day = DrawDayOne(patient, options.seed);
    const Therapy therapy = DrawTherapy(patient, day.dies, options.seed);
    const Bill bill = DrawBill(patient, day, therapy, options.seed);
    const double hours = ValueOf(bill.stay, "visit_hours");
    const double intensive = ValueOf(bill.stay, "icu_hours");
    EXPECT_NEAR(hours, patient.hours, 0.01);
    EXPECT_LE(intensive, hours);
    EXPECT_GT(ValueOf(bill.amount, "claim_amount"), 0);
    EXPECT_EQ(ValueOf(bill.stay, "SNOMED//40617009") == 1, day.ventilated);
    cost[hours > 48] += ValueOf(bill.amount, "claim_amount");
    ++stays[hours > 48];
  }
  EXPECT_GT(cost[1] / stays[1], 1.5 * cost[0] / stays[0]);
}

}  // namespace
}  // namespace codman::simulation
