// The values of one patient as a request gives them: {"heart_rate": 112, "lactate": {"value": 31,
// "unit": "mg/dL"}, "sbp": null} by name, into the order of the contract, NaN where not given.
//
// Two readers, one meaning. ReadUsual walks the bytes once, expects the contract's order (any other
// is slower, not wrong) and gives up at whatever is not a plain number inside its range: a unit, an
// unknown name, a fault. What it gives up is for ParseJson and ReadFeatures, which accept the same
// bytes with the same values and tell all faults at once. Pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "serving/served_model.h"

namespace codman::serving {

// A field that the request got wrong; all of them are told at once.
struct FieldError {
  std::string field, message;
};

// `values`: contract().size() of them. Where errors are added the values mean nothing.
void ReadFeatures(const ServedModel& model, const Json& features, std::span<double> values,
                  std::vector<FieldError>* errors);

// The object of named values that begins at body[*at]; afterwards *at stands behind it. False where
// it is not usual.
bool ReadUsual(const ServedModel& model, std::string_view body, size_t* at,
               std::span<double> values);

// A whole body: {"features": {…}} and nothing else.
bool ReadUsualBody(const ServedModel& model, std::string_view body, std::span<double> values);

// Behind JSON's white space.
size_t SkipBlanks(std::string_view text, size_t at);

}  // namespace codman::serving
