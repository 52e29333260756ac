#include <algorithm>
#include <cctype>

#include "base/crypto.h"
#include "base/text.h"
#include "engine/delta_log_internal.h"

namespace codman::engine {
namespace {

using columns::Type;

const char* DeltaTypeOf(Type type) {
  switch (type) {
    case Type::kBool:
      return "boolean";
    case Type::kInt64:
      return "long";
    case Type::kDouble:
      return "double";
    case Type::kString:
      return "string";
    case Type::kTimestamp:
      return "timestamp";
  }
  return "string";
}

Result<Type> TypeOfDelta(const std::string& name) {
  for (Type type : {Type::kBool, Type::kInt64, Type::kDouble, Type::kString, Type::kTimestamp}) {
    if (name == DeltaTypeOf(type)) return type;
  }
  if (name == "integer" || name == "short" || name == "byte") return Type::kInt64;
  if (name == "float") return Type::kDouble;
  return base::InvalidInput(format("Delta type '{}' is not supported", name));
}

std::string NewTableId() {
  std::string id = base::ToHex(base::RandomBytes(16));
  return id.substr(0, 8) + "-" + id.substr(8, 4) + "-4" + id.substr(13, 3) + "-a" +
         id.substr(17, 3) + "-" + id.substr(20);
}

Json PartitionValues(const DataFile& file) {
  Json values = Json::Object();
  for (const auto& [column, value] : file.partition) values.Set(column, value);
  return values;
}

Result<> ApplyMetaData(const Json& meta, DeltaSnapshot* snapshot) {
  Json schema = TRY(base::ParseJson(meta["schemaString"].AsString()));
  snapshot->table_id = meta["id"].AsString();
  snapshot->schema.clear();
  for (const auto& field : schema["fields"].items()) {
    snapshot->schema.push_back(
        {field["name"].AsString(), TRY(TypeOfDelta(field["type"].AsString()))});
  }
  snapshot->partition_columns.clear();
  for (const auto& column : meta["partitionColumns"].items())
    snapshot->partition_columns.push_back(column.AsString());
  return {};
}

Result<> ApplyAdd(const Json& add, DeltaSnapshot* snapshot) {
  DataFile file;
  file.path = DecodePath(add["path"].AsString());
  file.size_bytes = add["size"].AsInt();
  for (const auto& [column, value] : add["partitionValues"].members())
    file.partition.emplace_back(column, value.AsString());
  if (add["stats"].is_string()) {
    file.stats = TRY(base::ParseJson(add["stats"].AsString()));
    file.rows = file.stats["numRecords"].AsInt();
  }
  snapshot->files.push_back(std::move(file));
  return {};
}

Result<> ApplyAction(const Json& action, DeltaSnapshot* snapshot) {
  if (const Json* protocol = action.Find("protocol")) {
    if ((*protocol)["minReaderVersion"].AsInt() > 1) {
      return base::InvalidInput("the table needs a newer Delta reader than version 1");
    }
  } else if (const Json* meta = action.Find("metaData")) {
    TRY(ApplyMetaData(*meta, snapshot));
  } else if (const Json* add = action.Find("add")) {
    TRY(ApplyAdd(*add, snapshot));
  } else if (const Json* remove = action.Find("remove")) {
    std::string path = DecodePath((*remove)["path"].AsString());
    std::erase_if(snapshot->files, [&](const DataFile& file) { return file.path == path; });
  } else if (const Json* info = action.Find("commitInfo")) {
    snapshot->info = *info;
  } else if (const Json* txn = action.Find("txn")) {
    snapshot->txns[(*txn)["appId"].AsString()] = (*txn)["version"].AsInt();
  }
  return {};
}

}  // namespace

Json ProtocolAction() {
  return Json::Object(
      {{"protocol", Json::Object({{"minReaderVersion", 1}, {"minWriterVersion", 2}})}});
}

Json MetaDataAction(const columns::Schema& schema,
                    const std::vector<std::string>& partition_columns, const std::string& table_id,
                    int64_t now_ms) {
  Json fields = Json::Array();
  for (const auto& field : schema) {
    fields.Add(Json::Object({{"name", field.name},
                             {"type", DeltaTypeOf(field.type)},
                             {"nullable", true},
                             {"metadata", Json::Object()}}));
  }
  std::string uuid = table_id.empty() ? NewTableId() : table_id;
  std::string schema_text = Json::Object({{"type", "struct"}, {"fields", fields}}).ToString();
  return Json::Object(
      {{"metaData", Json::Object({{"id", uuid},
                                  {"format", Json::Object({{"provider", "parquet"},
                                                           {"options", Json::Object()}})},
                                  {"schemaString", schema_text},
                                  {"partitionColumns", Json::Array(partition_columns)},
                                  {"configuration", Json::Object()},
                                  {"createdTime", now_ms}})}});
}

Json AddAction(const DataFile& file, int64_t now_ms) {
  return Json::Object({{"add", Json::Object({{"path", EncodePath(file.path)},
                                             {"partitionValues", PartitionValues(file)},
                                             {"size", file.size_bytes},
                                             {"modificationTime", now_ms},
                                             {"dataChange", true},
                                             {"stats", file.stats.ToString()}})}});
}

Json RemoveAction(const DataFile& file, int64_t now_ms) {
  return Json::Object({{"remove", Json::Object({{"path", EncodePath(file.path)},
                                                {"deletionTimestamp", now_ms},
                                                {"dataChange", true},
                                                {"extendedFileMetadata", true},
                                                {"partitionValues", PartitionValues(file)},
                                                {"size", file.size_bytes}})}});
}

Json TxnAction(const std::string& application, int64_t version, int64_t now_ms) {
  return Json::Object(
      {{"txn",
        Json::Object({{"appId", application}, {"version", version}, {"lastUpdated", now_ms}})}});
}

Json CommitInfoAction(const DeltaChange& change, int64_t now_ms) {
  Json info = Json::Object(
      {{"timestamp", now_ms}, {"operation", change.operation}, {"engineInfo", "codman"}});
  for (const auto& [name, value] : change.info.members()) info.Set(name, value);
  return Json::Object({{"commitInfo", info}});
}

Result<> ApplyCommit(const std::string& path, const std::string& text, DeltaSnapshot* snapshot) {
  for (auto line : base::Split(text, '\n')) {
    if (base::Trim(line).empty()) continue;
    Json action = TRY(base::ParseJson(line).While("reading " + path));
    TRY(ApplyAction(action, snapshot).While("reading " + path));
  }
  return {};
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

}  // namespace codman::engine
