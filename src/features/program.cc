#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "features/expression.h"
#include "features/scores.h"

namespace codman::features {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// How many values an instruction takes from the stack; each puts one back.
int Takes(const Program::Instruction& instruction) {
  using Op = Program::Op;
  switch (instruction.op) {
    case Op::kNumber:
    case Op::kInput:
      return 0;
    case Op::kNegate:
    case Op::kLog:
    case Op::kIsNull:
      return 1;
    case Op::kIf:
      return 3;
    case Op::kScore:
      return instruction.count;
    default:
      return 2;
  }
}

double Compare(Program::Op op, double a, double b) {
  using Op = Program::Op;
  if (std::isnan(a) || std::isnan(b)) return kMissing;
  switch (op) {
    case Op::kLess:
      return a < b;
    case Op::kLessEqual:
      return a <= b;
    case Op::kGreater:
      return a > b;
    case Op::kGreaterEqual:
      return a >= b;
    case Op::kEqual:
      return a == b;
    default:
      return a != b;
  }
}

// One NaN for every null, and one zero: bits must not tell how a value came about.
double Normal(double value) { return std::isfinite(value) ? value + 0.0 : kMissing; }

double Apply(const Program::Instruction& instruction, const double* v) {
  using Op = Program::Op;
  switch (instruction.op) {
    case Op::kAdd:
      return Normal(v[0] + v[1]);
    case Op::kSubtract:
      return Normal(v[0] - v[1]);
    case Op::kMultiply:
      return Normal(v[0] * v[1]);
    case Op::kDivide:
      return v[1] == 0 ? kMissing : Normal(v[0] / v[1]);
    case Op::kNegate:
      return Normal(-v[0]);
    case Op::kMin:
      return std::isnan(v[1]) ? kMissing : v[1] < v[0] ? v[1] : v[0];
    case Op::kMax:
      return std::isnan(v[1]) ? kMissing : v[1] > v[0] ? v[1] : v[0];
    case Op::kLog:
      return v[0] > 0 ? Normal(std::log(v[0])) : kMissing;
    case Op::kIf:
      return std::isnan(v[0]) ? kMissing : v[0] != 0 ? v[1] : v[2];
    case Op::kIsNull:
      return std::isnan(v[0]) ? 1 : 0;
    case Op::kScore: {
      const Score& score = Scores()[static_cast<size_t>(instruction.operand)];
      return Normal(score.compute({v, static_cast<size_t>(instruction.count)}));
    }
    default:
      return Compare(instruction.op, v[0], v[1]);
  }
}

}  // namespace

bool Program::Append(Instruction instruction) {
  instructions_.push_back(instruction);
  depth_ += 1 - Takes(instruction);
  return depth_ <= kMaxDepth;
}

double Program::Run(std::span<const double> inputs) const {
  std::array<double, kMaxDepth> stack;
  double* top = stack.data();  // one beyond the last
  for (const Instruction& instruction : instructions_) {
    if (instruction.op == Op::kInput) {
      *top++ = inputs[static_cast<size_t>(instruction.operand)];
    } else if (instruction.op == Op::kNumber) {
      *top++ = instruction.number;
    } else {
      top -= Takes(instruction);
      *top = Apply(instruction, top);
      ++top;
    }
  }
  return stack[0];
}

void Program::Renumber(std::span<const int> new_index) {
  for (Instruction& instruction : instructions_) {
    if (instruction.op != Op::kInput) continue;
    instruction.operand = new_index[static_cast<size_t>(instruction.operand)];
  }
}

std::vector<int> Program::Reads() const {
  std::vector<int> reads;
  for (const Instruction& instruction : instructions_) {
    if (instruction.op == Op::kInput) reads.push_back(instruction.operand);
  }
  std::sort(reads.begin(), reads.end());
  reads.erase(std::unique(reads.begin(), reads.end()), reads.end());
  return reads;
}

}  // namespace codman::features
