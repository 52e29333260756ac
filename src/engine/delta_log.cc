#include <algorithm>
#include <cctype>

#include "base/crypto.h"
#include "base/file.h"
#include "base/text.h"
#include "engine/delta_log_internal.h"

namespace codman::engine {
namespace {

constexpr char kNullPartition[] = "__HIVE_DEFAULT_PARTITION__";

Json PartitionJson(const PartitionValues& partition) {
  Json values = Json::Object();
  for (const auto& [column, value] : partition)
    values.Set(column, value.empty() ? Json() : Json(value));
  return values;
}

PartitionValues PartitionOf(const Json& values) {
  PartitionValues partition;
  for (const auto& [column, value] : values.members())
    partition.emplace_back(column, value.AsString());
  return partition;
}

// Numbers of a log are whole and far below 2^53; another one is a forgery or a fault.
Result<int64_t> WholeNumber(const Json& value, const char* what) {
  constexpr double kLargest = 9007199254740992.0;
  double number = value.AsDouble();
  if (value.is_null()) return 0;
  if (!value.is_number() || !(number >= -kLargest && number <= kLargest))
    return base::InvalidInput(format("{} is not a whole number", what));
  return static_cast<int64_t>(number);
}

// The path on disk, relative to the table: what leads out of it is refused.
Result<std::string> PathOf(const Json& action) {
  std::string path = DecodePath(action["path"].AsString());
  if (path.empty()) return base::InvalidInput("an action names no file");
  if (path.front() == '/' || path.find("://") != std::string::npos) {
    return base::InvalidInput(
        format("the file {} lies outside the table; shallow clones are not supported", path));
  }
  for (auto part : base::Split(path, '/')) {
    if (part == "..") return base::InvalidInput(format("the path {} leads out of the table", path));
  }
  if (path.find('\0') != std::string::npos) return base::InvalidInput("a path holds a zero byte");
  return path;
}

Result<> ApplyProtocol(const Json& protocol, DeltaCommit* commit) {
  if (TRY(WholeNumber(protocol["minReaderVersion"], "minReaderVersion")) > 1) {
    std::string features;
    for (const auto& feature : protocol["readerFeatures"].items())
      features += (features.empty() ? " with " : ", ") + feature.AsString();
    return base::InvalidInput(
        format("the table needs a newer Delta reader than version 1{}", features));
  }
  commit->protocol = protocol;
  return {};
}

Result<> ApplyAdd(const Json& add, DeltaCommit* commit) {
  if (add["deletionVector"].is_object())
    return base::InvalidInput("the table uses deletion vectors, which are not supported");
  DataFile file;
  file.path = TRY(PathOf(add));
  file.size_bytes = TRY(WholeNumber(add["size"], "the size of a file"));
  file.modified_ms = TRY(WholeNumber(add["modificationTime"], "modificationTime"));
  file.partition = PartitionOf(add["partitionValues"]);
  file.data_change = add["dataChange"].AsBool(true);
  Json parsed = add["stats_parsed"];
  if (add["stats"].is_string()) {
    file.stats = add["stats"].AsString();
    parsed = TRY(base::ParseJson(file.stats).While("reading the stats of " + file.path));
  }
  file.rows = TRY(WholeNumber(parsed["numRecords"], "numRecords"));
  commit->adds.push_back(std::move(file));
  return {};
}

Result<> ApplyRemove(const Json& remove, DeltaCommit* commit) {
  RemovedFile file;
  file.path = TRY(PathOf(remove));
  file.size_bytes = TRY(WholeNumber(remove["size"], "the size of a file"));
  file.partition = PartitionOf(remove["partitionValues"]);
  file.deleted_ms = TRY(WholeNumber(remove["deletionTimestamp"], "deletionTimestamp"));
  file.data_change = remove["dataChange"].AsBool(true);
  commit->removes.push_back(std::move(file));
  return {};
}

}  // namespace

std::string LogFolder(const std::string& root) { return root + "/_delta_log"; }

std::string CommitPath(const std::string& root, int64_t version) {
  return format("{}/{:020}.json", LogFolder(root), version);
}

Json ProtocolAction() {
  return Json::Object(
      {{"protocol", Json::Object({{"minReaderVersion", 1}, {"minWriterVersion", 2}})}});
}

Json AddAction(const DataFile& file, bool data_change) {
  Json add = Json::Object({{"path", EncodePath(file.path)},
                           {"partitionValues", PartitionJson(file.partition)},
                           {"size", file.size_bytes},
                           {"modificationTime", file.modified_ms},
                           {"dataChange", data_change}});
  if (!file.stats.empty()) add.Set("stats", file.stats);
  return Json::Object({{"add", add}});
}

Json RemoveAction(const RemovedFile& file) {
  return Json::Object({{"remove", Json::Object({{"path", EncodePath(file.path)},
                                                {"deletionTimestamp", file.deleted_ms},
                                                {"dataChange", file.data_change},
                                                {"extendedFileMetadata", true},
                                                {"partitionValues", PartitionJson(file.partition)},
                                                {"size", file.size_bytes}})}});
}

Json TxnAction(const std::string& application, int64_t version) {
  return Json::Object({{"txn", Json::Object({{"appId", application}, {"version", version}})}});
}

Json CommitInfoAction(const DeltaChange& change, int64_t now_ms) {
  Json info = Json::Object(
      {{"timestamp", now_ms}, {"operation", change.operation}, {"engineInfo", "codman"}});
  for (const auto& [name, value] : change.info.members()) info.Set(name, value);
  return Json::Object({{"commitInfo", info}});
}

Result<> ApplyAction(const Json& action, DeltaCommit* commit) {
  if (!action.is_object()) return base::InvalidInput("an action is not a JSON object");
  // A row of a checkpoint has every member, all but one of them null.
  auto given = [&](const char* name) {
    const Json* member = action.Find(name);
    return member != nullptr && member->is_object() ? member : nullptr;
  };
  if (const Json* protocol = given("protocol")) return ApplyProtocol(*protocol, commit);
  if (const Json* add = given("add")) return ApplyAdd(*add, commit);
  if (const Json* remove = given("remove")) return ApplyRemove(*remove, commit);
  if (const Json* meta = given("metaData")) {
    commit->meta_data = *meta;
  } else if (const Json* info = given("commitInfo")) {
    commit->info = *info;
  } else if (const Json* txn = given("txn")) {
    commit->txns[(*txn)["appId"].AsString()] =
        TRY(WholeNumber((*txn)["version"], "the version of a txn"));
  }
  return {};
}

Result<DeltaCommit> ParseCommit(const std::string& path, const std::string& text, int64_t version) {
  DeltaCommit commit{.version = version};
  for (auto line : base::Split(text, '\n')) {
    if (base::Trim(line).empty()) continue;
    Json action = TRY(base::ParseJson(line).While("reading " + path));
    TRY(ApplyAction(action, &commit).While("reading " + path));
  }
  return commit;
}

Result<DeltaCommit> ReadCommitFile(const std::string& root, int64_t version) {
  std::string path = CommitPath(root, version);
  return ParseCommit(path, TRY(base::ReadFile(path)), version);
}

std::string EncodePath(const std::string& path) {
  std::string encoded;
  for (unsigned char c : path) {
    if (std::isalnum(c) != 0 ||
        std::string_view("-_.~/=").find(static_cast<char>(c)) != std::string_view::npos) {
      encoded.push_back(static_cast<char>(c));
    } else {
      encoded += format("%{:02X}", c);
    }
  }
  return encoded;
}

std::string DecodePath(const std::string& path) {
  std::string decoded;
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '%' && i + 2 < path.size()) {
      auto byte = base::FromHex(base::ToLower(path.substr(i + 1, 2)));
      if (byte.ok()) {
        decoded += *byte;
        i += 2;
        continue;
      }
    }
    decoded.push_back(path[i]);
  }
  return decoded;
}

std::string PartitionFolder(const PartitionValues& partition) {
  // One folder each, whatever the words say: neither a separator nor a way out of the table.
  auto word = [](const std::string& text) {
    return base::ReplaceAll(base::ReplaceAll(EncodePath(text), "/", "%2F"), "=", "%3D");
  };
  std::string folder;
  for (const auto& [column, value] : partition)
    folder += word(column) + "=" + (value.empty() ? kNullPartition : word(value)) + "/";
  return folder;
}

}  // namespace codman::engine
