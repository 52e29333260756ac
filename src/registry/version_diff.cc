#include "registry/version_diff.h"

#include <set>
#include <vector>

#include "base/text.h"
#include "registry/document_difference.h"

namespace codman::registry {
namespace {

Json MembersNamed(const Json& document, const std::vector<std::string>& names) {
  Json chosen = Json::Object();
  for (const auto& name : names) {
    if (const Json* value = document.Find(name)) chosen.Set(name, *value);
  }
  return chosen;
}

Json ManifestDifferences(const VersionDocuments& a, const VersionDocuments& b,
                         const std::vector<std::string>& names) {
  return DifferingMembers(MembersNamed(a.manifest, names), MembersNamed(b.manifest, names));
}

bool Same(const VersionDocuments& a, const VersionDocuments& b, const char* name) {
  return a.manifest[name].ToString() == b.manifest[name].ToString();
}

// Items of `of` whose text is not among the items of `from`.
Json Without(const Json& of, const Json& from) {
  std::set<std::string> known;
  for (const auto& item : from.items()) known.insert(item.ToString());
  Json rest = Json::Array();
  for (const auto& item : of.items()) {
    if (!known.contains(item.ToString())) rest.Add(item);
  }
  return rest;
}

// Findings that did not pass, by check, severity and subject: their messages carry numbers that
// differ at every run.
Json FindingsOf(const Json& report) {
  Json findings = Json::Array();
  for (const auto& finding : report["leakage"].items()) {
    if (finding["severity"].AsString() == "pass") continue;
    findings.Add(MembersNamed(finding, {"check", "severity", "subject"}));
  }
  return findings;
}

Json Findings(const Json& a, const Json& b) {
  Json gone = Without(a, b);
  auto kept = static_cast<int64_t>(a.size() - gone.size());
  return Json::Object({{"appeared", Without(b, a)}, {"gone", gone}, {"kept", kept}});
}

Json Features(const VersionDocuments& a, const VersionDocuments& b) {
  const Json &before = a.features["columns"], &after = b.features["columns"];
  Json removed = Without(before, after);
  auto kept = static_cast<int64_t>(before.size() - removed.size());
  return Json::Object(
      {{"same_set", Same(a, b, "feature_set_hash")},
       {"added", Without(after, before)},
       {"removed", removed},
       {"kept", kept},
       {"differences", ManifestDifferences(
                           a, b, {"feature_set", "feature_set_hash", "concepts_hash", "blocks"})}});
}

Result<VersionDocuments> DocumentsOf(const Registry& registry, const std::string& task,
                                     const std::string& version) {
  VersionDocuments documents{.version = TRY(registry.Get(task, version))};
  documents.manifest = TRY(registry.Verify(documents.version));
  auto read = [&](const char* name) -> Result<Json> {
    if (documents.manifest["files"].Find(name) == nullptr) return Json();
    return base::ParseJson(TRY(registry.ReadFile(documents.version, name)))
        .While(format("reading {} of {} {}", name, task, version));
  };
  documents.features = TRY(read("features.yaml"));
  documents.report = TRY(read("evaluation.json"));
  return documents;
}

}  // namespace

Json DiffDocuments(const VersionDocuments& a, const VersionDocuments& b) {
  Json data = Json::Object(
      {{"same_snapshot", Same(a, b, "data_snapshot")},
       {"same_source", Same(a, b, "source")},
       {"differences",
        ManifestDifferences(a, b, {"data_snapshot", "source", "source_hash", "synthetic"})}});
  return Json::Object(
      {{"task", a.version.task},
       {"a", ToJson(a.version)},
       {"b", ToJson(b.version)},
       {"data", data},
       {"features", Features(a, b)},
       {"training",
        ManifestDifferences(
            a, b, {"learner", "seed", "threshold", "threshold_rule", "refitted", "task_hash"})},
       {"parameters", DifferingMembers(a.version.parameters, b.version.parameters)},
       {"metrics", NumberDifferences(a.version.metrics, b.version.metrics)},
       {"leakage", Findings(FindingsOf(a.report), FindingsOf(b.report))}});
}

Result<Json> DiffVersions(const Registry& registry, const std::string& task, const std::string& a,
                          const std::string& b) {
  return DiffDocuments(TRY(DocumentsOf(registry, task, a)), TRY(DocumentsOf(registry, task, b)));
}

}  // namespace codman::registry
