#include "registry/version_diff.h"

#include <gmock/gmock.h>

#include "registry/registry_testing.h"

// Expected values by hand from version_diff.h.
namespace codman::registry {
namespace {

NewModel Version(const char* manifest, const char* columns, const char* findings, double auroc) {
  NewModel model = Sample();
  Json members = base::ParseJson(manifest).value();
  for (const auto& [name, value] : members.members()) model.manifest.Set(name, value);
  model.files["features.yaml"] = format("{{\"columns\": {}}}", columns);
  model.files["evaluation.json"] = format("{{\"leakage\": {}}}", findings);
  model.metrics = Json::Object({{"auroc", auroc}});
  model.parameters = Json::Object({{"learner", "logistic"}, {"l2", auroc}});
  return model;
}

TEST_F(RegistryTest, ADiffNamesDataFeaturesParametersMetricsAndFindings) {
  ASSERT_TRUE(
      registry_
          ->Register(Version(R"({"data_snapshot":"d1","feature_set_hash":"f1","seed":1})",
                             R"(["age","lactate","map"])",
                             R"([{"check":"too_good","severity":"warning","subject":"","message":
                                 "0.91"},{"check":"clock_only","severity":"pass","subject":""},
                                 {"check":"single_feature","severity":"warning","subject":"age"}])",
                             0.5))
          .ok());
  ASSERT_TRUE(registry_
                  ->Register(Version(R"({"data_snapshot":"d2","feature_set_hash":"f2","seed":1})",
                                     R"(["age","map","spo2","hr"])",
                                     R"([{"check":"too_good","severity":"warning","subject":"",
                                         "message":"0.92"},{"check":"duplicate_rows",
                                         "severity":"block","subject":"","message":"3"}])",
                                     0.75))
                  .ok());
  auto diff = DiffVersions(*registry_, "sepsis", "process-1", "process-2");
  ASSERT_TRUE(diff.ok()) << diff.error().ToString();
  const Json& found = *diff;
  EXPECT_EQ(found["a"]["version"].AsString(), "process-1");
  EXPECT_EQ(found["b"]["version"].AsString(), "process-2");
  EXPECT_FALSE(found["data"]["same_snapshot"].AsBool());
  EXPECT_TRUE(found["data"]["same_source"].AsBool());
  EXPECT_EQ(found["data"]["differences"].ToString(),
            R"([{"name":"data_snapshot","a":"d1","b":"d2"}])");
  EXPECT_EQ(found["features"]["added"].ToString(), R"(["spo2","hr"])");
  EXPECT_EQ(found["features"]["removed"].ToString(), R"(["lactate"])");
  EXPECT_EQ(found["features"]["kept"].AsInt(), 2);
  EXPECT_FALSE(found["features"]["same_set"].AsBool());
  EXPECT_EQ(found["training"].ToString(), "[]");
  EXPECT_EQ(found["parameters"].ToString(), R"([{"name":"l2","a":0.5,"b":0.75}])");
  EXPECT_EQ(found["metrics"].ToString(),
            R"([{"name":"auroc","a":0.5,"b":0.75,"difference":0.25}])");
  EXPECT_EQ(found["leakage"]["appeared"].ToString(),
            R"([{"check":"duplicate_rows","severity":"block","subject":""}])");
  EXPECT_EQ(found["leakage"]["gone"].ToString(),
            R"([{"check":"single_feature","severity":"warning","subject":"age"}])");
  EXPECT_EQ(found["leakage"]["kept"].AsInt(), 1) << "the same finding with another number";
}

TEST_F(RegistryTest, AVersionDiffersInNothingFromItself) {
  ASSERT_TRUE(registry_->Register(Sample()).ok());
  Json found = DiffVersions(*registry_, "sepsis", "process-1", "process-1").value();
  EXPECT_TRUE(found["data"]["same_snapshot"].AsBool());
  for (const char* part : {"training", "parameters"}) EXPECT_EQ(found[part].size(), 0u) << part;
  EXPECT_EQ(found["metrics"].items()[0]["difference"].AsDouble(), 0);
  EXPECT_EQ(DiffVersions(*registry_, "sepsis", "process-1", "x-1").error().kind(),
            ErrorKind::kNotFound);
}

TEST_F(RegistryTest, AnAlteredVersionIsNotCompared) {
  auto version = registry_->Register(Sample()).value();
  ASSERT_TRUE(
      base::WriteFileAtomically(home_ + "/models/" + version.path + "/features.yaml", "{}").ok());
  EXPECT_EQ(DiffVersions(*registry_, "sepsis", "process-1", "process-1").error().kind(),
            ErrorKind::kDataQuality);
}

}  // namespace
}  // namespace codman::registry
