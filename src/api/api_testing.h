// A small installation behind an Api, without sockets: one task with a live model, a key, a
// journal. Only tests and fuzzing include it.
#pragma once

#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/api.h"
#include "base/file.h"
#include "base/text.h"
#include "serving/model_testing.h"

namespace codman::api {

// Keeps the one answer to a request.
class AnswerSink : public net::Responder::Sink {
 public:
  struct Answer {
    int status = 0;
    std::string body, fields;  // fields: lines "name: value"
  };

  void Send(uint64_t, net::HttpResponse response) override {
    std::string fields = "Content-Type: " + response.content_type + "\r\n";
    for (const auto& [name, value] : response.headers) fields += name + ": " + value + "\r\n";
    Keep({response.status, std::move(response.body), std::move(fields)});
  }
  void SendPrepared(uint64_t, const net::PreparedResponse& response) override {
    Keep({200, std::string(response.body), std::string(response.fields)});
  }
  void Post(std::function<void()> work) override { work(); }
  int thread() const override { return 0; }

  Answer Wait() {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [this] { return count_ > 0; });
    CHECK(count_ == 1);
    return answer_;
  }

 private:
  void Keep(Answer answer) {
    std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
    ++count_;
    came_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable came_;
  int count_ = 0;
  Answer answer_;
};

class TestHospital {
 public:
  explicit TestHospital(const std::string& name)
      : home_(format("{}/codman_{}_{}", std::filesystem::temp_directory_path().string(), name,
                     getpid())) {
    CHECK(base::RemoveTree(home_).ok() && base::MakeFolders(home_).ok());
    database_ = storage::OpenSqlite(home_ + "/codman.db").value();
    secrets_ = std::make_unique<governance::Secrets>(
        governance::Secrets::Open(home_ + "/secrets").value());
    registry_ = registry::Registry::Open(database_.get(), home_ + "/models", *secrets_).value();
    MakeTask();
    Start();
  }
  ~TestHospital() {
    Stop();
    registry_.reset();
    database_.reset();
    (void)base::RemoveTree(home_).ok();
  }

  void Stop() {
    api_.reset();
    journal_.reset();
    audit_.reset();
  }
  void Start() {
    audit_ = governance::Audit::Open(home_ + "/audit", *secrets_).value();
    journal_ = serving::Journal::Open(audit_.get(), database_.get()).value();
    service_ = std::make_unique<serving::PredictionService>(&tasks_, registry_.get());
    CHECK(service_->Refresh().ok());
    sessions_ = Sessions::Open(*secrets_, "ada").value();
    key_ = base::ReadFile(home_ + "/secrets/auth_header").value();
    key_ = std::string(base::Trim(key_.substr(key_.find(':') + 1)));
    api_ = std::make_unique<Api>(ApiContext{.tasks = &tasks_,
                                            .registry = registry_.get(),
                                            .service = service_.get(),
                                            .journal = journal_.get(),
                                            .audit = audit_.get(),
                                            .sessions = sessions_.get(),
                                            .database = database_.get(),
                                            .version = "test"});
  }

  using Fields = std::vector<std::pair<std::string_view, std::string_view>>;
  AnswerSink::Answer Ask(std::string_view method, std::string_view target, std::string_view body,
                         Fields more = {}, bool with_key = true) {
    net::HttpRequest request{.method = method, .body = body, .remote = "127.0.0.1:1"};
    request.path = target.substr(0, target.find('?'));
    if (request.path.size() < target.size()) request.query = target.substr(request.path.size() + 1);
    if (with_key) request.headers.emplace_back("Authorization", key_);
    for (const auto& field : more) request.headers.push_back(field);
    auto sink = std::make_shared<AnswerSink>();
    api_->Handle(request, net::Responder(sink));
    return sink->Wait();
  }

  // The headers of a signed-in person's request; they last as long as the hospital.
  Fields SignIn() {
    std::string token = sessions_->SignIn(sessions_->NewSignInCode()).value();
    cookie_ = "codman_session=" + token;
    csrf_ = sessions_->Find(token)->csrf;
    return {{"cookie", cookie_}, {"x-csrf-token", csrf_}};
  }
  // A candidate with the same files as the live version.
  Result<registry::ModelVersion> AddVersion() { return registry_->Register(NewVersion()); }

  serving::Journal& journal() { return *journal_; }
  governance::Audit& audit() { return *audit_; }
  registry::Registry& registry() { return *registry_; }
  const serving::ServedModel& model() { return *service_->Find("sepsis"); }

 private:
  void MakeTask() {
    registry::TaskVariant variant;
    variant.name = "process";
    registry::Task task;
    task.name = "sepsis";
    task.live = "process";
    task.horizon_us = 6LL * 3600 * 1000000;
    task.variants = {variant};
    tasks_ = {task};
    CHECK(AddVersion().ok());
    CHECK(registry_->Activate("sepsis", "process-1", "ada", "why", 1).ok());
  }
  static registry::NewModel NewVersion() {
    registry::NewModel made{.task = "sepsis", .variant = "process", .source = "made", .actor = "a"};
    made.synthetic = true;
    made.files["weights.lgbm.txt"] = serving::TestWeights();
    made.files["calibration.json"] = models::Calibrator{.slope = 0.8, .intercept = -0.5}.ToJson();
    made.files["features.yaml"] =
        base::ParseYaml(serving::kTestFeatures, "f.yaml").value().ToPrettyString();
    made.manifest =
        Json::Object({{"learner", "gbdt"}, {"weights", "weights.lgbm.txt"}, {"threshold", 0.3}});
    return made;
  }

  const std::string home_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<governance::Secrets> secrets_;
  std::unique_ptr<registry::Registry> registry_;
  std::vector<registry::Task> tasks_;
  std::unique_ptr<governance::Audit> audit_;
  std::unique_ptr<serving::Journal> journal_;
  std::unique_ptr<serving::PredictionService> service_;
  std::unique_ptr<Sessions> sessions_;
  std::string key_, cookie_, csrf_;
  std::unique_ptr<Api> api_;
};

}  // namespace codman::api
