// What a stay is billed for and what it costs, as a claim tells it in the terms of FHIR: how long,
// why, which procedures, who pays, and the amount.
//
// The amount follows from the hours in intensive care and on the ward, ventilation, operation,
// doses and harm, by a price list that is made up. It has random numbers of its own.
#pragma once

#include "simulation/day_one_internal.h"
#include "simulation/therapy_internal.h"

namespace codman::simulation {

struct Bill {
  Entries stay;    // known when the stay ends
  Entries amount;  // known when it is claimed
  double days_to_claim = 0;
  Entries earlier;  // the amount of an encounter of the year before; may be empty
};

Bill DrawBill(const Patient& patient, const DayOne& day, const Therapy& therapy, uint64_t seed);

}  // namespace codman::simulation
