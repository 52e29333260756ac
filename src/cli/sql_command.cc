#include <algorithm>

#include "base/text.h"
#include "cli/command.h"
#include "columns/rows.h"
#include "engine/sql_reader.h"

namespace codman::cli {
namespace {

struct Options {
  std::string sql;
  bool csv = false;
  int limit = 100000;
  int seconds = 60;
};

std::string AsCsv(const columns::Table& table) {
  std::string text;
  for (const auto& column : table.columns)
    text += (text.empty() ? "" : ",") + base::CsvCell(column.field.name);
  text += "\n";
  for (int64_t row = 0; row < table.num_rows(); ++row) {
    for (size_t i = 0; i < table.columns.size(); ++i)
      text += (i == 0 ? "" : ",") + base::CsvCell(columns::TextOf(table.columns[i], row));
    text += "\n";
  }
  return text;
}

constexpr size_t kWidest = 40;

// Columns side by side, numbers to the right.
std::string AsGrid(const columns::Table& table) {
  std::vector<std::vector<std::string>> cells;
  for (const auto& column : table.columns) {
    std::vector<std::string> texts = {column.field.name};
    for (int64_t row = 0; row < table.num_rows(); ++row) {
      std::string text = columns::TextOf(column, row);
      if (text.size() > kWidest) text = text.substr(0, kWidest - 1) + "~";
      texts.push_back(column.valid[static_cast<size_t>(row)] == 0 ? "-" : text);
    }
    cells.push_back(std::move(texts));
  }
  std::string text;
  for (size_t row = 0; row <= static_cast<size_t>(table.num_rows()); ++row) {
    for (size_t i = 0; i < cells.size(); ++i) {
      auto type = table.columns[i].field.type;
      bool number = type == columns::Type::kInt64 || type == columns::Type::kDouble;
      size_t width = 0;
      for (const auto& cell : cells[i]) width = std::max(width, cell.size());
      text += number ? format("{:>{}}  ", cells[i][row], width)
                     : format("{:<{}}  ", cells[i][row], width);
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    text += "\n";
  }
  return text;
}

Result<> Run(const GlobalOptions& global, const Options& options) {
  auto workspace = TRY(Workspace::Open(global.workspace));
  auto lake = workspace->lake();
  engine::ReaderOptions reading{.max_rows = options.limit, .max_time_ms = options.seconds * 1000};
  reading.engine.temp_folder = workspace->home() + "/tmp/sql-reader";
  auto reader =
      TRY(engine::OpenReader(lake.root(), TRY(lake.Views(TRY(lake.GoldTables()))), reading));
  auto answer = TRY(reader->QueryAll(options.sql));
  TRY(workspace->Record("sql", "lake", "done", "",
                        Json::Object({{"statement", options.sql}, {"rows", answer.num_rows()}})));
  std::string text = options.csv ? AsCsv(answer) : AsGrid(answer);
  Print(global, text, Json::Object({{"rows", columns::RowsOf(answer)}}));
  return {};
}

}  // namespace

std::function<Result<>()> SetupSql(CLI::App* app, GlobalOptions* global) {
  auto options = std::make_shared<Options>();
  app->add_option("statement", options->sql,
                  "one select over bronze.\"feed\", silver.events, gold.icu_stays, …")
      ->required();
  app->add_flag("--csv", options->csv, "print CSV");
  app->add_option("--limit", options->limit, "refuse to give more rows than this")
      ->check(CLI::Range(1, 10'000'000));
  app->add_option("--seconds", options->seconds, "give up after this time")
      ->check(CLI::Range(1, 86400));
  return [=] { return Run(*global, *options); };
}

}  // namespace codman::cli
