#include "registry/settings_search.h"

#include <gmock/gmock.h>

#include <set>

#include "base/text.h"
#include "base/yaml.h"

// Expected values by hand from settings_search.h.
namespace codman::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

SettingsSearch Read(const std::string& yaml, std::string* problem = nullptr) {
  base::Problems problems("task.yaml");
  auto search = ReadSearch(base::ParseYaml(yaml, "task.yaml").value(), &problems);
  if (problem != nullptr) {
    *problem = base::Join(problems.lines(), "\n");
  } else {
    EXPECT_THAT(problems.lines(), testing::IsEmpty());
  }
  return search;
}

std::vector<std::string> Told(const SettingsSearch& search, uint64_t seed) {
  std::vector<std::string> told;
  for (const auto& tried : SettingsToTry(search, seed)) told.push_back(tried.ToString());
  return told;
}

TEST(SettingsSearch, WithoutTriesTheWholeGridIsTriedInItsOrder) {
  auto search = Read("search: {leaves: [7, 15, 31], learning_rate: [0.02, 0.05]}");
  EXPECT_EQ(search.folds, 5);
  EXPECT_THAT(
      Told(search, 1),
      ElementsAre(R"({"leaves":7,"learning_rate":0.02})", R"({"leaves":7,"learning_rate":0.05})",
                  R"({"leaves":15,"learning_rate":0.02})", R"({"leaves":15,"learning_rate":0.05})",
                  R"({"leaves":31,"learning_rate":0.02})",
                  R"({"leaves":31,"learning_rate":0.05})"));
}

TEST(SettingsSearch, TriesDrawsDifferentSettingsOfTheGridBySeed) {
  auto search = Read("search: {leaves: [3, 7, 15, 31, 63], l2: [0, 1, 10, 30], tries: 6}");
  auto whole = search;
  whole.tries = 0;
  auto grid = Told(whole, 0);
  std::set<std::vector<std::string>> draws;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    auto drawn = Told(search, seed);
    EXPECT_EQ(drawn, Told(search, seed));
    EXPECT_EQ(std::set<std::string>(drawn.begin(), drawn.end()).size(), 6u);
    // In the order of the grid, hence a subsequence of it.
    EXPECT_TRUE(std::includes(
        grid.begin(), grid.end(), drawn.begin(), drawn.end(), [&](const auto& a, const auto& b) {
          return std::find(grid.begin(), grid.end(), a) < std::find(grid.begin(), grid.end(), b);
        }));
    draws.insert(drawn);
  }
  EXPECT_GT(draws.size(), 15u);
}

TEST(SettingsSearch, TheOtherSettingsStay) {
  Json settings = *base::ParseJson(R"({"trees":100,"leaves":31})");
  EXPECT_EQ(WithMembers(settings, *base::ParseJson(R"({"leaves":7,"l2":1})")).ToString(),
            R"({"trees":100,"leaves":7,"l2":1})");
  EXPECT_EQ(WithMembers(Json(), *base::ParseJson(R"({"l2":1})")).ToString(), R"({"l2":1})");
}

TEST(SettingsSearch, MistakesAreNamed) {
  EXPECT_TRUE(Read("learner: gbdt").empty());
  for (auto [yaml, named] :
       {std::pair("search: {leaves: 7}", "'leaves' must list the values"),
        std::pair("search: {leaves: []}", "'leaves' must list the values"),
        std::pair("search: {leaves: [[7]]}", "'leaves' must list the values"),
        std::pair("search: [7]", "'search' must be"),
        std::pair("search: {tries: 1}", "names no setting"),
        std::pair("search: {leaves: [7, 15], tries: 3}",
                  "'tries' must be a whole number from 1 to 2"),
        std::pair("search: {leaves: [7, 15], tries: 1.5}", "'tries' must be a whole number"),
        std::pair("search: {leaves: [7, 15], folds: 1}", "'folds' must be a whole number"),
        std::pair("search: {a: [1, 2, 3, 4, 5, 6], b: [1, 2, 3, 4, 5, 6], c: [1, 2, 3, 4, 5, 6]}",
                  "holds 216 settings: add tries")}) {
    std::string problem;
    Read(yaml, &problem);
    EXPECT_THAT(problem, HasSubstr(named)) << yaml;
    EXPECT_THAT(problem, HasSubstr("task.yaml:1:")) << yaml;
  }
}

}  // namespace
}  // namespace codman::registry
