// Expressions of derived features, compiled to a small stack program.
//
//   heart_rate / sbp
//   if(is_null(lactate), 0, lactate > 2)
//   partial_sofa(platelets, bilirubin_total, creatinine, map)
//
// Operations: + - * / (also − × ÷), comparisons < <= > >= == != (also ≤ ≥ ≠) with result 1 or 0,
// min(a, b, …), max(a, b, …), log(a) natural, if(condition, a, b), is_null(a), numbers, names of
// features, and the scores of scores.h. Null (NaN) propagates through all but is_null and the
// branch that `if` does not take; a null condition gives null. x/0, 0/0, log of <= 0 and what is
// too large for a number give null. Programs are immutable; threads may share.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace codman::features {

class Program {
 public:
  enum class Op : uint8_t {
    kNumber,
    kInput,
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kNegate,
    kMin,
    kMax,
    kLog,
    kIf,
    kIsNull,
    kLess,
    kLessEqual,
    kGreater,
    kGreaterEqual,
    kEqual,
    kNotEqual,
    kScore,
  };
  struct Instruction {
    Op op = Op::kNumber;
    int16_t count = 0;    // arguments of a score
    int32_t operand = 0;  // which input or score
    double number = 0;
  };
  static constexpr int kMaxDepth = 64;

  // Adds an instruction; false when the stack would grow beyond kMaxDepth.
  bool Append(Instruction instruction);
  // `inputs` as numbered when compiling.
  double Run(std::span<const double> inputs) const;
  // Input i becomes new_index[i].
  void Renumber(std::span<const int> new_index);
  // The inputs it reads, ascending, each once.
  std::vector<int> Reads() const;

 private:
  std::vector<Instruction> instructions_;
  int depth_ = 0;
};

// What a name in an expression stands for.
struct NamedInput {
  int index = 0;
  std::string unit;
};

struct CompiledExpression {
  Program program;
  // Why the feature may not carry this unit, and the cure; "" where it may.
  std::function<std::string(const std::string& declared)> why_not_unit;
  // Of an expression that is one call of a score with a declared range.
  std::optional<std::pair<double, double>> range;
};

// Operands of + - min max if and comparisons must have the same unit text, arguments of scores the
// score's; numbers fit anywhere. The error says what and how to mend it; the caller adds the place.
// `names` are offered for misspelt ones.
Result<CompiledExpression> CompileExpression(
    std::string_view text, const std::function<std::optional<NamedInput>(std::string_view)>& find,
    const std::vector<std::string>& names);

}  // namespace codman::features
