// Runs SQL over columns. Embedded: DuckDB, always in memory, spilling to a folder below the home.
//
// One engine may be used by several threads; each call runs to its end before the next starts.
// Times are TIMESTAMPTZ in UTC. Errors carry DuckDB's message without row values.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "columns/columns.h"

namespace codman::engine {

struct EngineOptions {
  std::string temp_folder;  // for spilling; made where absent
  int64_t memory_limit_bytes = 1LL << 30;
  int num_threads = 0;  // 0 = all cores
};

class SqlEngine {
 public:
  static Result<std::unique_ptr<SqlEngine>> Open(const EngineOptions& options);
  virtual ~SqlEngine() = default;

  virtual Result<> Execute(const std::string& sql) = 0;
  // Hands the result of one statement over in chunks of a few thousand rows, in order, as they are
  // computed: `sink` must not call the engine. A type that columns do not have is a text.
  virtual Result<> Query(const std::string& sql,
                         const std::function<Result<>(const columns::Table&)>& sink) = 0;
  Result<columns::Table> QueryAll(const std::string& sql);
  // The first value of the first row as a number; 0 where there is none.
  Result<int64_t> QueryInt(const std::string& sql);
  // Column names and types of a query, without running it.
  virtual Result<columns::Schema> Describe(const std::string& sql) = 0;

  // A table with these columns; replaces one of the same name.
  Result<> CreateTable(const std::string& name, const columns::Schema& schema);
  virtual Result<> Append(const std::string& table, const columns::Table& rows) = 0;
  // Loads the Delta reader that lies beside the program; SQL may then use delta_scan('folder').
  virtual Result<> LoadDelta() = 0;
};

// SQL name of a column type: "TIMESTAMPTZ".
const char* SqlTypeOf(columns::Type type);
// SQL type of a column of few texts, "ENUM('final', 'corrected')"; VARCHAR where all are null.
// Joins and files move the place of a text instead of its bytes.
std::string EnumOf(const columns::Column& texts);
// One text of such a type of its own.
std::string EnumLiteral(const std::string& text);
// "name", quotes doubled.
std::string QuoteName(std::string_view name);

}  // namespace codman::engine
