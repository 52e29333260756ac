#include "base/text.h"
#include "cli/commands.h"

namespace codman::cli {
namespace {

// Counts by reason and field, then the newest positions. Values are never printed: the position
// leads to the record.
Result<> List(const GlobalOptions& global, int limit) {
  auto workspace = TRY(Workspace::Open(global.workspace));
  auto* engine = TRY(workspace->Engine());
  auto table = workspace->lake().Quarantine();
  std::string rows = table.SelectAll(TRY(table.Load()));
  auto counts =
      TRY(engine->QueryAll(format("select feed, reason, coalesce(field, '') as field, count(*) as "
                                  "n from ({}) group by all order by n desc, feed, reason, field",
                                  rows)));
  std::string text;
  Json by_reason = Json::Array();
  auto cell = [](const columns::Table& t, size_t column, size_t row) {
    return std::string(t.columns[column].strings[row]);
  };
  for (size_t i = 0; i < static_cast<size_t>(counts.num_rows()); ++i) {
    int64_t n = counts.columns[3].ints[i];
    by_reason.Add(Json::Object({{"feed", cell(counts, 0, i)},
                                {"reason", cell(counts, 1, i)},
                                {"field", cell(counts, 2, i)},
                                {"count", n}}));
    text += format("{:>8}  {:<16} {:<20} {}\n", n, cell(counts, 0, i), cell(counts, 1, i),
                   cell(counts, 2, i));
  }
  auto newest =
      TRY(engine->QueryAll(format("select reason, coalesce(field, '') as field, source_position, "
                                  "rule from ({}) order by payload_ref desc limit {}",
                                  rows, limit)));
  Json places = Json::Array();
  for (size_t i = 0; i < static_cast<size_t>(newest.num_rows()); ++i) {
    places.Add(Json::Object({{"reason", cell(newest, 0, i)},
                             {"field", cell(newest, 1, i)},
                             {"source_position", cell(newest, 2, i)},
                             {"rule", cell(newest, 3, i)}}));
    text += format("  {} {} at {}\n", cell(newest, 0, i), cell(newest, 1, i), cell(newest, 2, i));
  }
  TRY(workspace->Record("quarantine.list", "silver.quarantine", "done"));
  Print(global, text.empty() ? "nothing is in quarantine\n" : text,
        Json::Object({{"counts", by_reason}, {"newest", places}}));
  return {};
}

}  // namespace

std::function<Result<>()> SetupQuarantine(CLI::App* app, GlobalOptions* global) {
  auto limit = std::make_shared<int>(10);
  CLI::App* list = app->add_subcommand("list", "counts by reason, and the newest places");
  list->add_option("--limit", *limit, "how many places")->check(CLI::Range(0, 100000));
  app->require_subcommand(1);
  return [=] { return List(*global, *limit); };
}

}  // namespace codman::cli
