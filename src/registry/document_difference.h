// What differs between two JSON documents, member by member. Pure.
#pragma once

#include "base/json.h"

namespace codman::registry {

// [{"name", "a", "b"}] of the members that differ, in the order of `a`, then those of `b` alone.
// Objects within are named with dots ("settings.trees"); an array is one value. A member that one
// document lacks is null there.
Json DifferingMembers(const Json& a, const Json& b);

// [{"name", "a", "b", "difference"}] of all members that are numbers on either side; difference is
// b − a, null where one side has no number.
Json NumberDifferences(const Json& a, const Json& b);

}  // namespace codman::registry
