#include "engine/sql_engine.h"

#include <set>

#include "base/text.h"
#include "engine/duckdb_engine_internal.h"

namespace codman::engine {
namespace {

using columns::Column;
using columns::Table;
using columns::Type;

void AppendRows(const Table& from, Table* to) {
  if (to->columns.empty()) *to = Table(from.schema());
  for (size_t i = 0; i < from.columns.size(); ++i) {
    const Column& source = from.columns[i];
    Column& target = to->columns[i];
    target.valid.insert(target.valid.end(), source.valid.begin(), source.valid.end());
    target.ints.insert(target.ints.end(), source.ints.begin(), source.ints.end());
    target.doubles.insert(target.doubles.end(), source.doubles.begin(), source.doubles.end());
    for (size_t k = 0; k < source.strings.size(); ++k) target.strings.Append(source.strings[k]);
  }
}

}  // namespace

Result<std::unique_ptr<SqlEngine>> SqlEngine::Open(const EngineOptions& options) {
  return std::unique_ptr<SqlEngine>(TRY(DuckDbEngine::Start(options)));
}

Result<Table> SqlEngine::QueryAll(const std::string& sql) {
  Table all;
  TRY(Query(sql, [&](const Table& chunk) -> Result<> {
    AppendRows(chunk, &all);
    return {};
  }));
  return all;
}

Result<int64_t> SqlEngine::QueryInt(const std::string& sql) {
  Table table = TRY(QueryAll(sql));
  if (table.num_rows() == 0 || table.columns[0].valid[0] == 0) return 0;
  const Column& first = table.columns[0];
  return first.field.type == Type::kDouble ? static_cast<int64_t>(first.doubles[0]) : first.ints[0];
}

Result<> SqlEngine::CreateTable(const std::string& name, const columns::Schema& schema) {
  std::string fields;
  for (const auto& field : schema) {
    if (!fields.empty()) fields += ", ";
    fields += QuoteName(field.name) + " " + SqlTypeOf(field.type);
  }
  return Execute(format("create or replace table {} ({})", QuoteName(name), fields));
}

const char* SqlTypeOf(Type type) {
  switch (type) {
    case Type::kBool:
      return "BOOLEAN";
    case Type::kInt64:
      return "BIGINT";
    case Type::kDouble:
      return "DOUBLE";
    case Type::kString:
      return "VARCHAR";
    case Type::kTimestamp:
      return "TIMESTAMPTZ";
  }
  return "VARCHAR";
}

std::string EnumOf(const Column& texts) {
  std::set<std::string_view> distinct;
  for (size_t i = 0; i < texts.valid.size(); ++i) {
    if (texts.valid[i] != 0) distinct.insert(texts.strings[i]);
  }
  std::string values;
  for (auto text : distinct)
    values += format("{}{}", values.empty() ? "" : ", ", base::QuoteSql(text));
  return values.empty() ? SqlTypeOf(Type::kString) : format("ENUM({})", values);
}

std::string EnumLiteral(const std::string& text) {
  return format("{0}::ENUM({0})", base::QuoteSql(text));
}

std::string QuoteName(std::string_view name) {
  return "\"" + base::ReplaceAll(std::string(name), "\"", "\"\"") + "\"";
}

}  // namespace codman::engine
