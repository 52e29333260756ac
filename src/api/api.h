// The HTTP API and the embedded UI: routes with access rule, audit class and documentation.
//
// Handle() may be called from many threads. Endpoints that read tables run on one worker thread, so
// that the io threads never wait for SQL.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api/sessions.h"
#include "engine/sql_engine.h"
#include "events/concepts.h"
#include "governance/audit.h"
#include "lakehouse/lake.h"
#include "lakehouse/redriver.h"
#include "net/http_server.h"
#include "registry/registry.h"
#include "registry/task.h"
#include "serving/journal.h"
#include "serving/prediction_service.h"
#include "storage/database.h"

namespace codman::api {

// What endpoints work with. Borrows everything.
struct ApiContext {
  const std::vector<registry::Task>* tasks = nullptr;
  registry::Registry* registry = nullptr;
  serving::PredictionService* service = nullptr;
  serving::Journal* journal = nullptr;
  governance::Audit* audit = nullptr;
  Sessions* sessions = nullptr;
  const events::Concepts* concepts = nullptr;
  storage::Database* database = nullptr;
  lakehouse::Lake lake{""};
  // Opened at first use. Only slow routes may call it: one thread uses the engine.
  std::function<Result<engine::SqlEngine*>()> engine;
  // Judges the quarantine again; slow routes only.
  std::function<Result<lakehouse::RedriveReport>()> redrive;
  std::string version;
};

class Call;
class IdempotencyKeys;
class PredictionDesk;
struct Route;

class Api {
 public:
  explicit Api(ApiContext context);
  ~Api();
  void Handle(const net::HttpRequest& request, net::Responder responder);
  // For HttpServerOptions: limits by route, and which requests may overlap on a connection.
  static net::RequestRules Rules(std::string_view method, std::string_view path);

 private:
  void Dispatch(const Route& route, const net::HttpRequest& request,
                const std::shared_ptr<Call>& call);
  void Work();

  ApiContext context_;
  std::unique_ptr<IdempotencyKeys> keys_;  // before the desk, whose answers settle them
  std::unique_ptr<PredictionDesk> desk_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> slow_;
  bool stopping_ = false;
  std::thread worker_;
};

}  // namespace codman::api
