// One derived table of a clinic: clinic/silver/<name>.sql or clinic/gold/<name>.sql.
//
// A comment header declares the table, then comes one select that names its inputs by ref():
//
//   -- description: one row per stay
//   -- key: subject_id, encounter_ref        (unique and never null: checked)
//   -- grain: one stay in intensive care     -- owner: data team
//   -- check: not_null admission_time        -- check: unique a, b
//   -- check: range hours 0 2000             -- check: accepted_values sex 0, 1
//   -- check: relationship subject_id silver.patients.subject_id
//   -- check: freshness known_time 24h       -- warn: range hours 0 500
//   select … from ref('silver.events') …
//
// A failing `check` keeps the old version live, a failing `warn` is only reported. ref('silver.…'),
// ref('gold.…'), ref('bronze.<feed>') and ref('clinic.concepts') are known. Values, no threads.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace codman::lakehouse {

enum class CheckKind { kNotNull, kUnique, kRange, kAcceptedValues, kRelationship, kFreshness };
enum class Severity { kError, kWarning };

struct TableCheck {
  CheckKind kind = CheckKind::kNotNull;
  Severity severity = Severity::kError;
  std::vector<std::string> columns;       // one, but for unique
  double low = 0, high = 0;               // range, ends included
  std::vector<std::string> values;        // accepted_values
  std::string other_table, other_column;  // relationship: "silver.patients", "subject_id"
  int64_t max_age_us = 0;                 // freshness
  int line = 0;
  std::string text;  // as declared: "range hours 0 2000"
};

struct SqlTable {
  std::string layer, name;  // "gold", "icu_stays"
  std::string file;         // as errors name it
  std::string description, grain, owner;
  std::vector<std::string> key;
  std::vector<TableCheck> checks;  // the key's two among them
  std::vector<std::string> refs;   // "silver.events", sorted, those of relationships included
  std::string sql;                 // the select with ref() replaced by names of views
  std::string hash;                // SHA-256 over select and checks, hex
  std::string QualifiedName() const { return layer + "." + name; }
};

// Every mistake is reported as file:line with its cure, all at once.
Result<SqlTable> ParseSqlTable(const std::string& layer, const std::string& file,
                               const std::string& text);

// All *.sql of <clinic>/silver and <clinic>/gold.
Result<std::vector<SqlTable>> LoadSqlTables(const std::string& clinic_folder);

// What declared tables may read besides each other: the program's own tables, the clinic's concepts
// and bronze of each feed.
std::vector<std::string> GivenTables(const std::vector<std::string>& feeds);

// Inputs before what reads them, else by name. Refused: a cycle (its path is named) and a ref to a
// table that is neither declared nor given.
Result<std::vector<SqlTable>> InBuildOrder(std::vector<SqlTable> tables,
                                           const std::vector<std::string>& feeds);

// SQL that counts the rows of `table` (any relation) which break the check. `now_us`: freshness.
std::string CountOffendingSql(const TableCheck& check, const std::string& table, int64_t now_us);

}  // namespace codman::lakehouse
