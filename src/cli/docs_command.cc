#include <cstdio>

#include "api/routes.h"
#include "base/metrics.h"
#include "base/text.h"
#include "cli/command.h"
#include "features/scores.h"
#include "lakehouse/sql_table.h"

namespace codman::cli {
namespace {

std::string Cell(std::string text) {
  return base::ReplaceAll(base::ReplaceAll(std::move(text), "|", "\\|"), "\n", " ");
}

// The options of a command and, under their own headings, of its parts.
std::string OptionsOf(const CLI::App& app) {
  std::string text;
  for (const auto* option : app.get_options()) {
    std::string name = option->get_name(false, true);
    if (name == "-h,--help" || name == "--home" || name == "--clinic" || name == "--json") continue;
    text += format("| `{}` | {}{} |\n", Cell(name), Cell(option->get_description()),
                   option->get_required() ? " (required)" : "");
  }
  return text;
}

std::string CommandsReference() {
  std::string text =
      "## Commands\n\nEvery command has `--home DIR` (state; environment `CODMAN_HOME`), `--clinic "
      "DIR` (declarations; `CODMAN_CLINIC`), `--json` and `--help`. Exit codes: 0 done, 1 failed, "
      "2 bad usage or declaration, 3 data refused.\n";
  GlobalOptions unused;
  for (const auto& command : Commands()) {
    CLI::App app;
    (void)command.setup(&app, &unused);
    text += format("\n### codman {}\n\n{}. Example: `{}`\n", command.name, command.summary,
                   command.example);
    std::string options = OptionsOf(app);
    for (const CLI::App* part : app.get_subcommands({})) {
      options += format("| `{}` | {} |\n", part->get_name(), Cell(part->get_description()));
      options += OptionsOf(*part);
    }
    if (!options.empty()) text += "\n| option | |\n|---|---|\n" + options;
  }
  return text;
}

std::string ApiReference() {
  std::string text =
      "\n## HTTP API\n\nThe running program describes itself in full at `/openapi.json` and, to "
      "try "
      "out, at `/docs`.\n\n| method | path | what | audit |\n|---|---|---|---|\n";
  for (const auto& route : api::Routes()) {
    text += format("| {} | `{}` | {}{} | {} |\n", route.method, route.path, Cell(route.summary),
                   route.access == api::Access::kOpen ? " (open)" : "", route.audit);
  }
  return text;
}

std::string FieldsOf(const columns::Schema& schema) {
  std::string text;
  for (const auto& field : schema)
    text += format("{}`{}` {}", text.empty() ? "" : ", ", field.name, columns::NameOf(field.type));
  return text;
}

Result<std::string> TablesReference(const std::string& clinic) {
  lakehouse::Lake lake("");
  std::string text = "\n## Tables\n\n| table | columns or description |\n|---|---|\n";
  auto row = [&](const std::string& name, const engine::DeltaTable& table) {
    text += format("| {} | {} |\n", name, FieldsOf(table.schema()));
  };
  row("bronze.<feed>", lake.Bronze("feed"));
  for (const auto& [name, table] : lake.OwnTables()) row(name, table);
  for (const auto& table : TRY(lakehouse::LoadSqlTables(clinic))) {
    text += format("| {} | {}; key {}; one row is {} |\n", table.QualifiedName(),
                   Cell(table.description), base::Join(table.key, ", "), Cell(table.grain));
  }
  return text;
}

std::string ScoresReference() {
  std::string text =
      "\n## Functions of expressions\n\nBeside `+ - * /`, comparisons, `min`, `max`, `log`, `if` "
      "and "
      "`is_null`, a derived feature may call these. Those that count points sum what is known and "
      "are missing only where nothing is. In [ ]: arguments that may be left out.\n\n"
      "| function | units of its arguments | result | rule |\n|---|---|---|---|\n";
  for (const auto& score : features::Scores()) {
    std::string units;
    for (size_t i = 0; i < score.units.size(); ++i) {
      bool optional = static_cast<int>(i) >= score.min_arguments;
      std::string_view unit = *score.units[i] == '\0' ? "any" : score.units[i];
      units +=
          format("{}{}{}{}", i == 0 ? "" : ", ", optional ? "[" : "", unit, optional ? "]" : "");
    }
    std::string range = score.low < score.high ? format(" {}–{}", score.low, score.high) : "";
    text += format("| `{}`({}) | {} | {}{} | {} |\n", score.name, Cell(score.arguments),
                   Cell(units), score.unit, range, Cell(score.source));
  }
  return text;
}

std::string MetricsReference() {
  std::string text = "\n## Metrics\n\n| name | kind | labels | what |\n|---|---|---|---|\n";
  for (const auto& row : base::MetricList())
    text += format("| `{}` | {} | {} | {} |\n", row.name, row.kind, row.labels, row.help);
  return text;
}

Result<> Run(const GlobalOptions& global) {
  std::string text =
      "# Reference\n\nPrinted by `codman docs` from the code and the clinic folder.\n\n" +
      CommandsReference() + ApiReference() + TRY(TablesReference(global.workspace.clinic)) +
      ScoresReference() + MetricsReference();
  std::fputs(text.c_str(), stdout);
  return {};
}

}  // namespace

std::function<Result<>()> SetupDocs(CLI::App*, GlobalOptions* global) {
  return [=] { return Run(*global); };
}

}  // namespace codman::cli
