#include "lakehouse/table_binding.h"

#include <algorithm>

#include "base/text.h"
#include "lakehouse/clinic_concepts_internal.h"
#include "lakehouse/lake.h"
#include "lakehouse/sql_words_internal.h"

namespace codman::lakehouse {
namespace {

Result<> MakeView(engine::SqlEngine* engine, const std::string& table, const std::string& sql) {
  return engine->Execute(format("create schema if not exists {}; create or replace view {} as {}",
                                table.substr(0, table.find('.')), ViewName(table), sql));
}

// Views of what the program itself writes.
Result<TableSchemas> BindOwnTables(engine::SqlEngine* engine, const events::Concepts& concepts,
                                   const std::vector<std::string>& feeds) {
  TRY(RegisterConcepts(engine, concepts));
  const Lake nowhere("");
  auto tables = nowhere.OwnTables();
  for (const auto& feed : feeds) tables.emplace_back("bronze." + feed, nowhere.Bronze(feed));
  TableSchemas schemas;
  schemas[kConcepts] = TRY(engine->Describe("from " + ViewName(kConcepts)));
  for (const auto& [name, table] : tables) {
    TRY(MakeView(engine, name, table.SelectAll({.schema = table.schema()})));
    schemas[name] = table.schema();
  }
  return schemas;
}

void BindChecks(engine::SqlEngine* engine, const SqlTable& table, base::Problems* problems) {
  for (const auto& check : table.checks) {
    auto fits = engine->Describe(CountOffendingSql(check, ViewName(table.QualifiedName()), 0));
    if (fits.ok()) continue;
    problems->Add(
        base::InvalidInput(format("{}:{}: the check '{}' does not fit the table: {}", table.file,
                                  check.line, check.text, WhyRefused(fits.error()))));
  }
}

}  // namespace

Result<columns::Schema> SchemaOf(engine::SqlEngine* engine, const SqlTable& table) {
  auto refuse = [&](const std::string& why) {
    return base::InvalidInput(format("{}:1: {}", table.file, why));
  };
  auto types =
      engine->QueryAll(format("select column_name, column_type from (describe {})", table.sql));
  if (!types.ok()) return refuse("the select does not fit: " + WhyRefused(types.error()));
  columns::Schema schema = TRY(engine->Describe(table.sql));
  for (size_t i = 0; i < schema.size(); ++i) {
    auto type = types->columns[1].strings[i];
    if (schema[i].type == columns::Type::kString && type != "VARCHAR") {
      return refuse(
          format("the column {} is of type {}, which the lake does not hold; cast it to "
                 "bigint, double, varchar or timestamptz",
                 schema[i].name, type));
    }
  }
  for (const auto& column : table.key) {
    if (columns::FindField(schema, column) < 0)
      return refuse(format("the key names the column {}, which the select does not give", column));
  }
  return schema;
}

std::string WhyRefused(const Error& error) {
  std::string_view message = error.message();
  message = message.substr(0, std::min(message.find("\n\nLINE"), message.find(" (in: ")));
  constexpr std::string_view kPrefix = "SQL failed: ";
  if (message.starts_with(kPrefix)) message.remove_prefix(kPrefix.size());
  return base::ReplaceAll(std::string(message), "\n", " ");
}

Result<TableSchemas> BindTables(engine::SqlEngine* engine, const events::Concepts& concepts,
                                const std::vector<std::string>& feeds,
                                const std::vector<SqlTable>& ordered, base::Problems* problems) {
  TableSchemas schemas = TRY(BindOwnTables(engine, concepts, feeds));
  for (const auto& table : ordered) {
    bool judged = std::all_of(table.refs.begin(), table.refs.end(),
                              [&](const auto& ref) { return schemas.count(ref) > 0; });
    if (!judged) continue;
    auto schema = SchemaOf(engine, table);
    if (!schema.ok()) {
      problems->Add(schema.error());
      continue;
    }
    TRY(MakeView(engine, table.QualifiedName(), table.sql));
    schemas[table.QualifiedName()] = std::move(*schema);
    BindChecks(engine, table, problems);
  }
  return schemas;
}

}  // namespace codman::lakehouse
