// The list of routes: dispatch, OpenAPI, access and audit all read this one table.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "api/call.h"

namespace codman::api {

enum class Access { kOpen, kSignedIn };

struct Route {
  const char* method = "GET";
  const char* path = "";  // "/api/v1/models/{task}"; a literal path stands before a pattern
  Access access = Access::kSignedIn;
  const char* audit =
      "";             // action of the audit record; "" = none (nothing of data or models is read)
  bool slow = false;  // runs on the worker thread
  int64_t max_body_bytes = 2 << 20;
  const char* summary = "";
  const char* query = "";  // names of parameters (schemas.yaml), blanks between; others are refused
  const char* request = "";  // schema of the body; "" where there is none
  const char* example = "";  // of the body
  const char* answer = "";   // schema of the JSON answer; "" where it is a text
  void (*handle)(Call* call) = nullptr;
};

std::span<const Route> Routes();

// OpenAPI 3.1 of the table: the prediction routes once per task, with the fields that its live
// model takes.
Json OpenApiDocument(const ApiContext& context);

// What the prediction routes share (predict_endpoint.cc): "explain" of the query; members of a body
// that it must not have.
serving::Explain ExplainOf(const std::string& query);
std::vector<serving::FieldError> UnknownMembers(const Json& body,
                                                const std::vector<std::string>& known);

// The version that the path names, ready to answer; where it is not in service its answers bear the
// variant with this suffix (task_endpoints.cc).
inline constexpr char kTrialSuffix[] = " (trial)";
Result<std::shared_ptr<const serving::ServedModel>> TrialModel(Call* call);

// {"reason": …} of a change; answers and gives nothing where it is absent (model_endpoints.cc).
std::optional<Json> BodyWithReason(Call* call, std::string_view other = "");

// Endpoints, one file each below endpoints/.
void GetHealth(Call* call);
void GetLive(Call* call);
void GetMetrics(Call* call);
void GetOpenApi(Call* call);
void PostSession(Call* call);
void GetSession(Call* call);
void GetStatus(Call* call);
void GetTasks(Call* call);
void GetTask(Call* call);
void PostPredict(Call* call);
void PostPredictBatch(Call* call);
void PostTry(Call* call);
void GetForm(Call* call);
void GetPredictions(Call* call);
void GetPrediction(Call* call);
void GetReplay(Call* call);
void GetModels(Call* call);
void GetTaskModels(Call* call);
void GetModel(Call* call);
void GetModelReport(Call* call);
void GetModelDiff(Call* call);
void GetLiveModels(Call* call);
void GetShadow(Call* call);
void PostApprove(Call* call);
void PostChallenge(Call* call);
void PostRetire(Call* call);
void PostActivate(Call* call);
void PostRollback(Call* call);
void GetRuns(Call* call);
void GetRun(Call* call);
void GetRunComparison(Call* call);
void GetTables(Call* call);
void GetTable(Call* call);
void GetQuality(Call* call);
void GetQuarantine(Call* call);
void PostRedrive(Call* call);
void GetUnmappedCodes(Call* call);
void GetLineage(Call* call);

}  // namespace codman::api
