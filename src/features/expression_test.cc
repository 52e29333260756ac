// Expected values by hand, unless a case says otherwise.
#include "features/expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace codman::features {
namespace {

constexpr double kNull = std::numeric_limits<double>::quiet_NaN();
const std::vector<std::string> kNames = {"heart_rate", "sbp", "dbp", "lactate", "missing"};

std::optional<NamedInput> FindName(std::string_view name) {
  const std::vector<std::string> units = {"/min", "mm[Hg]", "mm[Hg]", "mmol/L", "1"};
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (name == kNames[i]) return NamedInput{static_cast<int>(i), units[i]};
  }
  return {};
}

Result<CompiledExpression> Compile(std::string_view text) {
  return CompileExpression(text, FindName, kNames);
}

double ValueOf(std::string_view text) {
  auto compiled = Compile(text);
  EXPECT_TRUE(compiled.ok()) << (compiled.ok() ? "" : compiled.error().ToString());
  const double inputs[] = {90, 120, 80, 2, kNull};
  return compiled.ok() ? compiled->program.Run(inputs) : kNull;
}

std::string ErrorOf(std::string_view text) {
  auto compiled = Compile(text);
  return compiled.ok() ? "" : compiled.error().ToString();
}

TEST(ExpressionTest, ComputesWithUsualPrecedence) {
  const std::pair<const char*, double> kCases[] = {
      {"1 + 2 * 3", 7},
      {"(1 + 2) × 3", 9},
      {"10 − 4 - 3", 3},
      {"12 ÷ 4 / 3", 1},
      {"-heart_rate + 100", 10},
      {"2 - -3", 5},
      {"1.5e2", 150},
      {".5 * 4", 2},
      {"heart_rate / sbp", 0.75},
      {"(sbp + 2 * dbp) / 3", 280.0 / 3},
      {"min(sbp, dbp, 100)", 80},
      {"max(sbp, dbp)", 120},
      {"log(1)", 0},
      {"heart_rate > 90", 0},
      {"heart_rate >= 90", 1},
      {"heart_rate ≤ 90", 1},
      {"sbp != dbp", 1},
      {"sbp == dbp + 40", 1},
      {"if(lactate > 1, sbp, dbp)", 120},
      {"n_missing(sbp, missing, lactate)", 1},
      {"if(lactate < 1, sbp, dbp)", 80},
      {"shock_index(heart_rate, sbp)", 0.75},
      {"(sbp < 130) + (dbp < 90) + (heart_rate < 0)", 2},
  };
  for (auto [text, expected] : kCases) EXPECT_EQ(ValueOf(text), expected) << text;
}

TEST(ExpressionTest, NullPropagatesThroughAllButIfAndIsNull) {
  for (const char* text :
       {"missing + 1", "missing * 0", "-missing", "min(missing, 1)", "min(1, missing)",
        "max(1, missing)", "log(missing)", "missing > 1", "missing == missing", "1 / missing",
        "if(missing, 1, 2)", "if(1, missing, 2)"}) {
    EXPECT_TRUE(std::isnan(ValueOf(text))) << text;
  }
  EXPECT_EQ(ValueOf("is_null(missing)"), 1);
  EXPECT_EQ(ValueOf("is_null(sbp)"), 0);
  EXPECT_EQ(ValueOf("if(1, 5, missing)"), 5);
  EXPECT_EQ(ValueOf("if(is_null(missing), 7, missing)"), 7);
}

TEST(ExpressionTest, WhatHasNoValueIsNull) {
  for (const char* text : {"1 / 0", "0 / 0", "heart_rate / (sbp - 120)", "log(0)", "log(-1)",
                           "1e300 * 1e300", "-1e308 - 1e308"}) {
    EXPECT_TRUE(std::isnan(ValueOf(text))) << text;
  }
  EXPECT_FALSE(std::signbit(ValueOf("-(sbp - 120)"))) << "one zero only";
}

TEST(ExpressionTest, UnitsMustFit) {
  for (const char* text :
       {"heart_rate + sbp", "min(heart_rate, sbp)", "heart_rate < sbp", "if(1, heart_rate, sbp)",
        "heart_rate / sbp + sbp", "shock_index(sbp, heart_rate)", "(sbp > 100) + sbp"}) {
    EXPECT_THAT(ErrorOf(text), testing::ContainsRegex("makes no sense|must be in")) << text;
  }
  for (const char* text : {"sbp - dbp", "sbp + 10", "heart_rate / sbp + heart_rate / dbp",
                           "(sbp - dbp) / sbp + 1", "sbp * heart_rate / heart_rate - dbp"}) {
    EXPECT_EQ(ErrorOf(text), "") << text;
  }
}

TEST(ExpressionTest, TheDeclaredUnitMustNameTheResult) {
  EXPECT_EQ(Compile("sbp - dbp")->why_not_unit("mm[Hg]"), "");
  EXPECT_THAT(Compile("sbp - dbp")->why_not_unit("/min"),
              testing::HasSubstr("'mm[Hg]', not '/min'"));
  EXPECT_EQ(Compile("heart_rate / sbp")->why_not_unit("1"), "") << "no other word for it";
  EXPECT_EQ(Compile("sbp / dbp")->why_not_unit("1"), "");
  EXPECT_NE(Compile("sbp / dbp")->why_not_unit("mm[Hg]"), "");
  EXPECT_EQ(Compile("qsofa(heart_rate, sbp, 15)")->why_not_unit("{score}"), "");
}

TEST(ExpressionTest, ErrorsSayWhatToDo) {
  const std::pair<const char*, const char*> kCases[] = {
      {"hart_rate / sbp", "unknown feature 'hart_rate'; did you mean 'heart_rate'"},
      {"parital_sofa(1)", "did you mean 'partial_sofa'"},
      {"sbp +", "expected a number, a feature or '('"},
      {"sbp dbp", "expected an operator or the end at 'dbp'"},
      {"(sbp", "expected ')'"},
      {"min(sbp)", "min takes two or more, not 1"},
      {"if(1, 2)", "if takes a condition and two values, not 2"},
      {"log(1, 2)", "log takes one, not 2"},
      {"shock_index(heart_rate)", "shock_index takes arguments in [/min, mm[Hg]], not 1"},
      {"1.2.3", "expected a number such as 0.21"},
      {"", "expected a number, a feature or '('"},
      {"sbp $ 2", "expected an operator or the end at '$ 2'"},
  };
  for (auto [text, message] : kCases) {
    EXPECT_THAT(ErrorOf(text), testing::HasSubstr(message)) << text;
  }
  EXPECT_THAT(ErrorOf(std::string(1000, '(')), testing::HasSubstr("nested deeper"));
  std::string many = "sum_present(1";
  for (int i = 0; i < 64; ++i) many += ", 1";
  EXPECT_THAT(ErrorOf(many + ")"), testing::HasSubstr("split it into several features"));
}

TEST(ExpressionTest, KnowsWhatItReads) {
  EXPECT_THAT(Compile("dbp + sbp - dbp")->program.Reads(), testing::ElementsAre(1, 2));
  EXPECT_EQ(Compile("qsofa(heart_rate, sbp, 15)")->range, std::pair(0.0, 3.0));
  EXPECT_FALSE(Compile("1 + qsofa(heart_rate, sbp, 15)")->range.has_value());
}

}  // namespace
}  // namespace codman::features
