#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <thread>

#include "api/api_testing.h"

// Expected answers by hand from api.md; the short way and the tree are each other's reference.
namespace codman::api {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kPredict[] = "/api/v1/predict/sepsis";
constexpr char kBatch[] = "/api/v1/predict/batch";

class PredictTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { hospital_ = std::make_unique<TestHospital>("predict"); }
  static void TearDownTestSuite() { hospital_.reset(); }

  static Json Parsed(const AnswerSink::Answer& answer) {
    auto json = base::ParseJson(answer.body);
    EXPECT_TRUE(json.ok()) << answer.body;
    return json.ok() ? *json : Json();
  }
  // What two answers to the same values may differ in.
  static std::string WithoutNames(const std::string& body) {
    Json answer = base::ParseJson(body).value();
    answer.Set("id", "").Set("predicted_at", "");
    return answer.ToString();
  }
  static int64_t Total() { return hospital_->journal().total().value(); }

  static std::unique_ptr<TestHospital> hospital_;
};
std::unique_ptr<TestHospital> PredictTest::hospital_;

TEST_F(PredictTest, TheShortWayAndTheTreeAnswerAlike) {
  std::mt19937 chance(4);
  for (int round = 0; round < 200; ++round) {
    std::string rate = format("{:.2f}", 10 + double(chance() % 34000) / 100);
    std::string heat = format("{:.1f}", 26 + double(chance() % 190) / 10);
    const char* query = round % 3 == 0 ? "?explain=none" : round % 3 == 1 ? "" : "?explain=all";
    std::string target = std::string(kPredict) + query;
    auto usual = hospital_->Ask(
        "POST", target,
        format(R"({{"features":{{"heart_rate":{},"temperature":{}}}}})", rate, heat));
    // The same values with a unit are read by the tree.
    auto tree = hospital_->Ask(
        "POST", target,
        format(R"({{"features":{{"temperature":{},"heart_rate":{{"value":{},"unit":"/min"}}}}}})",
               heat, rate));
    ASSERT_EQ(usual.status, 200) << usual.body;
    ASSERT_EQ(tree.status, 200) << tree.body;
    EXPECT_EQ(WithoutNames(usual.body), WithoutNames(tree.body));
    Json answer = Parsed(usual);
    EXPECT_EQ(hospital_->journal().Find(answer["id"].AsString())->answer, usual.body);
  }
}

// A client that keeps to the document is answered; one bit beyond it is refused.
TEST_F(PredictTest, TheDocumentsBoundsAreThoseOfTheReaderInEveryUnit) {
  Json document = Parsed(hospital_->Ask("GET", "/openapi.json", ""));
  const Json& features = document["components"]["schemas"]["Features_sepsis_process"]["properties"];
  int bounds = 0;
  for (const auto& [name, feature] : features.members()) {
    for (const auto& form : feature["anyOf"].items()) {
      const Json& value = form["properties"]["value"];
      const std::string& unit = form["properties"]["unit"]["const"].AsString();
      for (auto [bound, outwards] : {std::pair("minimum", -HUGE_VAL), {"maximum", HUGE_VAL}}) {
        if (unit.empty() || value.Find(bound) == nullptr) continue;
        double at = value[bound].AsDouble();
        auto answered = [&, &name = name](double number) {
          return hospital_
              ->Ask("POST", kPredict,
                    format(R"({{"features":{{"{}":{{"value":{:.17g},"unit":"{}"}}}}}})", name,
                           number, unit))
              .status;
        };
        EXPECT_EQ(answered(at), 200) << name << " " << bound << " " << unit;
        EXPECT_EQ(answered(std::nextafter(at, outwards)), 422)
            << name << " " << bound << " " << unit;
        ++bounds;
      }
    }
  }
  EXPECT_GT(bounds, 8);
}

TEST_F(PredictTest, EveryAnswerHasTheSameHeaders) {
  auto usual = hospital_->Ask("POST", kPredict, R"({"features":{}})", {{"X-Request-Id", "r-1"}});
  auto tree = hospital_->Ask("POST", kPredict, R"({"features":{},"variant":"process"})",
                             {{"x-request-id", "r-1"}});
  auto other = hospital_->Ask("GET", "/api/v1/session", "", {{"X-Request-Id", "r-1"}});
  EXPECT_EQ(usual.fields, tree.fields);
  EXPECT_EQ(usual.fields, other.fields);
  EXPECT_THAT(usual.fields, HasSubstr("X-Request-Id: r-1\r\n"));
  EXPECT_THAT(usual.fields, HasSubstr("Content-Security-Policy: default-src 'self'"));
}

TEST_F(PredictTest, WrongRequestsAreToldWhatIsWrong) {
  struct Case {
    const char* target;
    const char* body;
    int status;
    const char* detail;
  };
  int64_t before = Total();
  for (auto [target, body, status, detail] :
       {Case{kPredict, R"({"features":{"heart_rat":80}})", 422, "did you mean 'heart_rate'?"},
        {kPredict, R"({"features":{"heart_rate":9999}})", 422, "plausible range"},
        {kPredict, R"({"features":{"heart_rate":"NaN"}})", 422, "must be a number or null"},
        {kPredict, R"({"features":{"temperature":98.6}})", 422, "another unit"},
        {kPredict, R"({"feature":{}})", 422, "known are: features, variant"},
        {kPredict, R"({"features":{"heart_rate":NaN}})", 400, "byte 26"},
        {kPredict, R"({"features":)", 400, "JSON"},
        {kPredict, "[]", 400, "must be a JSON object"},
        {kPredict, R"({"variant":"none","features":{}})", 404, "none"},
        {"/api/v1/predict/nothing", R"({"features":{}})", 404, "nothing"},
        {"/api/v1/predict/sepsis?explain=some", R"({"features":{}})", 400, "one of"},
        {"/api/v1/predict/sepsis?explain=none&explain=all", R"({"features":{}})", 400, "twice"},
        {kBatch, R"({"task":"sepsis","rows":[]})", 422, "1 to 10000"},
        {kBatch, R"({"task":"sepsis","rows":[{},3]})", 422, "rows[1]"},
        {kBatch, R"({"rows":[{}]})", 422, "name one"},
        {kBatch, R"({"task":"sepsis","rows":[{}],"x":1})", 422, "not known"},
        {kBatch, R"({"task":"sepsis","rows":[{}})", 400, "JSON"},
        {kBatch, R"({"task":"nothing","rows":[{}]})", 404, "nothing"}}) {
    auto answer = hospital_->Ask("POST", target, body);
    EXPECT_EQ(answer.status, status) << body;
    EXPECT_THAT(answer.body, HasSubstr(detail)) << body;
    EXPECT_THAT(answer.fields, HasSubstr("application/problem+json"));
  }
  EXPECT_EQ(hospital_->Ask("POST", kPredict, R"({"features":{}})", {}, false).status, 401);
  EXPECT_EQ(hospital_->Ask("POST", kPredict, "{}", {{"Content-Type", "text/plain"}}).status, 415);
  auto wrong = hospital_->Ask("DELETE", kPredict, "");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_THAT(wrong.fields, HasSubstr("Allow: POST"));
  EXPECT_EQ(hospital_->Ask("GET", "/api/v1/nothing", "").status, 404);
  EXPECT_EQ(Total(), before) << "nothing refused is journalled";
}

TEST_F(PredictTest, ABatchAnswersRowByRowAsSingleRequestsDo) {
  std::string rows =
      R"([{"heart_rate":112,"sbp":80}, {}, {"heart_rate":7}, {"sbp":{"value":10,"unit":"kPa"}},)"
      "\n"
      R"({"unknown":1},{"heart_rate":71.5}])";
  int64_t before = Total();
  for (const char* form :
       {R"({"task":"sepsis","rows":%})", R"({"rows":%,"variant":"process","task":"sepsis"})",
        R"({"task":"sep\u0073is","rows":%})"}) {
    auto answer = hospital_->Ask("POST", kBatch, base::ReplaceAll(form, "%", rows));
    ASSERT_EQ(answer.status, 200) << answer.body;
    Json json = Parsed(answer);
    EXPECT_EQ(json["answered"].AsInt(), 4);
    EXPECT_EQ(json["refused"].AsInt(), 2);
    const auto& predictions = json["predictions"].items();
    ASSERT_EQ(predictions.size(), 6u);
    EXPECT_EQ(predictions[2]["errors"].items()[0]["field"].AsString(), "heart_rate");
    EXPECT_THAT(predictions[4].ToString(), HasSubstr("is not a feature of this task"));
    auto single = hospital_->Ask("POST", kPredict, R"({"features":{"heart_rate":112,"sbp":80}})");
    EXPECT_EQ(WithoutNames(predictions[0].ToString()), WithoutNames(single.body));
    for (size_t row : {0, 1, 3, 5})
      EXPECT_TRUE(hospital_->journal().Find(predictions[row]["id"].AsString()).ok());
  }
  EXPECT_EQ(Total(), before + 3 * 5);
  auto none = Parsed(hospital_->Ask("POST", kBatch, R"({"task":"sepsis","rows":[{"x":1}]})"));
  EXPECT_EQ(none["refused"].AsInt(), 1);
}

TEST_F(PredictTest, ALargeBatchIsAnsweredInOrder) {
  std::string rows;
  for (int i = 0; i < 1000; ++i)
    rows += format(R"({}{{"heart_rate":{}}})", i == 0 ? "" : ",", 40 + i % 200);
  auto answer = Parsed(hospital_->Ask("POST", std::string(kBatch) + "?explain=all",
                                      R"({"task":"sepsis","rows":[)" + rows + "]}"));
  ASSERT_EQ(answer["predictions"].size(), 1000u);
  for (int i = 0; i < 1000; ++i) {
    const Json& row = answer["predictions"].items()[static_cast<size_t>(i)];
    for (const auto& entry : row["explanation"]["contributions"].items()) {
      bool rate = entry["feature"].AsString() == "heart_rate";
      EXPECT_TRUE(!rate || entry["value"].AsDouble() == 40 + i % 200) << i;
    }
  }
}

TEST_F(PredictTest, ARepeatedKeyGivesTheSameAnswerOnce) {
  const char* body = R"({"features":{"heart_rate":101}})";
  auto first = hospital_->Ask("POST", kPredict, body, {{"Idempotency-Key", "k1"}});
  int64_t journalled = Total();
  auto second = hospital_->Ask("POST", kPredict, body, {{"idempotency-key", "k1"}});
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(Total(), journalled);
  EXPECT_NE(hospital_->Ask("POST", kPredict, body, {{"Idempotency-Key", "k2"}}).body, first.body);
  auto other = hospital_->Ask("POST", kPredict, R"({"features":{"heart_rate":102}})",
                              {{"Idempotency-Key", "k1"}});
  EXPECT_EQ(other.status, 422);
  EXPECT_THAT(other.body, HasSubstr("another request"));
  EXPECT_EQ(
      hospital_
          ->Ask("POST", std::string(kPredict) + "?explain=none", body, {{"Idempotency-Key", "k1"}})
          .status,
      422);
  EXPECT_EQ(
      hospital_->Ask("POST", kPredict, body, {{"Idempotency-Key", std::string(256, 'k')}}).status,
      422);
  // A refused request leaves its key free.
  EXPECT_EQ(
      hospital_
          ->Ask("POST", kPredict, R"({"features":{"heart_rate":1}})", {{"Idempotency-Key", "k3"}})
          .status,
      422);
  EXPECT_EQ(hospital_->Ask("POST", kPredict, body, {{"Idempotency-Key", "k3"}}).status, 200);
}

TEST_F(PredictTest, ARepeatedBatchGivesTheSameAnswerOnce) {
  const char* body =
      R"({"task":"sepsis","rows":[{"x":1},{"heart_rate":101},{"y":"\n"},{"sbp":90},{"sbp":1}]})";
  auto first = hospital_->Ask("POST", kBatch, body, {{"Idempotency-Key", "b1"}});
  int64_t journalled = Total();
  std::thread others([&] { hospital_->Ask("POST", kPredict, R"({"features":{}})"); });
  others.join();
  auto second = hospital_->Ask("POST", kBatch, body, {{"Idempotency-Key", "b1"}});
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(Total(), journalled + 1);
  EXPECT_EQ(
      hospital_->Ask("POST", kPredict, R"({"features":{}})", {{"Idempotency-Key", "b1"}}).status,
      200)
      << "keys belong to a path";
}

TEST_F(PredictTest, WhoAskedStandsInTheAuditRecord) {
  const char* trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  for (const char* body : {R"({"features":{}})", R"({"features":{},"variant":null})"}) {
    auto answer = hospital_->Ask("POST", kPredict, body,
                                 {{"X-Request-Id", "trip.7_a-B"}, {"traceparent", trace}});
    ASSERT_EQ(answer.status, 200) << answer.body;
    Json head = hospital_->journal().Find(Parsed(answer)["id"].AsString())->head;
    governance::AuditRecord wanted{.actor = "api key",
                                   .role = "service",
                                   .address = "127.0.0.1:1",
                                   .action = "predict",
                                   .object = "model sepsis process-1",
                                   .outcome = "answered",
                                   .request_id = "trip.7_a-B",
                                   .trace = trace};
    EXPECT_EQ(head.ToString(), governance::LineOf(wanted));
  }
  for (const char* bad : {"", "with space", "a\"b", "line\r\nfeed"}) {
    auto answer = hospital_->Ask("POST", kPredict, R"({"features":{}})",
                                 {{"X-Request-Id", bad}, {"traceparent", "00-zz"}});
    Json head = hospital_->journal().Find(Parsed(answer)["id"].AsString())->head;
    EXPECT_THAT(head["request_id"].AsString(), testing::MatchesRegex("[0-9a-f]{16}")) << bad;
    EXPECT_EQ(head.Find("trace"), nullptr);
  }
}

TEST_F(PredictTest, ManyThreadsAreAllAnsweredAndJournalled) {
  int64_t before = Total();
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        int rate = 50 + (t * 100 + i) % 200;
        auto answer =
            hospital_->Ask("POST", kPredict, format(R"({{"features":{{"heart_rate":{}}}}})", rate));
        bool shown = false;
        Json json = base::ParseJson(answer.body).value();
        for (const auto& entry : json["explanation"]["contributions"].items())
          shown = shown ||
                  (entry["feature"].AsString() == "heart_rate" && entry["value"].AsInt() == rate);
        right += shown ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 400);
  EXPECT_EQ(Total(), before + 400);
}

TEST_F(PredictTest, HistoryAndReplay) {
  auto answer = hospital_->Ask("POST", kPredict, R"({"features":{"heart_rate":140,"sbp":70}})");
  std::string id = Parsed(answer)["id"].AsString();
  auto list = Parsed(hospital_->Ask("GET", "/api/v1/predictions?limit=1", ""));
  const Json& newest = list["predictions"].items().at(0);
  for (const char* name : {"id", "task", "variant", "risk", "band", "alert", "predicted_at"})
    EXPECT_EQ(newest[name].ToString(), Parsed(answer)[name].ToString()) << name;
  EXPECT_EQ(list["next_before"].AsString(), id);
  EXPECT_EQ(hospital_->Ask("GET", "/api/v1/predictions/" + id, "").body, answer.body);
  EXPECT_TRUE(
      Parsed(hospital_->Ask("GET", "/api/v1/predictions/" + id + "/replay", ""))["equal"].AsBool());
}

}  // namespace
}  // namespace codman::api
