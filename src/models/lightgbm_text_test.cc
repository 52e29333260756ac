#include "models/lightgbm_text.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/text.h"

namespace codman::models {
namespace {

// Written after LightGBM's own files (tests/data/gbm-reference). Root: x0 <= 0.5, right: x1 <= inf.
std::string Text() {
  return "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx="
         "1\n"
         "objective=binary sigmoid:1\nfeature_names=a b%20c\nfeature_infos=[0:1] "
         "[0:1]\ntree_sizes=300\n\n"
         "Tree=0\nnum_leaves=3\nnum_cat=0\nsplit_feature=0 1\nsplit_gain=1 1\nthreshold=0.5 "
         "inf\ndecision_type=10 8\n"
         "left_child=-1 -2\nright_child=1 -3\nleaf_value=-1 0.25 4\nleaf_weight=1 1 "
         "1\nleaf_count=5 3 2\n"
         "internal_value=0 0\ninternal_weight=10 5\ninternal_count=10 "
         "5\nis_linear=0\nshrinkage=1\n\n\nend of trees\n\n"
         "feature_importances:\na=1\n\nparameters:\n[boosting: gbdt]\n[learning_rate: 0.1]\n\nend "
         "of parameters\n";
}

Result<Forest> ReadOne(std::string_view text) {
  std::vector<Forest> forests = TRY(ReadLightgbmText(text));
  EXPECT_EQ(forests.size(), 1u);
  return forests[0];
}

std::string Replaced(std::string_view from, std::string_view to) {
  std::string text = Text();
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

double MarginOf(const Forest& forest, double a, double b) {
  const double row[] = {a, b};
  return MarginByWalk(forest, row);
}

TEST(LightgbmText, ReadsSplitsMissingRulesCoversAndNames) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  auto forest = ReadOne(Text());
  ASSERT_TRUE(forest.ok()) << forest.error().ToString();
  EXPECT_EQ(forest->feature_names, (std::vector<std::string>{"a", "b c"}));
  EXPECT_EQ(forest->objective, Objective::kBinary);
  EXPECT_EQ(MarginOf(*forest, 0.5, 0), -1);
  EXPECT_EQ(MarginOf(*forest, kNan, 0), -1);  // decision type 10: NaN goes left
  EXPECT_EQ(MarginOf(*forest, 1, 1e300), 0.25);
  EXPECT_EQ(MarginOf(*forest, 1, kNan),
            4);  // decision type 8: NaN goes right, past a threshold of infinity too
  EXPECT_EQ(forest->trees[0].nodes[0].cover, 10);
  EXPECT_EQ(forest->parameters["learning_rate"].AsDouble(), 0.1);
}

TEST(LightgbmText, RandomForestsAverageOverTheirTrees) {
  std::string text = Replaced("objective=", "average_output\nobjective=");
  size_t tree = text.find("Tree=0"), end = text.find("end of trees");
  text.insert(end, text.substr(tree, end - tree) + text.substr(tree, end - tree));
  auto forest = ReadOne(text);
  ASSERT_TRUE(forest.ok()) << forest.error().ToString();
  EXPECT_EQ(forest->divisor, 3);
  EXPECT_EQ(MarginOf(*forest, 0, 0), -1);
  text.erase(text.find("Tree=0"), text.find("end of trees") - text.find("Tree=0"));
  EXPECT_FALSE(ReadLightgbmText(text).ok());  // nothing to average
}

TEST(LightgbmText, RefusesByName) {
  const struct {
    const char *from, *to, *named;
  } cases[] = {
      {"num_class=1", "num_class=3", "multiclass"},
      {"objective=binary sigmoid:1", "objective=multiclass num_class:1", "multiclass"},
      {"objective=binary sigmoid:1", "objective=multiclassova num_class:1", "multiclassova"},
      {"num_tree_per_iteration=1", "num_tree_per_iteration=3", "multiclass"},
      {"version=v4", "version=v2", "v2"},
      {"sigmoid:1", "sigmoid:2", "sigmoid"},
      {"objective=binary sigmoid:1", "objective=poisson", "poisson"},
      {"objective=binary sigmoid:1", "objective=regression sqrt", "sqrt"},
      {"num_cat=0", "num_cat=1", "categorical"},
      {"decision_type=10 8", "decision_type=10 9", "categorical"},
      {"is_linear=0", "is_linear=1", "linear"},
      {"boosting: gbdt", "boosting: dart", "DART"},
      {"left_child=-1 -2", "left_child=0 -2", "cycle"},
      {"left_child=-1 -2", "left_child=-3 -2", "share"},
      {"left_child=-1 -2", "left_child=7 -2", "not there"},
      {"right_child=1 -3", "right_child=1 -2147483648", "right_child"},
      {"num_leaves=3", "num_leaves=99999999", "leaf_value"},
      {"num_leaves=3", "num_leaves=-3", "leaves"},
      {"threshold=0.5 inf", "threshold=0.5 nan", "threshold"},
      {"threshold=0.5 inf", "threshold=0.5", "threshold"},
      {"leaf_value=-1 0.25 4", "leaf_value=-1 inf 4", "leaf value"},
      {"split_feature=0 1", "split_feature=0 2", "feature 2"},
      {"split_feature=0 1", "split_feature=0 -1", "negative"},
      {"internal_count=10 5", "internal_count=10 0", "zero cover"},
      {"max_feature_idx=1", "max_feature_idx=999999999999", "features"},
      {"end of trees", "end of tr", "cut off"},
      {"decision_type=10 8", "decision_type=10 12", "decision type"},
  };
  for (const auto& [from, to, named] : cases) {
    auto forest = ReadLightgbmText(Replaced(from, to));
    ASSERT_FALSE(forest.ok()) << to;
    EXPECT_NE(forest.error().ToString().find(named), std::string::npos)
        << forest.error().ToString();
  }
}

TEST(LightgbmText, AMulticlassTextGivesEveryClassEveryThirdTree) {
  std::string text =
      Replaced("num_class=1\nnum_tree_per_iteration=1", "num_class=3\nnum_tree_per_iteration=3");
  text.replace(text.find("binary sigmoid:1"), 16, "multiclass num_class:3");
  auto uneven = ReadLightgbmText(text);
  ASSERT_FALSE(uneven.ok());
  EXPECT_NE(uneven.error().message().find("every class"), std::string::npos);
  size_t begin = text.find("Tree=0"), end = text.find("end of trees");
  std::string tree = text.substr(begin, end - begin), trees;
  for (const char* leaf : {"7", "8", "9", "17", "18", "19"}) {
    std::string one = tree;
    trees += one.replace(one.find("leaf_value=-1"), 13, std::string("leaf_value=") + leaf);
  }
  auto forests = ReadLightgbmText(text.replace(begin, end - begin, trees));
  ASSERT_TRUE(forests.ok()) << forests.error().ToString();
  ASSERT_EQ(forests->size(), 3u);
  for (size_t k = 0; k < 3; ++k) {
    EXPECT_EQ((*forests)[k].objective, Objective::kMulticlass);
    EXPECT_EQ(MarginOf((*forests)[k], 0, 0), 24 + 2 * static_cast<double>(k));
  }
}

TEST(LightgbmText, FeatureNamesSurviveTheirEncoding) {
  for (std::string name : {"plain", "heart rate", "a,b:[c]{d}\"", "50%", "%41", "°C", ""}) {
    std::string encoded = EncodeFeatureName(name);
    EXPECT_EQ(encoded.find_first_of(" \",:[]{}"), std::string::npos);
    EXPECT_EQ(DecodeFeatureName(encoded), name);
  }
}

}  // namespace
}  // namespace codman::models
