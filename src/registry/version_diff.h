// What differs between two versions of a task: data, features, parameters, metrics, findings.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "registry/registry.h"

namespace codman::registry {

// What of a version is compared: manifest.json, features.yaml and evaluation.json of its folder.
struct VersionDocuments {
  ModelVersion version;
  Json manifest, features, report;
};

// {"task", "a", "b": versions,
//  "data": {"same_snapshot", "same_source", "differences": [{name, a, b}]},
//  "features": {"same_set", "added", "removed": names of columns, "kept": count,
//               "differences": [{name, a, b}]},
//  "training": [{name, a, b}]: learner, seed, threshold, hash of the task,
//  "parameters": [{name, a, b}] where they differ,
//  "metrics": [{name, a, b, difference}], difference = b − a,
//  "leakage": {"appeared", "gone": findings that did not pass, "kept": count}}
// Added is what b has and a has not.
Json DiffDocuments(const VersionDocuments& a, const VersionDocuments& b);

// The same of two registered versions. NotFound where one does not exist; DataQuality where a
// folder was altered.
Result<Json> DiffVersions(const Registry& registry, const std::string& task, const std::string& a,
                          const std::string& b);

}  // namespace codman::registry
