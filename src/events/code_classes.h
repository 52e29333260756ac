// Classes of codes: a concept may claim every code of a list ("any heart failure of ICD-10-CM", "a
// drug that prolongs QT"). Unlike `codes`, lists overlap: one drug is of several classes.
//
// A coded event stays in silver under its own code; whoever reads features meets it once per class,
// with the code's number as value: `any` tells that one was there, `count` how often, `distinct`
// how many different ones. Declared as members: [ICD10CM//I43, ICD10CM//I60..I69, ATC//N05A].
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace codman::events {

// Codes of one system whose beginning lies in [first, last]; dots in codes mean nothing.
struct CodeRange {
  std::string system;  // "ICD10CM"
  std::string first, last;

  bool Holds(std::string_view code_system, std::string_view code_without_dots) const;
};

// "ICD10CM//I60..I69"; the error tells the form.
Result<CodeRange> ParseCodeRange(std::string_view text);

// "ICD10CM//I21.4" in two parts, the second without dots; no system: both empty.
struct CodeParts {
  std::string system, code;
};
CodeParts SplitCode(std::string_view code);

// A whole number that stands for the code, the same for ever: 1 to 2^39.
double CodeNumber(std::string_view code);

}  // namespace codman::events
