#include "base/text.h"
#include "cli/command.h"
#include "lakehouse/quarantine.h"

namespace codman::cli {
namespace {

// Counts by reason and field, then the newest places. Values are never printed: the position leads
// to the record.
Result<> List(const GlobalOptions& global, const lakehouse::QuarantineFilter& filter) {
  auto workspace = TRY(Workspace::Open(global.workspace));
  Json found = TRY(lakehouse::ReadQuarantine(workspace->lake(), TRY(workspace->Engine()), filter));
  TRY(workspace->Record("quarantine.list", "silver.quarantine", "done"));
  std::string text;
  for (const auto& row : found["counts"].items()) {
    text += format("{:>8}  {:<16} {:<20} {}\n", row["count"].AsInt(), row["feed"].AsString(),
                   row["reason"].AsString(), row["field"].AsString());
  }
  for (const auto& place : found["places"].items()) {
    text += format("  {} {} at {}\n", place["reason"].AsString(), place["field"].AsString(),
                   place["source_position"].AsString());
  }
  Print(global, text.empty() ? "nothing is in quarantine\n" : text, found);
  return {};
}

Result<> Redrive(const GlobalOptions& global, const std::string& reason) {
  auto workspace = TRY(Workspace::Open(global.workspace));
  auto report = TRY(workspace->Redrive());
  TRY(workspace->Record("quarantine.redrive", "silver.quarantine", "done", reason,
                        report.ToJson()));
  Print(global,
        format("{} looked at: {} accepted, {} still refused{}\n", report.looked_at, report.accepted,
               report.still_refused,
               report.accepted > 0 ? "; bring the tables up to date with: codman build" : ""),
        report.ToJson());
  return {};
}

}  // namespace

std::function<Result<>()> SetupQuarantine(CLI::App* app, GlobalOptions* global) {
  auto filter = std::make_shared<lakehouse::QuarantineFilter>();
  filter->limit = 10;
  CLI::App* list = app->add_subcommand("list", "counts by reason, and the newest places");
  list->add_option("--limit", filter->limit, "how many places")->check(CLI::Range(0, 100000));
  list->add_option("--feed", filter->feed, "places of this feed only");
  list->add_option("--reason", filter->reason, "places refused for this reason only");
  list->add_option("--field", filter->field, "places of this field only");
  auto reason = std::make_shared<std::string>();
  CLI::App* redrive = app->add_subcommand(
      "redrive",
      "judge it again with today's concepts and mappings; what is good now enters silver");
  redrive->add_option("--reason", *reason, "why; kept in the audit log")->required();
  app->require_subcommand(1);
  return [=] { return redrive->parsed() ? Redrive(*global, *reason) : List(*global, *filter); };
}

}  // namespace codman::cli
