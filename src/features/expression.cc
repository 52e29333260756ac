#include "features/expression.h"

#include <array>

#include "base/text.h"
#include "features/scores.h"
#include "features/unit_internal.h"

namespace codman::features {
namespace {

using Op = Program::Op;
using FindName = std::function<std::optional<NamedInput>(std::string_view)>;

struct Symbol {
  const char* text;
  Op op;
};
// Longer spellings before their own beginnings.
constexpr std::array<Symbol, 9> kComparisons = {{{"<=", Op::kLessEqual},
                                                 {"≤", Op::kLessEqual},
                                                 {">=", Op::kGreaterEqual},
                                                 {"≥", Op::kGreaterEqual},
                                                 {"==", Op::kEqual},
                                                 {"!=", Op::kNotEqual},
                                                 {"≠", Op::kNotEqual},
                                                 {"<", Op::kLess},
                                                 {">", Op::kGreater}}};
constexpr std::array<Symbol, 3> kSums = {
    {{"+", Op::kAdd}, {"-", Op::kSubtract}, {"−", Op::kSubtract}}};
constexpr std::array<Symbol, 4> kProducts = {
    {{"*", Op::kMultiply}, {"×", Op::kMultiply}, {"/", Op::kDivide}, {"÷", Op::kDivide}}};
constexpr std::array<Symbol, 2> kMinus = {{{"-", Op::kNegate}, {"−", Op::kNegate}}};

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Recursive descent; appends to the program as it reads and gives back the unit of what it read.
class Parser {
 public:
  Parser(std::string_view text, const FindName& find, const std::vector<std::string>& names)
      : text_(text), find_(find), names_(names) {}

  Result<CompiledExpression> Parse() {
    Unit unit = TRY(Comparison());
    if (!AtEnd()) return Unexpected("an operator or the end");
    auto why_not = [unit](const std::string& declared) -> std::string {
      if (unit.MayBeCalled(declared)) return "";
      return format("the expression has unit '{}', not '{}'; write unit: \"{}\"", unit.ToString(),
                    declared, unit.ToString());
    };
    bool one_score = last_score_ >= 0 && last_score_end_ == text_.size() && last_score_begin_ == 0;
    CompiledExpression compiled{std::move(program_), why_not, {}};
    if (one_score) {
      const Score& score = Scores()[static_cast<size_t>(last_score_)];
      if (score.low < score.high) compiled.range = {score.low, score.high};
    }
    return compiled;
  }

 private:
  bool AtEnd() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) {
      ++at_;
    }
    return at_ == text_.size();
  }

  bool Take(std::string_view token) {
    if (AtEnd() || !text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  template <size_t kCount>
  std::optional<Op> TakeOneOf(const std::array<Symbol, kCount>& symbols) {
    for (const Symbol& symbol : symbols) {
      if (Take(symbol.text)) return symbol.op;
    }
    return {};
  }

  Error Unexpected(std::string_view wanted) {
    std::string_view rest = AtEnd() ? "the end" : text_.substr(at_);
    return base::InvalidInput(
        format("in expression '{}': expected {} at '{}'", text_, wanted, rest));
  }

  Error Mismatch(std::string_view what, const Unit& a, const Unit& b) const {
    return base::InvalidInput(format(
        "in expression '{}': {} of '{}' and '{}' makes no sense; convert one or take another "
        "feature",
        text_, what, a.ToString(), b.ToString()));
  }

  Result<> Emit(Program::Instruction instruction) {
    if (program_.Append(instruction)) return {};
    return base::InvalidInput(
        format("the expression keeps more than {} values waiting; split it into several features",
               Program::kMaxDepth));
  }

  Result<Unit> Comparison() {
    Unit left = TRY(Sum());
    auto op = TakeOneOf(kComparisons);
    if (!op) return left;
    Unit right = TRY(Sum());
    if (!left.Fits(right)) return Mismatch("comparison", left, right);
    TRY(Emit({.op = *op}));
    return Unit::One();
  }

  Result<Unit> Sum() {
    Unit left = TRY(Term());
    while (auto op = TakeOneOf(kSums)) {
      Unit right = TRY(Term());
      if (!left.Fits(right)) {
        return Mismatch(*op == Op::kAdd ? "sum" : "difference", left, right);
      }
      left = left.Or(right);
      TRY(Emit({.op = *op}));
    }
    return left;
  }

  Result<Unit> Term() {
    Unit left = TRY(Factor());
    while (auto op = TakeOneOf(kProducts)) {
      Unit right = TRY(Factor());
      left = left.TimesUnit(right, *op == Op::kMultiply ? 1 : -1);
      TRY(Emit({.op = *op}));
    }
    return left;
  }

  Result<Unit> Factor() {
    if (++nesting_ > Program::kMaxDepth) {
      return base::InvalidInput(
          format("the expression is nested deeper than {} levels; split it", Program::kMaxDepth));
    }
    bool negative = TakeOneOf(kMinus).has_value();
    Unit unit = negative ? TRY(Factor()) : TRY(Primary());
    if (negative) TRY(Emit({.op = Op::kNegate}));
    --nesting_;
    return unit;
  }

  Result<Unit> Primary() {
    if (Take("(")) {
      Unit unit = TRY(Comparison());
      if (!Take(")")) return Unexpected("')'");
      return unit;
    }
    if (AtEnd()) return Unexpected("a number, a feature or '('");
    size_t begin = at_;
    if (IsDigit(text_[at_]) || text_[at_] == '.') return Number();
    while (at_ < text_.size() && (IsLetter(text_[at_]) || (at_ > begin && IsDigit(text_[at_])))) {
      ++at_;
    }
    if (at_ == begin) return Unexpected("a number, a feature or '('");
    std::string_view word = text_.substr(begin, at_ - begin);
    if (Take("(")) return Call(word, begin);
    auto input = find_(word);
    if (!input) return Unknown("feature", word, names_);
    TRY(Emit({.op = Op::kInput, .operand = input->index}));
    return Unit::Named(input->unit);
  }

  Result<Unit> Number() {
    size_t begin = at_;
    while (at_ < text_.size() && (IsDigit(text_[at_]) || text_[at_] == '.')) ++at_;
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      ++at_;
      if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      while (at_ < text_.size() && IsDigit(text_[at_])) ++at_;
    }
    auto number = base::ParseDouble(text_.substr(begin, at_ - begin));
    if (!number) {
      at_ = begin;
      return Unexpected("a number such as 0.21");
    }
    TRY(Emit({.op = Op::kNumber, .number = *number}));
    return Unit::Neutral();
  }

  static Error Unknown(std::string_view what, std::string_view word,
                       const std::vector<std::string>& known) {
    std::string nearest = base::NearestWord(word, known);
    return base::InvalidInput(
        nearest.empty()
            ? format("unknown {} '{}'; known are: {}", what, word, base::Join(known, ", "))
            : format("unknown {} '{}'; did you mean '{}'?", what, word, nearest));
  }

  // The arguments of a call, each already compiled. `folded` is applied after every argument from
  // the second on.
  Result<std::vector<Unit>> Arguments(std::optional<Op> folded) {
    std::vector<Unit> units;
    do {
      units.push_back(TRY(Comparison()));
      if (folded && units.size() > 1) TRY(Emit({.op = *folded}));
    } while (Take(","));
    if (!Take(")")) return Unexpected("',' or ')'");
    return units;
  }

  Error WrongCount(std::string_view name, std::string_view wanted, size_t given) const {
    return base::InvalidInput(
        format("in expression '{}': {} takes {}, not {} arguments", text_, name, wanted, given));
  }

  Result<Unit> Call(std::string_view name, size_t begin) {
    if (name == "min" || name == "max") return Extreme(name);
    if (name == "if") return Choice();
    if (name == "log" || name == "is_null") {
      auto units = TRY(Arguments({}));
      if (units.size() != 1) return WrongCount(name, "one", units.size());
      TRY(Emit({.op = name == "log" ? Op::kLog : Op::kIsNull}));
      return Unit::One();
    }
    int score = FindScore(name);
    if (score < 0) {
      std::vector<std::string> known = {"min", "max", "if", "log", "is_null"};
      for (const Score& each : Scores()) known.emplace_back(each.name);
      return Unknown("function", name, known);
    }
    return ScoreCall(score, begin);
  }

  Result<Unit> Extreme(std::string_view name) {
    auto units = TRY(Arguments(name == "min" ? Op::kMin : Op::kMax));
    if (units.size() < 2) return WrongCount(name, "two or more", units.size());
    Unit common = units[0];
    for (const Unit& unit : units) {
      if (!common.Fits(unit)) return Mismatch(name, common, unit);
      common = common.Or(unit);
    }
    return common;
  }

  Result<Unit> Choice() {
    auto units = TRY(Arguments({}));
    if (units.size() != 3) return WrongCount("if", "a condition and two values", units.size());
    if (!units[1].Fits(units[2])) return Mismatch("choice", units[1], units[2]);
    TRY(Emit({.op = Op::kIf}));
    return units[1].Or(units[2]);
  }

  Result<Unit> ScoreCall(int index, size_t begin) {
    const Score& score = Scores()[static_cast<size_t>(index)];
    auto units = TRY(Arguments({}));
    size_t most = score.repeats ? Program::kMaxDepth : score.units.size();
    if (units.size() < static_cast<size_t>(score.min_arguments) || units.size() > most) {
      std::vector<std::string> wanted(score.units.begin(), score.units.end());
      return WrongCount(score.name, format("arguments in [{}]", base::Join(wanted, ", ")),
                        units.size());
    }
    for (size_t i = 0; i < units.size(); ++i) {
      std::string_view name = score.units[std::min(i, score.units.size() - 1)];
      Unit wanted = Unit::Named(name);
      if (name.empty() || units[i].Fits(wanted)) continue;
      return base::InvalidInput(
          format("in expression '{}': argument {} of {} must be in '{}', not '{}'", text_, i + 1,
                 score.name, wanted.ToString(), units[i].ToString()));
    }
    TRY(Emit({.op = Op::kScore, .count = static_cast<int16_t>(units.size()), .operand = index}));
    last_score_ = index;
    last_score_begin_ = begin;
    last_score_end_ = at_;
    return Unit::Named(score.unit);
  }

  std::string_view text_;
  const FindName& find_;
  const std::vector<std::string>& names_;
  size_t at_ = 0;
  int nesting_ = 0;
  int last_score_ = -1;
  size_t last_score_begin_ = 0, last_score_end_ = 0;
  Program program_;
};

}  // namespace

Result<CompiledExpression> CompileExpression(std::string_view text, const FindName& find,
                                             const std::vector<std::string>& names) {
  return Parser(base::Trim(text), find, names).Parse();
}

}  // namespace codman::features
