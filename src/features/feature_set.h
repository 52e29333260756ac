// A feature set: its declaration, read and checked, and the plan it compiles to for some of its
// blocks.
//
// Immutable after load; threads may share. File format: clinic/features/sepsis_42.yaml is the
// commented example.
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "events/concepts.h"

namespace codman::features {

enum class Aggregate {
  kIsMissing,
  kLast,
  kFirst,
  kMean,
  kMin,
  kMax,
  kSd,
  kSlope,
  kCount,
  kSum,
  kDelta,
  kChange,
  kHoursSince,
  kWorst,
  kAny,
  kDistinct,  // how many different values
};
// "is_missing", "last", …; nothing where unknown.
std::optional<Aggregate> ParseAggregate(std::string_view name);
const char* NameOf(Aggregate aggregate);

constexpr int64_t kNoWindow = 0;  // the whole history

// What a person or a program may give and is told about: an entry of the declaration.
struct ContractFeature {
  std::string id;
  std::string label, group, unit, description, owner;
  int concept_index = -1;  // of a measured feature; -1 for derived ones and columns
  // Of a feature that a table tells ("time_in_hospital"); such a one has no history.
  std::string column;
  // Of a categorical column: its value is the place of the level in this list.
  std::vector<std::string> levels;
  // What 0, 1, … mean ("female", "male"): a number that is asked for and told as a text. Of a
  // categorical column its levels.
  std::vector<std::string> words;
  bool one_hot = false;  // the model sees one 0/1 input per level instead of the place
  Aggregate aggregate = Aggregate::kLast;
  int64_t window_us = kNoWindow;
  // Only what was known, and had happened, before the newest event of this concept counts ("before:
  // icu_admission": earlier encounters); -1: all.
  int before_index = -1;
  std::string expression;  // of a derived feature; "" for measured ones
  // Valid range, ends included: declared, or what the aggregate makes of the concept's, or the
  // score's; infinite where nothing bounds it.
  double low = 0, high = 0;
  double reference_low = 0, reference_high = 0;
  bool inner = false;    // only for expressions: neither asked for in forms nor shown to a model
  bool process = false;  // tells about care and time, not about the body
  int line = 0;
};

// What a value of the feature is called; "" where it is a plain number.
std::string_view WordOf(const ContractFeature& feature, double value);
// The place of a value among so many words, or -1.
inline int PlaceOfWord(double value, size_t num_words) {
  bool named = value >= 0 && value < static_cast<double>(num_words) && value == std::floor(value);
  return named ? static_cast<int>(value) : -1;
}

// One column of the model's input.
struct InputColumn {
  std::string name;  // "heart_rate", "heart_rate_min_6h"
  int contract = 0;  // index of the contract feature it belongs to
  int level = -1;    // of a one-hot input: 1 where the value is this level, 0 where it is another
};

class Plan;  // the compiled form; see kernel.h

class FeatureSet {
 public:
  // Errors name file:line and the cure, all of them at once, one per line.
  static Result<FeatureSet> Load(const std::string& path, const events::Concepts& concepts);
  static Result<FeatureSet> FromDocument(const std::string& file, const Json& document,
                                         const events::Concepts& concepts);

  const std::string& name() const { return name_; }
  const std::string& description() const { return description_; }
  const std::vector<std::string>& blocks() const { return block_names_; }
  // SHA-256 over the declaration (as data, not as text) and the concepts' hash, hex.
  const std::string& hash() const { return hash_; }
  const Json& document() const { return document_; }

  // The plan for the contract features of the base list plus those of `blocks`. The columns are:
  // the base contract features in order, then what each block adds, in order. Unknown block:
  // NotFound naming the known ones.
  Result<std::shared_ptr<const Plan>> Compile(const std::vector<std::string>& blocks) const;

 private:
  std::string name_, description_, owner_, file_, hash_;
  std::vector<std::string> block_names_;
  Json document_;
  std::shared_ptr<const events::Concepts> concepts_;
};

}  // namespace codman::features
