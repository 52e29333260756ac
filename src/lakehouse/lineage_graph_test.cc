// Expected trees are drawn by hand from the runs that each test writes down.
#include "lakehouse/lineage_graph.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace codman::lakehouse {
namespace {

// Newest first, as Lineage::Latest gives them.
std::vector<LineageRun> Runs() {
  std::vector<LineageRun> runs = {
      {.job = "ingest vitals",
       .inputs = {{"file ab", -1, 10}},
       .outputs = {{"bronze.vitals", 0, 10}}},
      {.job = "build silver",
       .inputs = {{"bronze.vitals", 0, 10}},
       .outputs = {{"silver.events", 0, 9}}},
      {.job = "build gold.a", .inputs = {{"silver.events", 0, 9}}, .outputs = {{"gold.a", 0, 3}}},
      {.job = "train s/v", .inputs = {{"silver.events", 0, 9}}, .outputs = {{"model s/v-1", 1, 0}}},
      {.job = "build silver",
       .inputs = {{"bronze.vitals", 1, 20}},
       .outputs = {{"silver.events", 1, 18}}},
      {.job = "build gold.a", .inputs = {{"silver.events", 1, 18}}, .outputs = {{"gold.a", 1, 6}}},
  };
  std::reverse(runs.begin(), runs.end());
  return runs;
}

// "gold.a@1(silver.events@1(bronze.vitals@1))"
std::string Shape(const Json& node, const char* children) {
  std::string text = node["name"].AsString() + "@" + std::to_string(node["version"].AsInt());
  if (node[children].size() == 0) return text;
  text += "(";
  for (const auto& child : node[children].items()) text += Shape(child, children) + " ";
  text.back() = ')';
  return text;
}

TEST(LineageGraphTest, TracesTheNewestVersionBackToItsFiles) {
  EXPECT_EQ(Shape(TraceLineage(Runs(), "gold.a", Direction::kBack), "from"),
            "gold.a@1(silver.events@1(bronze.vitals@1(file ab@-1)))");
}

TEST(LineageGraphTest, AnOlderModelIsTracedToTheVersionsItWasMadeFrom) {
  EXPECT_EQ(Shape(TraceLineage(Runs(), "model s/v-1", Direction::kBack), "from"),
            "model s/v-1@1(silver.events@0(bronze.vitals@0(file ab@-1)))");
}

TEST(LineageGraphTest, TracesForwardToEverythingMadeFromAFile) {
  EXPECT_EQ(Shape(TraceLineage(Runs(), "file ab", Direction::kForward), "into"),
            "file ab@-1(bronze.vitals@0(silver.events@1(gold.a@1 model s/v-1@1)))");
}

TEST(LineageGraphTest, AnUnknownThingHasNoHistory) {
  Json node = TraceLineage(Runs(), "gold.nothing", Direction::kBack);
  EXPECT_EQ(node["version"].AsInt(), -1);
  EXPECT_EQ(node["from"].size(), 0u);
}

TEST(LineageGraphTest, GraphHoldsEachJobOnceWithItsNewestVersions) {
  Json graph = LineageGraph(Runs());
  EXPECT_EQ(graph["nodes"].size(), 5u);
  EXPECT_EQ(graph["edges"].size(), 4u);
}

}  // namespace
}  // namespace codman::lakehouse
