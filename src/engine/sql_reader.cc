#include "engine/sql_reader.h"

#include <algorithm>
#include <cctype>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "base/file.h"
#include "base/text.h"
#include "engine/duckdb_engine_internal.h"

namespace codman::engine {
namespace {

using columns::Schema;
using columns::Table;

// Functions that give rows and do nothing else. The others of this kind write files, change
// settings, take addresses of memory or run SQL of their own.
constexpr const char* kHarmlessTableFunctions[] = {"duckdb_columns",
                                                   "duckdb_functions",
                                                   "duckdb_keywords",
                                                   "duckdb_schemas",
                                                   "duckdb_tables",
                                                   "duckdb_types",
                                                   "duckdb_views",
                                                   "generate_series",
                                                   "glob",
                                                   "histogram",
                                                   "histogram_values",
                                                   "icu_calendar_names",
                                                   "json_each",
                                                   "json_tree",
                                                   "parquet_file_metadata",
                                                   "parquet_kv_metadata",
                                                   "parquet_metadata",
                                                   "parquet_scan",
                                                   "parquet_schema",
                                                   "pg_timezone_names",
                                                   "pragma_show",
                                                   "pragma_table_info",
                                                   "pragma_version",
                                                   "range",
                                                   "read_blob",
                                                   "read_csv",
                                                   "read_csv_auto",
                                                   "read_json",
                                                   "read_json_auto",
                                                   "read_json_objects",
                                                   "read_json_objects_auto",
                                                   "read_ndjson",
                                                   "read_ndjson_auto",
                                                   "read_ndjson_objects",
                                                   "read_parquet",
                                                   "read_text",
                                                   "repeat",
                                                   "repeat_row",
                                                   "sniff_csv",
                                                   "summary",
                                                   "unnest"};
// Functions of other kinds with effects beside their value.
constexpr const char* kRefusedFunctions[] = {"sleep_ms", "write_log"};

Error OnlyReads() {
  return {ErrorKind::kForbidden,
          "only one SELECT, WITH, FROM, VALUES, DESCRIBE, SUMMARIZE or EXPLAIN of such is allowed"};
}

// Takes one word off the front, whatever its case.
bool TakeWord(std::string_view* text, std::string_view word) {
  std::string_view rest = base::Trim(*text);
  if (rest.size() <= word.size() || base::ToLower(rest.substr(0, word.size())) != word)
    return false;
  auto after = static_cast<unsigned char>(rest[word.size()]);
  if (std::isalnum(after) != 0 || after == '_') return false;
  *text = rest.substr(word.size());
  return true;
}

// Ends a call of the engine that takes too long.
class Deadline {
 public:
  Deadline(DuckDbEngine* engine, int64_t max_time_ms)
      : watch_([this, engine, max_time_ms] { Watch(engine, max_time_ms); }) {}
  ~Deadline() {
    {
      std::lock_guard lock(mutex_);
      done_ = true;
    }
    changed_.notify_all();
    watch_.join();
  }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  bool passed() const {
    std::lock_guard lock(mutex_);
    return passed_;
  }

 private:
  void Watch(DuckDbEngine* engine, int64_t max_time_ms) {
    std::unique_lock lock(mutex_);
    auto wait = std::chrono::milliseconds(max_time_ms);
    // Again and again: an interrupt that falls between two steps of a call is forgotten.
    while (!changed_.wait_for(lock, wait, [this] { return done_; })) {
      passed_ = true;
      engine->Interrupt();
      wait = std::chrono::milliseconds(20);
    }
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  bool passed_ = false;
  std::thread watch_;  // last: it uses the members above
};

class ReaderEngine : public SqlEngine {
 public:
  ReaderEngine(std::unique_ptr<DuckDbEngine> engine, std::set<std::string> refused_functions,
               const ReaderOptions& options)
      : engine_(std::move(engine)),
        refused_functions_(std::move(refused_functions)),
        max_rows_(options.max_rows),
        max_time_ms_(options.max_time_ms) {}

  Result<> Execute(const std::string& sql) override {
    return Query(sql, [](const Table&) -> Result<> { return {}; });
  }

  Result<> Query(const std::string& sql,
                 const std::function<Result<>(const Table&)>& sink) override {
    std::lock_guard turn(mutex_);  // so that a deadline ends its own query only
    Deadline deadline(engine_.get(), max_time_ms_);
    auto done = Run(sql, sink);
    if (!done.ok() && deadline.passed()) {
      return base::InvalidInput(
          format("the query took longer than {} s; narrow it down", double(max_time_ms_) / 1000));
    }
    return done;
  }

  Result<Schema> Describe(const std::string& sql) override {
    std::lock_guard turn(mutex_);
    Deadline deadline(engine_.get(), max_time_ms_);
    TRY(CheckReads(sql));
    return engine_->Describe(sql);
  }

  Result<> Append(const std::string&, const Table&) override { return OnlyReads(); }
  Result<> LoadDelta() override { return OnlyReads(); }

  // The tree of the parsed text decides: the database makes one of a SELECT only, and it names
  // every function. EXPLAIN ANALYZE runs what it explains, so that is judged in its stead.
  Result<> CheckReads(const std::string& sql) {
    std::string_view text = sql;
    while (true) {
      auto tree = TRY(engine_->QueryAll(
          format("select coalesce(json_extract_string(tree, '$.error'), 'true'), "
                 "array_to_string(json_extract_string(tree, '$..function_name'), chr(10)) from "
                 "(select json_serialize_sql({}) as tree)",
                 base::QuoteSql(text))));
      if (tree.columns[0].strings[0] == "false") {
        TRY(CheckFunctions(tree.columns[1].strings[0]));
        return TRY(engine_->CountStatements(std::string(text))) == 1 ? Result<>() : OnlyReads();
      }
      if (!TakeWord(&text, "explain")) break;
      TakeWord(&text, "analyze");
    }
    TRY(engine_->CountStatements(sql));  // a syntax error is told as such
    return OnlyReads();
  }

 private:
  Result<> Run(const std::string& sql, const std::function<Result<>(const Table&)>& sink) {
    TRY(CheckReads(sql));
    int64_t rows = 0;
    return engine_->Query(sql, [&](const Table& chunk) -> Result<> {
      rows += chunk.num_rows();
      if (rows > max_rows_) {
        return base::InvalidInput(
            format("the query gives more than {} rows; narrow it down or add a limit", max_rows_));
      }
      return sink(chunk);
    });
  }

  Result<> CheckFunctions(std::string_view names) const {
    for (auto name : base::Split(names, '\n')) {
      if (refused_functions_.count(base::ToLower(name)) == 0) continue;
      return Error(ErrorKind::kForbidden, format("the function {} is not allowed here", name));
    }
    return {};
  }

  std::unique_ptr<DuckDbEngine> engine_;
  std::set<std::string> refused_functions_;
  std::mutex mutex_;
  int64_t max_rows_;
  int64_t max_time_ms_;
};

Result<std::set<std::string>> RefusedFunctions(SqlEngine* engine, bool repeatable) {
  auto rows = TRY(
      engine->QueryAll("select distinct function_name from duckdb_functions() where function_type "
                       "in ('table', 'table_macro', 'pragma')"));
  std::set<std::string> refused(std::begin(kRefusedFunctions), std::end(kRefusedFunctions));
  for (int64_t i = 0; i < rows.num_rows(); ++i)
    refused.emplace(rows.columns[0].strings[static_cast<size_t>(i)]);
  for (const char* harmless : kHarmlessTableFunctions) refused.erase(harmless);
  if (!repeatable) return refused;
  auto changing = TRY(engine->QueryAll(
      "select distinct function_name from duckdb_functions() where stability in ('VOLATILE', "
      "'CONSISTENT_WITHIN_QUERY')"));
  for (int64_t i = 0; i < changing.num_rows(); ++i)
    refused.emplace(changing.columns[0].strings[static_cast<size_t>(i)]);
  return refused;
}

std::string ListOf(const std::vector<std::string>& files) {
  std::string list;
  for (const auto& file : files) list += (list.empty() ? "" : ", ") + base::QuoteSql(file);
  return list;
}

// Ends with one of these, but for a compression that is read in passing.
bool IsKind(std::string_view file, std::initializer_list<std::string_view> endings) {
  for (std::string_view packed : {".gz", ".zst"}) {
    if (file.ends_with(packed)) file.remove_suffix(packed.size());
  }
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return file.ends_with(ending); });
}

}  // namespace

Result<> ReaderOptions::Validate() const {
  if (max_rows < 1 || max_time_ms < 1)
    return base::InvalidInput("a reader needs a row limit and a time limit of at least 1");
  return {};
}

Result<std::unique_ptr<SqlEngine>> OpenReader(const std::string& lake_root,
                                              const std::vector<ReaderView>& views,
                                              const ReaderOptions& options) {
  TRY(options.Validate());
  auto engine = TRY(DuckDbEngine::Start(options.engine));
  for (const auto& view : views) {
    TRY(engine
            ->Execute(
                format("create schema if not exists {0}; create or replace view {0}.{1} as {2}",
                       QuoteName(view.schema), QuoteName(view.name), view.select))
            .While(format("making the view {}.{}", view.schema, view.name)));
  }
  const auto& files = options.only_files;
  TRY(
      engine->Execute(format("set {} = [{}]; set enable_external_access = false; set "
                             "lock_configuration = true",
                             files.empty() ? "allowed_directories" : "allowed_paths",
                             files.empty() ? base::QuoteSql(lake_root) : ListOf(files))));
  auto refused = TRY(RefusedFunctions(engine.get(), options.repeatable));
  return std::unique_ptr<SqlEngine>(
      std::make_unique<ReaderEngine>(std::move(engine), std::move(refused), options));
}

Result<> CheckRepeatable(const std::string& sql) {
  auto engine = TRY(DuckDbEngine::Start({.num_threads = 1}));
  auto refused = TRY(RefusedFunctions(engine.get(), true));
  return ReaderEngine(std::move(engine), std::move(refused), {}).CheckReads(sql);
}

Result<std::string> SelectFromFiles(const std::vector<std::string>& files) {
  auto all = [&](std::initializer_list<std::string_view> endings) {
    return std::all_of(files.begin(), files.end(),
                       [&](const auto& file) { return IsKind(file, endings); });
  };
  std::string list = ListOf(files);
  if (all({".csv"})) {
    return format(
        "select * from read_csv([{}], all_varchar = true, header = true, delim = ',', quote = "
        "'\"', escape = '\"')",
        list);
  }
  if (all({".parquet"})) return format("select * from read_parquet([{}])", list);
  if (all({".ndjson", ".jsonl", ".json"}))
    return format("select json from read_ndjson_objects([{}])", list);
  return base::InvalidInput(
      format("{} must be files of one kind: .csv, .parquet or .ndjson", base::Join(files, ", ")));
}

}  // namespace codman::engine
