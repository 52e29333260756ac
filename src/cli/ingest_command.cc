#include "base/text.h"
#include "cli/command.h"

namespace codman::cli {
namespace {

struct Options {
  std::vector<std::string> sources;
  std::string input;
};

std::string Describe(const std::string& source, const ingest::IngestReport& report) {
  std::string text = format("{}: {} rows from {} file(s), {} member(s)", source, report.rows,
                            report.files, report.members);
  if (report.files_unchanged > 0)
    text += format("; {} file(s) already ingested, unchanged", report.files_unchanged);
  if (!report.ignored_members.empty()) {
    text += format("\n  {} member(s) ignored: no feed of the source matches their name (first: {})",
                   report.ignored_members.size(), report.ignored_members.front());
  }
  if (!report.extra_columns.empty()) {
    text += format("\n  columns that the mapping does not know, kept in bronze: {}",
                   base::Join(report.extra_columns, ", "));
  }
  return text + "\n";
}

Result<> Run(const GlobalOptions& global, const Options& options) {
  auto workspace = TRY(Workspace::Open(global.workspace));
  for (const auto& name : options.sources) {
    const auto* source = TRY(workspace->FindSource(name));
    if (options.input.empty())
      return base::InvalidInput("say what to read: --input FILE, ARCHIVE or FOLDER");
    auto report =
        TRY(workspace->Ingest(*source, options.input, ProgressBar("ingest " + name, global)));
    Json counts = Json::Object({{"source", name},
                                {"rows", report.rows},
                                {"files", report.files},
                                {"files_unchanged", report.files_unchanged},
                                {"members", report.members},
                                {"ignored_members", int64_t(report.ignored_members.size())},
                                {"extra_columns", Json::Array(report.extra_columns)}});
    TRY(workspace->Record("ingest", "source " + name, "done", "", counts));
    Print(global, Describe(name, report), counts);
  }
  return {};
}

}  // namespace

std::function<Result<>()> SetupIngest(CLI::App* app, GlobalOptions* global) {
  auto options = std::make_shared<Options>();
  app->add_option("source", options->sources, "sources as declared in clinic/sources")->required();
  app->add_option("--input", options->input, "file, archive (tar.gz, zip, gz, zst) or folder");
  return [=] { return Run(*global, *options); };
}

}  // namespace codman::cli
