#include <gmock/gmock.h>

#include "api/api_testing.h"

// The registry over HTTP: expected answers by hand from api.md 1 and ml.md 6.
namespace codman::api {
namespace {

using testing::HasSubstr;

constexpr char kWhy[] = R"({"reason": "looked at the report"})";
constexpr char kVersion[] = "/api/v1/models/sepsis/process-1";

class ModelEndpointsTest : public testing::Test {
 protected:
  Json Ask(const char* method, const std::string& target, int status, const char* body = "") {
    auto answer = hospital_.Ask(method, target, body);
    EXPECT_EQ(answer.status, status) << target << " " << answer.body;
    return base::ParseJson(answer.body).value();
  }
  TestHospital hospital_{"model_endpoints"};
};

TEST_F(ModelEndpointsTest, AKeyIsNoPersonWhoCouldApprove) {
  Json refused = Ask("POST", std::string(kVersion) + "/approve", 403, kWhy);
  EXPECT_THAT(refused["detail"].AsString(), HasSubstr("comes from a person"));
  EXPECT_TRUE(hospital_.registry().Approvals("sepsis").value().empty());
}

TEST_F(ModelEndpointsTest, APersonTriesAVersionThatWaitsAndNoAnswerOfItCountsAsServed) {
  ASSERT_TRUE(hospital_.AddVersion().ok());
  const std::string waiting = "/api/v1/models/sepsis/process-2";
  constexpr char kValues[] = R"({"features": {"heart_rate": 112}})";
  Json refused = Ask("POST", waiting + "/try", 403, kValues);
  EXPECT_THAT(refused["detail"].AsString(), HasSubstr("tried by a person"));
  auto person = hospital_.SignIn();
  auto tried = hospital_.Ask("POST", waiting + "/try", kValues, person, false);
  ASSERT_EQ(tried.status, 200) << tried.body;
  Json answer = base::ParseJson(tried.body).value();
  EXPECT_EQ(answer["variant"].AsString(), "process (trial)");
  EXPECT_EQ(answer["model"]["version"].AsString(), "process-2");
  auto entry = hospital_.journal().Find(answer["id"].AsString());
  ASSERT_TRUE(entry.ok()) << "what a person saw is kept";
  EXPECT_EQ(hospital_.journal().Search({.variant = "process"}).value().size(), 0u);
  EXPECT_EQ(hospital_.journal().Search({.variant = "process (trial)"}).value().size(), 1u);
  auto live = hospital_.Ask("POST", std::string(kVersion) + "/try", kValues, person, false);
  EXPECT_EQ(base::ParseJson(live.body).value()["variant"].AsString(), "process");
  auto wrong =
      hospital_.Ask("POST", waiting + "/try", R"({"features": {"heart_rat": 1}})", person, false);
  EXPECT_EQ(wrong.status, 422);
  Ask("POST", "/api/v1/models/sepsis/process-9/try", 403, kValues);
}

TEST_F(ModelEndpointsTest, TheFormOfAVersionIsThatOfItsFeatures) {
  ASSERT_TRUE(hospital_.AddVersion().ok());
  Json live = Ask("GET", "/api/v1/tasks/sepsis", 200);
  Json form = Ask("GET", "/api/v1/models/sepsis/process-2/form", 200);
  EXPECT_EQ(form["version"].AsString(), "process-2");
  EXPECT_EQ(form["variant"].AsString(), "process (trial)");
  EXPECT_EQ(form["groups"].ToString(), live["groups"].ToString());
  Ask("GET", "/api/v1/models/sepsis/process-9/form", 404);
}

TEST_F(ModelEndpointsTest, WhatIsLiveIsNeitherChallengedNorRetired) {
  for (const char* change : {"/challenge", "/retire", "/activate"}) {
    Json refused = Ask("POST", std::string(kVersion) + change, 409, kWhy);
    EXPECT_THAT(refused["detail"].AsString(), HasSubstr("process-1"));
    EXPECT_EQ(Ask("POST", std::string(kVersion) + change, 422, R"({"reason": " "})")["errors"]
                  .items()[0]["field"]
                  .AsString(),
              "reason");
    Ask("POST", std::string("/api/v1/models/sepsis/none-1") + change, 404, kWhy);
  }
}

TEST_F(ModelEndpointsTest, TellsWhatWasLiveAtATime) {
  Json now = Ask("GET", "/api/v1/models/sepsis/live", 200);
  ASSERT_EQ(now["live"].size(), 1u);
  EXPECT_EQ(now["live"].items()[0]["version"].AsString(), "process-1");
  EXPECT_EQ(now["live"].items()[0]["actor"].AsString(), "ada");
  EXPECT_EQ(now["live"].items()[0]["reason"].AsString(), "why");
  Json then = Ask("GET", "/api/v1/models/sepsis/live?at=2001-01-01T14:05:00Z", 200);
  EXPECT_EQ(then["live"].size(), 0u);
  EXPECT_EQ(then["at"].AsString(), "2001-01-01T14:05:00Z");
  Ask("GET", "/api/v1/models/sepsis/live?at=yesterday", 400);
  Ask("GET", "/api/v1/models/none/live", 404);
}

TEST_F(ModelEndpointsTest, ComparesVersions) {
  Json diff = Ask("GET", "/api/v1/models/sepsis/diff?a=process-1&b=process-1", 200);
  EXPECT_EQ(diff["a"]["version"].AsString(), "process-1");
  EXPECT_EQ(diff["parameters"].size(), 0u);
  Ask("GET", "/api/v1/models/sepsis/diff?a=process-1", 400);
  Ask("GET", "/api/v1/models/sepsis/diff?a=process-1&b=process-9", 404);
}

TEST_F(ModelEndpointsTest, ListsShowsAndComparesRuns) {
  auto& jobs = hospital_.registry().jobs();
  registry::TrainingJob asked{.task = "sepsis", .variant = "process", .source = "made"};
  asked.config = Json::Object({{"seed", 1}});
  ASSERT_EQ(jobs.Begin(asked).value(), 1);
  asked.config = Json::Object({{"seed", 2}});
  ASSERT_EQ(jobs.Begin(asked).value(), 2);
  ASSERT_TRUE(jobs.Fail(2, base::DataQuality("no rows")).ok());
  Json all = Ask("GET", "/api/v1/runs", 200);
  EXPECT_EQ(all["total"].AsInt(), 2);
  EXPECT_EQ(all["runs"].items()[0]["error"].AsString(), "no rows");
  EXPECT_EQ(Ask("GET", "/api/v1/runs?status=running", 200)["total"].AsInt(), 1);
  EXPECT_EQ(Ask("GET", "/api/v1/runs?kind=folds", 200)["total"].AsInt(), 0);
  EXPECT_EQ(Ask("GET", "/api/v1/runs?variant=process&kind=train", 200)["total"].AsInt(), 2);
  Ask("GET", "/api/v1/runs?kind=guess", 400);
  EXPECT_EQ(Ask("GET", "/api/v1/runs/1", 200)["config"]["seed"].AsInt(), 1);
  EXPECT_EQ(Ask("GET", "/api/v1/runs/compare?a=1&b=2", 200)["config"].ToString(),
            R"([{"name":"seed","a":1,"b":2}])");
  Ask("GET", "/api/v1/runs/compare?a=1", 400);
  for (const char* missing : {"3", "x", "-1", "99999999999999999999"})
    Ask("GET", std::string("/api/v1/runs/") + missing, 404);
}

}  // namespace
}  // namespace codman::api
