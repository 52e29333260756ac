// Clinical concepts: what is measured, its codes, canonical unit, conversions and plausible range.
//
// Read once from clinic/concepts/*.yaml; immutable afterwards, so threads may share it. A concept's
// index is its place in the sorted list of names: stable for equal files.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/json.h"
#include "base/problems.h"
#include "base/result.h"
#include "events/code_classes.h"

namespace codman::events {

// canonical = value · factor + offset
struct Conversion {
  std::string unit;  // UCUM, as sources write it
  double factor = 1;
  double offset = 0;
};

enum class Worst { kNone, kHigh, kLow };

struct Concept {
  std::string name;                // "heart_rate"
  std::string label;               // "Heart rate"
  std::string group;               // "vital signs": how forms group it
  std::vector<std::string> codes;  // "LOINC//8867-4"
  std::vector<CodeRange> members;  // of a class of codes: code_classes.h
  std::string unit;                // canonical UCUM
  std::vector<Conversion> conversions;
  double low = 0, high = 0;        // plausible range in the canonical unit, ends included
  std::optional<double> top_code;  // larger plausible values become this one (age 90+)
  // Values in [first, second] claimed to be in the canonical unit are probably in another one and
  // are refused as ambiguous_unit instead of out_of_range (a temperature of 98 "Cel").
  std::optional<std::pair<double, double>> ambiguous;
  Worst worst = Worst::kNone;                    // direction of harm, for the aggregate `worst`
  double reference_low = 0, reference_high = 0;  // usual adult range, for display; equal where none
  std::vector<std::string> words;                // what 0, 1, … mean: "female", "male"
  bool outcome = false;                          // an outcome or label: refused as a feature
  int64_t latency_us = 0;  // from event to known, where a retrospective source has no store time
  std::string file;
  int line = 0;
};

// Two classes of drugs that must not meet; equal: two different drugs of one class.
struct Interaction {
  int first = 0, second = 0;  // concepts
  std::string harm;
};

// The member `words` of a declared number with this range: what 0, 1, … mean.
std::vector<std::string> ReadWords(const Json& entry, double low, double high,
                                   base::Problems* problems);

class Concepts {
 public:
  // All *.yaml of a folder. Errors name file:line and the cure; all problems are reported at once,
  // one per line.
  static Result<Concepts> Load(const std::string& folder);
  static Result<Concepts> FromDocuments(const std::vector<std::pair<std::string, Json>>& files);

  int size() const { return static_cast<int>(all_.size()); }
  const Concept& operator[](int index) const { return all_[index]; }
  // Index by name or by code ("LOINC//8867-4"), or -1.
  int Find(std::string_view name) const;
  int FindByCode(std::string_view code) const;
  // The classes that hold this code, ascending.
  std::vector<int> ClassesOf(std::string_view code) const;
  const std::vector<Interaction>& interactions() const { return interactions_; }
  const std::vector<Concept>& all() const { return all_; }
  // SHA-256 over what changes answers (not labels or comments), hex.
  const std::string& hash() const { return hash_; }

 private:
  void ReadInteractions(const Json& document, base::Problems* problems);

  std::vector<Concept> all_;
  std::vector<Interaction> interactions_;
  std::unordered_map<std::string, int> by_name_, by_code_;
  std::string hash_;
};

// Why a value was refused; the closed list of data-model.md 4.
enum class Reason {
  kUnparsable,
  kMissingSubject,
  kMissingTime,
  kUnknownUnit,
  kAmbiguousUnit,
  kOutOfRange,
  kTypeMismatch,
  kFutureTime,
  kDuplicateConflict,
  kUnknownCodeStrict,
  kPhiInFreeText,
  kSchemaDrift,
};
const char* NameOf(Reason reason);

// A value in the canonical unit, or the reason why not and the rule that said so.
struct Checked {
  double value = 0;
  std::optional<Reason> reason;
  std::string_view rule;  // "range", "unit", "conversion"; static text
};

// Converts `value` given in `unit` and checks it. An empty unit means that the source declared
// none: it is refused (unknown_unit) unless the concept has no unit of its own.
Checked ToCanonical(const Concept& concept_of, double value, std::string_view unit);

}  // namespace codman::events
