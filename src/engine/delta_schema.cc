#include <algorithm>

#include "base/crypto.h"
#include "base/text.h"
#include "engine/delta_schema_internal.h"

namespace codman::engine {
namespace {

using columns::Field;
using columns::Type;

constexpr int kWriterVersion = 2;

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

Result<Type> TypeOfDelta(const Json& field) {
  const std::string& name = field["type"].AsString();
  for (Type type : {Type::kBool, Type::kInt64, Type::kDouble, Type::kString, Type::kTimestamp}) {
    if (name == DeltaTypeOf(type)) return type;
  }
  if (name == "integer" || name == "short" || name == "byte") return Type::kInt64;
  if (name == "float") return Type::kDouble;
  return base::InvalidInput(format("column '{}': the Delta type '{}' is not supported",
                                   field["name"].AsString(), name.empty() ? "nested" : name));
}

std::string NewTableId() {
  std::string id = base::ToHex(base::RandomBytes(16));
  return id.substr(0, 8) + "-" + id.substr(8, 4) + "-4" + id.substr(13, 3) + "-a" +
         id.substr(17, 3) + "-" + id.substr(20);
}

Result<Json> FieldsOf(const Json& meta_data) {
  Json schema = TRY(
      base::ParseJson(meta_data["schemaString"].AsString()).While("reading the table's schema"));
  return schema["fields"];
}

const Json* FindDeltaField(const Json& fields, const std::string& name) {
  for (const auto& field : fields.items()) {
    if (field["name"].AsString() == name) return &field;
  }
  return nullptr;
}

std::string SchemaText(const columns::Schema& schema, const Json& known_fields) {
  Json fields = Json::Array();
  for (const auto& field : schema) {
    const Json* known = FindDeltaField(known_fields, field.name);
    if (known != nullptr) {
      auto type = TypeOfDelta(*known);
      if (type.ok() && *type == field.type) {
        fields.Add(*known);
        continue;
      }
    }
    fields.Add(Json::Object({{"name", field.name},
                             {"type", DeltaTypeOf(field.type)},
                             {"nullable", true},
                             {"metadata", Json::Object()}}));
  }
  return Json::Object({{"type", "struct"}, {"fields", fields}}).ToString();
}

Result<> CheckNulls(const std::string& root, const std::string& column, const DeltaChange& change) {
  for (const auto& file : change.adds) {
    Json stats = file.stats.empty() ? Json() : TRY(base::ParseJson(file.stats));
    const Json& nulls = stats["nullCount"][column];
    if (nulls.is_number() && nulls.AsDouble() == 0) continue;
    return base::InvalidInput(format(
        "table {}: the column {} allows no nulls, but the new rows have some", root, column));
  }
  return {};
}

Result<> CheckField(const std::string& root, const Json& field, const DeltaSnapshot& read,
                    const DeltaChange& change) {
  const std::string& name = field["name"].AsString();
  if (field["metadata"].Find("delta.invariants") != nullptr) {
    return base::InvalidInput(
        format("table {}: the column {} declares an invariant, which this writer does not check",
               root, name));
  }
  if (change.adds.empty()) return {};
  Type type = TRY(TypeOfDelta(field));
  if (field["type"].AsString() != DeltaTypeOf(type)) {
    return base::InvalidInput(
        format("table {}: the column {} is of the Delta type {}, which this writer does not write",
               root, name, field["type"].AsString()));
  }
  bool stored = std::find(read.partition_columns.begin(), read.partition_columns.end(), name) ==
                read.partition_columns.end();
  if (stored && !field["nullable"].AsBool(true)) return CheckNulls(root, name, change);
  return {};
}

}  // namespace

Json NewMetaData(const columns::Schema& schema, const std::vector<std::string>& partition_columns,
                 int64_t now_ms) {
  return Json::Object(
      {{"id", NewTableId()},
       {"format", Json::Object({{"provider", "parquet"}, {"options", Json::Object()}})},
       {"schemaString", SchemaText(schema, {})},
       {"partitionColumns", Json::Array(partition_columns)},
       {"configuration", Json::Object()},
       {"createdTime", now_ms}});
}

Json WithSchema(const Json& meta_data, const columns::Schema& schema,
                const std::vector<std::string>& partition_columns) {
  Json next = meta_data;
  auto known = FieldsOf(meta_data);
  next.Set("schemaString", SchemaText(schema, known.ok() ? *known : Json()));
  next.Set("partitionColumns", Json::Array(partition_columns));
  return next;
}

Result<columns::Schema> SchemaOf(const Json& meta_data) {
  columns::Schema schema;
  Json fields = TRY(FieldsOf(meta_data));
  for (const auto& field : fields.items())
    schema.push_back({field["name"].AsString(), TRY(TypeOfDelta(field))});
  return schema;
}

std::vector<std::string> PartitionColumnsOf(const Json& meta_data) {
  std::vector<std::string> names;
  for (const auto& column : meta_data["partitionColumns"].items())
    names.push_back(column.AsString());
  return names;
}

Result<> CheckEvolution(const std::string& root, const DeltaSnapshot& read,
                        const columns::Schema& schema,
                        const std::vector<std::string>& partition_columns) {
  for (const auto& had : read.schema) {
    int at = columns::FindField(schema, had.name);
    if (at < 0) {
      return base::InvalidInput(format(
          "table {}: the column {} is missing; columns cannot be taken away (write null instead)",
          root, had.name));
    }
    Type now = schema[static_cast<size_t>(at)].type;
    if (now != had.type) {
      return base::InvalidInput(
          format("table {}: the column {} is a {} and cannot become a {}; add a column instead",
                 root, had.name, columns::NameOf(had.type), columns::NameOf(now)));
    }
  }
  if (read.partition_columns != partition_columns) {
    return base::InvalidInput(format("table {} is partitioned by ({}), which cannot be changed",
                                     root, base::Join(read.partition_columns, ", ")));
  }
  // Other readers do not tell upper from lower case in names.
  for (size_t i = 0; i < schema.size(); ++i) {
    for (size_t k = 0; k < i; ++k) {
      if (base::ToLower(schema[i].name) != base::ToLower(schema[k].name)) continue;
      return base::InvalidInput(format("table {}: the columns {} and {} differ in case only", root,
                                       schema[k].name, schema[i].name));
    }
  }
  return {};
}

Result<> CheckWritable(const std::string& root, const DeltaSnapshot& read,
                       const DeltaChange& change) {
  if (read.version < 0) return {};
  if (read.protocol["minWriterVersion"].AsDouble() > kWriterVersion) {
    return base::InvalidInput(
        format("table {} needs a newer Delta writer than version {}", root, kWriterVersion));
  }
  bool append_only = read.meta_data["configuration"]["delta.appendOnly"].AsString() == "true";
  if (append_only && change.data_change && !change.removes.empty())
    return base::InvalidInput(format("table {} is append-only (delta.appendOnly)", root));
  Json fields = TRY(FieldsOf(read.meta_data));
  for (const auto& field : fields.items()) TRY(CheckField(root, field, read, change));
  return {};
}

}  // namespace codman::engine
