// The list of routes: dispatch, OpenAPI, access and audit all read this one table.
#pragma once

#include <span>
#include <string_view>

#include "api/call.h"

namespace codman::api {

enum class Access { kOpen, kSignedIn };

struct Route {
  const char* method;
  const char* path;  // "/api/v1/models/{task}"
  Access access;
  const char* audit;  // action of the audit record; "" = none (nothing of data or models is read)
  bool slow;          // runs on the worker thread
  const char* summary;
  const char* example;  // of the request body; "" where there is none
  void (*handle)(Call* call);
};

std::span<const Route> Routes();

// OpenAPI 3.1 of the table.
Json OpenApiDocument(const std::string& version);

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
void GetPredictions(Call* call);
void GetPrediction(Call* call);
void GetReplay(Call* call);
void GetModels(Call* call);
void GetTaskModels(Call* call);
void GetModel(Call* call);
void GetModelReport(Call* call);
void PostActivate(Call* call);
void PostRollback(Call* call);

}  // namespace codman::api
