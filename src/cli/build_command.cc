#include "base/clock.h"
#include "base/text.h"
#include "cli/command.h"
#include "lakehouse/quality_report.h"
#include "lakehouse/table_builder.h"

namespace codman::cli {
namespace {

struct Options {
  std::vector<std::string> tables;
};

Result<> Run(const GlobalOptions& global, const Options& options) {
  auto workspace = TRY(Workspace::Open(global.workspace));
  auto counts = TRY(workspace->BuildSilver(ProgressBar("silver", global)));
  Json json = Json::Object({{"records", counts.records},
                            {"measurements", counts.measurements},
                            {"stored", counts.stored},
                            {"duplicates", counts.duplicates},
                            {"quarantined", counts.quarantined},
                            {"voided", counts.voided},
                            {"unparsable_records", counts.unparsable_records},
                            {"markers", counts.markers}});
  auto* engine = TRY(workspace->Engine());
  lakehouse::TableBuilder builder(workspace->lake(), engine, workspace->database());
  auto tables =
      TRY(builder.Build(workspace->clinic(), options.tables, ProgressBar("tables", global)));
  Json quality = TRY(lakehouse::MakeQualityReport(workspace->lake(), engine));
  TRY(lakehouse::KeepQualityReport(workspace->database(), base::NowUs(), quality));
  TRY(workspace->Record("build", "lake", "done", "", json));
  json.Set("tables", tables.ToJson()).Set("quality", quality);
  Print(global,
        format("silver: {} measurements in {} records; {} stored, {} duplicates, {} quarantined\n",
               counts.measurements, counts.records, counts.stored, counts.duplicates,
               counts.quarantined),
        json);
  // Last: the other tables are built and reported even where one table's check failed.
  return tables.ToResult();
}

}  // namespace

std::function<Result<>()> SetupBuild(CLI::App* app, GlobalOptions* global) {
  auto options = std::make_shared<Options>();
  app->add_option("table", options->tables, "these tables and what they read (default: all)");
  return [=] { return Run(*global, *options); };
}

}  // namespace codman::cli
