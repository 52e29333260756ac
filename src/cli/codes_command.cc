#include "base/text.h"
#include "cli/command.h"
#include "lakehouse/unmapped_codes.h"

namespace codman::cli {
namespace {

Result<> Unmapped(const GlobalOptions& global, int limit) {
  auto workspace = TRY(Workspace::Open(global.workspace));
  Json codes = TRY(lakehouse::UnmappedCodes(workspace->lake(), TRY(workspace->Engine()),
                                            workspace->concepts(), limit));
  TRY(workspace->Record("codes.unmapped", "silver.events", "done"));
  std::string text;
  for (const auto& code : codes.items()) {
    text += format("{:>9}  {:<28} {:<10} ", code["count"].AsInt(), code["code"].AsString(),
                   code["unit"].AsString());
    if (code["median"].is_number()) {
      text += format("{:.4g} … {:.4g} … {:.4g}", code["p05"].AsDouble(), code["median"].AsDouble(),
                     code["p95"].AsDouble());
    }
    if (code["suggested"].is_string())
      text += format("  perhaps {} ({})", code["suggested"].AsString(), code["because"].AsString());
    text += "\n";
  }
  if (text.empty()) text = "every code that came is claimed by a concept\n";
  Print(global, text, Json::Object({{"codes", codes}}));
  return {};
}

}  // namespace

std::function<Result<>()> SetupCodes(CLI::App* app, GlobalOptions* global) {
  auto limit = std::make_shared<int>(200);
  CLI::App* unmapped = app->add_subcommand(
      "unmapped", "codes without a concept: count, unit, 5th percentile, median, 95th percentile");
  unmapped->add_option("--limit", *limit, "codes at most")->check(CLI::Range(1, 100000));
  app->require_subcommand(1);
  return [=] { return Unmapped(*global, *limit); };
}

}  // namespace codman::cli
