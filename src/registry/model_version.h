// What the registry's tables keep of a version: its facts, its moves between states, who approved.
#pragma once

#include <cstddef>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "storage/database.h"

namespace codman::registry {

struct ModelVersion {
  std::string task, variant, version, state, source, created_at, created_by, path, manifest_sha256;
  bool synthetic = false;
  bool fixture = false;  // made for tests: never approved, never put in service
  Json metrics, parameters;

  static Result<ModelVersion> FromRow(const storage::Rows& rows, size_t row);
};

// A move from one state to another. `at` is ISO 8601, UTC.
struct Transition {
  std::string task, variant, version, from_state, to_state, at, actor, reason;

  static Transition FromRow(const storage::Rows& rows, size_t row);
};

struct Approval {
  std::string task, version, actor, at, reason;
};

Json ToJson(const ModelVersion& version);
Json ToJson(const Transition& transition);
Json ToJson(const Approval& approval);

}  // namespace codman::registry
