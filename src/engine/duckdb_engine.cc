#include <unistd.h>

#include <algorithm>
#include <cctype>

#include "base/file.h"
#include "base/text.h"
#include "engine/duckdb_engine_internal.h"
#include "engine/duckdb_vectors_internal.h"

namespace codman::engine {
namespace {

using columns::Column;
using columns::Table;
using columns::Type;

constexpr size_t kShownSqlBytes = 200;

std::string ProgramFolder() {
  char path[4096];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  std::string_view whole(path, length > 0 ? static_cast<size_t>(length) : 0);
  return std::string(whole.substr(0, whole.rfind('/')));
}

// Errors of these kinds come from running over rows, and quote what they met there.
bool QuotesRowValues(duckdb_error_type type) {
  return type == DUCKDB_ERROR_CONVERSION || type == DUCKDB_ERROR_OUT_OF_RANGE ||
         type == DUCKDB_ERROR_CONSTRAINT || type == DUCKDB_ERROR_MISMATCH_TYPE ||
         type == DUCKDB_ERROR_INVALID_INPUT;
}

// The first line of the message with what stands between quotes and every number left out.
std::string WithoutValues(std::string_view message) {
  message = message.substr(0, message.find('\n'));
  std::string shown;
  char quote = 0;
  for (size_t i = 0; i < message.size(); ++i) {
    char c = message[i];
    bool digit = c >= '0' && c <= '9';
    bool in_word = i > 0 && std::isalnum(static_cast<unsigned char>(message[i - 1])) != 0;
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || (c == '\'' && !in_word)) {
      quote = c;
      shown += "…";
    } else if (!digit || (in_word && shown.back() != '#')) {
      shown += c;
    } else if (!in_word) {
      shown += '#';
    }
  }
  return shown;
}

Error Failure(const duckdb_result& result, const std::string& sql) {
  auto* failed = const_cast<duckdb_result*>(&result);
  const char* message = duckdb_result_error(failed);
  std::string text = message == nullptr ? "" : message;
  if (QuotesRowValues(duckdb_result_error_type(failed))) text = WithoutValues(text);
  return base::InvalidInput(format("SQL failed: {} (in: {})", text, sql.substr(0, kShownSqlBytes)));
}

Result<> Drain(duckdb_result* result, const std::function<Result<>(const Table&)>& sink) {
  Table table;
  std::vector<duckdb_type> types;
  for (idx_t i = 0; i < duckdb_column_count(result); ++i) {
    types.push_back(duckdb_column_type(result, i));
    table.columns.push_back(Column{.field = {duckdb_column_name(result, i), TypeOf(types.back())}});
  }
  bool any = false;
  while (duckdb_data_chunk chunk = duckdb_fetch_chunk(*result)) {
    idx_t rows = duckdb_data_chunk_get_size(chunk);
    table.Clear();
    for (idx_t i = 0; i < types.size(); ++i) {
      CopyVector(duckdb_data_chunk_get_vector(chunk, i), types[i], rows, &table.columns[i]);
    }
    duckdb_destroy_data_chunk(&chunk);
    if (rows == 0) continue;
    any = true;
    TRY(sink(table));
  }
  // An empty result still tells its columns.
  if (!any) {
    table.Clear();
    TRY(sink(table));
  }
  return {};
}

bool AppendChunks(duckdb_appender appender, const Table& rows) {
  std::vector<duckdb_logical_type> types;
  for (idx_t i = 0; i < duckdb_appender_column_count(appender); ++i)
    types.push_back(duckdb_appender_column_type(appender, i));
  CHECK(types.size() == rows.columns.size());
  duckdb_data_chunk chunk = duckdb_create_data_chunk(types.data(), types.size());
  auto capacity = static_cast<int64_t>(duckdb_vector_size());
  bool good = true;
  for (int64_t first = 0; good && first < rows.num_rows(); first += capacity) {
    int64_t count = std::min(capacity, rows.num_rows() - first);
    duckdb_data_chunk_reset(chunk);
    for (idx_t i = 0; i < types.size(); ++i) {
      FillVector(duckdb_data_chunk_get_vector(chunk, i), rows.columns[i], first, count);
    }
    duckdb_data_chunk_set_size(chunk, static_cast<idx_t>(count));
    good = duckdb_append_data_chunk(appender, chunk) == DuckDBSuccess;
  }
  duckdb_destroy_data_chunk(&chunk);
  for (auto& type : types) duckdb_destroy_logical_type(&type);
  return good;
}

// `sql` as a part of another statement: without what ends it.
std::string AsSubquery(const std::string& sql) {
  std::string_view text = base::Trim(sql);
  while (text.ends_with(';')) text = base::Trim(text.substr(0, text.size() - 1));
  // A comment at the end must not swallow the parenthesis.
  return format("({}\n)", text);
}

}  // namespace

Result<std::unique_ptr<DuckDbEngine>> DuckDbEngine::Start(const EngineOptions& options) {
  auto engine = std::make_unique<DuckDbEngine>();
  TRY(engine->Connect(options));
  return engine;
}

DuckDbEngine::~DuckDbEngine() {
  if (connection_ != nullptr) duckdb_disconnect(&connection_);
  if (database_ != nullptr) duckdb_close(&database_);
}

Result<> DuckDbEngine::Connect(const EngineOptions& options) {
  if (!options.temp_folder.empty()) TRY(base::MakeFolders(options.temp_folder));
  duckdb_config config = nullptr;
  duckdb_create_config(&config);
  duckdb_set_config(config, "autoinstall_known_extensions", "false");
  duckdb_set_config(config, "autoload_known_extensions", "false");
  duckdb_set_config(config, "memory_limit", format("{}B", options.memory_limit_bytes).c_str());
  if (!options.temp_folder.empty())
    duckdb_set_config(config, "temp_directory", options.temp_folder.c_str());
  if (options.num_threads > 0)
    duckdb_set_config(config, "threads", std::to_string(options.num_threads).c_str());
  char* error = nullptr;
  bool opened = duckdb_open_ext(nullptr, &database_, config, &error) == DuckDBSuccess;
  duckdb_destroy_config(&config);
  if (!opened) {
    Error failure = base::Unavailable(
        format("cannot start the SQL engine: {}", error == nullptr ? "?" : error));
    duckdb_free(error);
    return failure;
  }
  if (duckdb_connect(database_, &connection_) != DuckDBSuccess)
    return base::Unavailable("cannot open a SQL connection");
  // Files are local, where the system caches them, and some are replaced under their name: nothing
  // of an earlier one may be remembered.
  return Execute(
      "set timezone = 'UTC'; set preserve_insertion_order = true; set enable_progress_bar = false; "
      "set enable_external_file_cache = false");
}

Result<> DuckDbEngine::Execute(const std::string& sql) {
  std::lock_guard lock(mutex_);
  duckdb_result result;
  bool done = duckdb_query(connection_, sql.c_str(), &result) == DuckDBSuccess;
  Error failure = Failure(result, sql);
  duckdb_destroy_result(&result);
  if (!done) return failure;
  return {};
}

Result<> DuckDbEngine::Query(const std::string& sql,
                             const std::function<Result<>(const Table&)>& sink) {
  std::string castable = TRY(WithCasts(sql));
  std::lock_guard lock(mutex_);
  duckdb_prepared_statement statement = nullptr;
  duckdb_prepare(connection_, castable.c_str(), &statement);
  // Streaming: a result larger than memory is never held whole.
  duckdb_result result;
  bool started = duckdb_execute_prepared_streaming(statement, &result) == DuckDBSuccess;
  Result<> done = started ? Drain(&result, sink) : Failure(result, sql);
  if (done.ok() && duckdb_result_error(&result) != nullptr) done = Failure(result, sql);
  duckdb_destroy_result(&result);
  duckdb_destroy_prepare(&statement);
  return done;
}

Result<columns::Schema> DuckDbEngine::Describe(const std::string& sql) {
  columns::Schema schema;
  for (const auto& [name, type] : TRY(RawTypes(sql))) schema.push_back({name, TypeOf(type)});
  return schema;
}

Result<> DuckDbEngine::Append(const std::string& table, const Table& rows) {
  std::lock_guard lock(mutex_);
  duckdb_appender appender = nullptr;
  if (duckdb_appender_create(connection_, nullptr, table.c_str(), &appender) != DuckDBSuccess) {
    Error failure =
        base::Internal(format("cannot append to {}: {}", table, duckdb_appender_error(appender)));
    duckdb_appender_destroy(&appender);
    return failure;
  }
  bool good = AppendChunks(appender, rows);
  good = good && duckdb_appender_flush(appender) == DuckDBSuccess;
  const char* message = duckdb_appender_error(appender);
  Error failure =
      base::Internal(format("cannot append to {}: {}", table, message == nullptr ? "?" : message));
  duckdb_appender_destroy(&appender);
  if (!good) return failure;
  return {};
}

Result<> DuckDbEngine::LoadDelta() {
  if (delta_loaded_) return {};
  std::string path = ProgramFolder() + "/delta.duckdb_extension";
  TRY(Execute("load " + base::QuoteSql(path)).While("loading the Delta reader"));
  delta_loaded_ = true;
  return {};
}

Result<int64_t> DuckDbEngine::CountStatements(const std::string& sql) {
  std::lock_guard lock(mutex_);
  duckdb_extracted_statements statements = nullptr;
  idx_t count = duckdb_extract_statements(connection_, sql.c_str(), &statements);
  const char* message = duckdb_extract_statements_error(statements);
  Result<int64_t> counted = static_cast<int64_t>(count);
  if (count == 0 && message != nullptr) {
    counted = base::InvalidInput(
        format("SQL failed: {} (in: {})", message, sql.substr(0, kShownSqlBytes)));
  }
  duckdb_destroy_extracted(&statements);
  return counted;
}

void DuckDbEngine::Interrupt() { duckdb_interrupt(connection_); }

Result<DuckDbEngine::NamedTypes> DuckDbEngine::RawTypes(const std::string& sql) {
  std::lock_guard lock(mutex_);
  duckdb_prepared_statement statement = nullptr;
  if (duckdb_prepare(connection_, sql.c_str(), &statement) != DuckDBSuccess) {
    Error failure = base::InvalidInput(format(
        "SQL failed: {} (in: {})", duckdb_prepare_error(statement), sql.substr(0, kShownSqlBytes)));
    duckdb_destroy_prepare(&statement);
    return failure;
  }
  NamedTypes types;
  for (idx_t i = 0; i < duckdb_prepared_statement_column_count(statement); ++i) {
    const char* name = duckdb_prepared_statement_column_name(statement, i);
    types.emplace_back(name == nullptr ? "" : name,
                       duckdb_prepared_statement_column_type(statement, i));
    duckdb_free(const_cast<char*>(name));
  }
  duckdb_destroy_prepare(&statement);
  return types;
}

Result<std::string> DuckDbEngine::WithCasts(const std::string& sql) {
  auto types = TRY(RawTypes(sql));
  std::string columns;
  bool casts = false;
  for (const auto& [name, type] : types) {
    if (!columns.empty()) columns += ", ";
    bool wide = type == DUCKDB_TYPE_HUGEINT || type == DUCKDB_TYPE_DECIMAL;
    if (NeedsCast(type))
      columns += format("cast({0} as {1}) as {0}", QuoteName(name), wide ? "double" : "varchar");
    else
      columns += QuoteName(name);
    casts = casts || NeedsCast(type);
  }
  return casts ? format("select {} from {}", columns, AsSubquery(sql)) : sql;
}

}  // namespace codman::engine
