// The bounds of a value in a unit that is converted: exactly what the reader of requests accepts.
#pragma once

#include "events/concepts.h"

namespace codman::api {

enum class Bound { kLow, kHigh };

// The outermost number in the conversion's unit that, converted as events::ToCanonical does it, is
// not beyond `canonical`, to the last bit: a document that told a rounder one would promise a
// refusal that does not come. The factor is not 0.
double BoundIn(const events::Conversion& conversion, double canonical, Bound bound);

}  // namespace codman::api
