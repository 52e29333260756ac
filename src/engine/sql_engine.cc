#include "engine/sql_engine.h"

#include <duckdb.h>
#include <unistd.h>

#include <cctype>
#include <cstring>
#include <mutex>

#include "base/file.h"
#include "base/text.h"

namespace codman::engine {
namespace {

using columns::Column;
using columns::Table;
using columns::Type;

constexpr auto kDestroyChunk = [](duckdb_data_chunk* chunk) { duckdb_destroy_data_chunk(chunk); };

std::string ProgramFolder() {
  char path[4096];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  std::string_view whole(path, length > 0 ? static_cast<size_t>(length) : 0);
  return std::string(whole.substr(0, whole.rfind('/')));
}

Type TypeOf(duckdb_type type) {
  switch (type) {
    case DUCKDB_TYPE_BOOLEAN:
      return Type::kBool;
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_UBIGINT:
      return Type::kInt64;
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
      return Type::kDouble;
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      return Type::kTimestamp;
    default:
      return Type::kString;
  }
}

template <typename T>
void CopyInts(const void* data, idx_t rows, Column* out) {
  const T* values = static_cast<const T*>(data);
  for (idx_t i = 0; i < rows; ++i) out->ints.push_back(static_cast<int64_t>(values[i]));
}

void CopyStrings(void* data, idx_t rows, Column* out) {
  auto* values = static_cast<duckdb_string_t*>(data);
  for (idx_t i = 0; i < rows; ++i) {
    bool there = out->valid[out->strings.size()] != 0;
    out->strings.Append(there ? std::string_view(duckdb_string_t_data(&values[i]),
                                                 duckdb_string_t_length(values[i]))
                              : std::string_view());
  }
}

void CopyVector(duckdb_vector vector, duckdb_type type, idx_t rows, Column* out) {
  // Usual case first: no null in the whole vector, or whole words of the mask.
  size_t first = out->valid.size();
  out->valid.resize(first + rows, 1);
  if (uint64_t* mask = duckdb_vector_get_validity(vector)) {
    for (idx_t i = 0; i < rows; ++i) {
      out->valid[first + i] = static_cast<uint8_t>((mask[i / 64] >> (i % 64)) & 1);
    }
  }
  void* data = duckdb_vector_get_data(vector);
  switch (type) {
    case DUCKDB_TYPE_BOOLEAN:
    case DUCKDB_TYPE_UTINYINT:
      return CopyInts<uint8_t>(data, rows, out);
    case DUCKDB_TYPE_TINYINT:
      return CopyInts<int8_t>(data, rows, out);
    case DUCKDB_TYPE_SMALLINT:
      return CopyInts<int16_t>(data, rows, out);
    case DUCKDB_TYPE_USMALLINT:
      return CopyInts<uint16_t>(data, rows, out);
    case DUCKDB_TYPE_INTEGER:
      return CopyInts<int32_t>(data, rows, out);
    case DUCKDB_TYPE_UINTEGER:
      return CopyInts<uint32_t>(data, rows, out);
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      return CopyInts<int64_t>(data, rows, out);
    case DUCKDB_TYPE_UBIGINT:
      return CopyInts<uint64_t>(data, rows, out);
    case DUCKDB_TYPE_FLOAT: {
      const float* values = static_cast<const float*>(data);
      out->doubles.insert(out->doubles.end(), values, values + rows);
      return;
    }
    case DUCKDB_TYPE_DOUBLE: {
      const double* values = static_cast<const double*>(data);
      out->doubles.insert(out->doubles.end(), values, values + rows);
      return;
    }
    default:
      return CopyStrings(data, rows, out);
  }
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

// What the database left at the places of nulls is arbitrary; columns promise 0 there.
void ZeroNulls(idx_t rows, Column* out) {
  size_t begin = out->valid.size() - rows;
  for (size_t i = begin; i < out->valid.size(); ++i) {
    if (out->valid[i] != 0) continue;
    if (!out->ints.empty()) out->ints[i] = 0;
    if (!out->doubles.empty()) out->doubles[i] = 0;
  }
}

// Types that columns do not have (HUGEINT, DECIMAL, DATE, LIST, …) are cast by the database itself.
bool NeedsCast(duckdb_type type) {
  return TypeOf(type) == Type::kString && type != DUCKDB_TYPE_VARCHAR;
}

void FillVector(duckdb_vector vector, const Column& column, int64_t first, int64_t rows) {
  auto at = static_cast<size_t>(first);
  auto count = static_cast<size_t>(rows);
  void* data = duckdb_vector_get_data(vector);
  if (std::memchr(column.valid.data() + at, 0, count) != nullptr) {
    duckdb_vector_ensure_validity_writable(vector);
    uint64_t* mask = duckdb_vector_get_validity(vector);
    for (size_t i = 0; i < count; ++i)
      duckdb_validity_set_row_validity(mask, i, column.valid[at + i] != 0);
  }
  switch (column.field.type) {
    case Type::kDouble:
      std::memcpy(data, column.doubles.data() + at, count * sizeof(double));
      return;
    case Type::kBool:
      for (size_t i = 0; i < count; ++i) static_cast<bool*>(data)[i] = column.ints[at + i] != 0;
      return;
    case Type::kString:
      for (size_t i = 0; i < count; ++i) {
        if (column.valid[at + i] == 0) continue;
        auto text = column.strings[at + i];
        duckdb_vector_assign_string_element_len(vector, i, text.data(), text.size());
      }
      return;
    default:
      std::memcpy(data, column.ints.data() + at, count * sizeof(int64_t));
  }
}

class DuckDbEngine : public SqlEngine {
 public:
  ~DuckDbEngine() override {
    if (connection_ != nullptr) duckdb_disconnect(&connection_);
    if (database_ != nullptr) duckdb_close(&database_);
  }

  Result<> Start(const EngineOptions& options) {
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
    return Execute(
        "set timezone = 'UTC'; set preserve_insertion_order = true; set enable_progress_bar = "
        "false");
  }

  Result<> Execute(const std::string& sql) override {
    std::lock_guard lock(mutex_);
    duckdb_result result;
    bool done = duckdb_query(connection_, sql.c_str(), &result) == DuckDBSuccess;
    Error failure = Failure(result, sql);
    duckdb_destroy_result(&result);
    if (!done) return failure;
    return {};
  }

  Result<> Query(const std::string& sql,
                 const std::function<Result<>(const Table&)>& sink) override {
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

  Result<columns::Schema> Describe(const std::string& sql) override {
    columns::Schema schema;
    for (const auto& [name, type] : TRY(RawTypes(sql))) schema.push_back({name, TypeOf(type)});
    return schema;
  }

  Result<> Append(const std::string& table, const Table& rows) override {
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
    Error failure = base::Internal(
        format("cannot append to {}: {}", table, message == nullptr ? "?" : message));
    duckdb_appender_destroy(&appender);
    if (!good) return failure;
    return {};
  }

  Result<> LoadDelta() override {
    if (delta_loaded_) return {};
    std::string path = ProgramFolder() + "/delta.duckdb_extension";
    TRY(Execute("load " + base::QuoteSql(path)).While("loading the Delta reader"));
    delta_loaded_ = true;
    return {};
  }

 private:
  static Error Failure(const duckdb_result& result, const std::string& sql) {
    auto* failed = const_cast<duckdb_result*>(&result);
    const char* message = duckdb_result_error(failed);
    std::string text = message == nullptr ? "" : message;
    if (QuotesRowValues(duckdb_result_error_type(failed))) text = WithoutValues(text);
    return base::InvalidInput(format("SQL failed: {} (in: {})", text, sql.substr(0, 200)));
  }

  Result<std::vector<std::pair<std::string, duckdb_type>>> RawTypes(const std::string& sql) {
    std::lock_guard lock(mutex_);
    duckdb_prepared_statement statement = nullptr;
    if (duckdb_prepare(connection_, sql.c_str(), &statement) != DuckDBSuccess) {
      Error failure = base::InvalidInput(
          format("SQL failed: {} (in: {})", duckdb_prepare_error(statement), sql.substr(0, 200)));
      duckdb_destroy_prepare(&statement);
      return failure;
    }
    std::vector<std::pair<std::string, duckdb_type>> types;
    for (idx_t i = 0; i < duckdb_prepared_statement_column_count(statement); ++i) {
      const char* name = duckdb_prepared_statement_column_name(statement, i);
      types.emplace_back(name == nullptr ? "" : name,
                         duckdb_prepared_statement_column_type(statement, i));
      duckdb_free(const_cast<char*>(name));
    }
    duckdb_destroy_prepare(&statement);
    return types;
  }

  Result<std::string> WithCasts(const std::string& sql) {
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
    return casts ? format("select {} from ({})", columns, sql) : sql;
  }

  static Result<> Drain(duckdb_result* result, const std::function<Result<>(const Table&)>& sink) {
    Table table;
    std::vector<duckdb_type> types;
    for (idx_t i = 0; i < duckdb_column_count(result); ++i) {
      types.push_back(duckdb_column_type(result, i));
      table.columns.push_back(
          Column{.field = {duckdb_column_name(result, i), TypeOf(types.back())}});
    }
    bool any = false;
    while (duckdb_data_chunk chunk = duckdb_fetch_chunk(*result)) {
      idx_t rows = duckdb_data_chunk_get_size(chunk);
      table.Clear();
      for (idx_t i = 0; i < types.size(); ++i) {
        CopyVector(duckdb_data_chunk_get_vector(chunk, i), types[i], rows, &table.columns[i]);
        ZeroNulls(rows, &table.columns[i]);
      }
      kDestroyChunk(&chunk);
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

  static bool AppendChunks(duckdb_appender appender, const Table& rows) {
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

  duckdb_database database_ = nullptr;
  duckdb_connection connection_ = nullptr;
  std::mutex mutex_;
  bool delta_loaded_ = false;
};

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
  auto engine = std::make_unique<DuckDbEngine>();
  TRY(engine->Start(options));
  return std::unique_ptr<SqlEngine>(std::move(engine));
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

std::string QuoteName(std::string_view name) {
  return "\"" + base::ReplaceAll(std::string(name), "\"", "\"\"") + "\"";
}

}  // namespace codman::engine
