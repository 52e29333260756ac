// codman: the list of subcommands, and the way from an error to an exit code.
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "cli/command.h"

namespace codman::cli {

// One file each in this folder.
std::function<Result<>()> SetupInit(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupCheck(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupDemo(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupSimulate(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupIngest(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupBuild(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupStatus(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupTrain(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupEvaluate(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupScore(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupExplain(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupFeatures(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupServe(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupModels(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupRuns(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupQuarantine(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupAudit(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupCodes(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupSql(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupLineage(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupBackup(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupRestore(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupDocs(CLI::App* app, GlobalOptions* global);

namespace {

constexpr std::array kCommands = std::to_array<Command>({
    {"init", "write a new clinic folder from the template", "codman init my-clinic", SetupInit},
    {"check", "validate every declaration of the clinic, its SQL too",
     "codman check --clinic my-clinic", SetupCheck},
    {"demo", "synthesise patients, ingest, build, train, activate, serve", "codman demo",
     SetupDemo},
    {"simulate", "write the feed of a synthetic hospital",
     "codman simulate --patients 1000 --seed 1 --out feed", SetupSimulate},
    {"ingest", "read files and archives into the lake, exactly once",
     "codman ingest physionet2019 --input setA.tar.gz", SetupIngest},
    {"build", "build silver and gold from bronze", "codman build", SetupBuild},
    {"status", "what the home holds", "codman status --json", SetupStatus},
    {"train", "train, judge, audit and register every variant of a task",
     "codman train sepsis --source physionet2019 --input setA.tar.gz --activate --reason \"first\"",
     SetupTrain},
    {"evaluate", "judge a task by patient",
     "codman evaluate sepsis --source physionet2019 --folds 5", SetupEvaluate},
    {"score", "score files with the live model",
     "codman score sepsis --source physionet2019 --input new.tar.gz --output p.csv", SetupScore},
    {"explain", "exact contributions of a LightGBM or XGBoost model",
     "codman explain model.txt --input rows.csv --output contributions.csv", SetupExplain},
    {"features", "the model's inputs for files",
     "codman features sepsis --source physionet2019 --input new.tar.gz --output f.parquet",
     SetupFeatures},
    {"serve", "API and UI on one port", "codman serve --port 8420", SetupServe},
    {"models", "list, show, compare, approve, activate, roll back", "codman models list",
     SetupModels},
    {"runs", "runs of training: what was asked, how it ended", "codman runs list", SetupRuns},
    {"quarantine", "what was refused, and why", "codman quarantine list", SetupQuarantine},
    {"codes", "codes that no concept claims", "codman codes unmapped", SetupCodes},
    {"sql", "ask the lake, read only", "codman sql \"select count(*) from silver.events\"",
     SetupSql},
    {"lineage", "what was made from what", "codman lineage show gold.icu_stays", SetupLineage},
    {"audit", "check the audit log", "codman audit verify", SetupAudit},
    {"backup", "everything of the home as one file", "codman backup 2026-11-21.tar.zst",
     SetupBackup},
    {"restore", "a home from a backup", "codman restore 2026-11-21.tar.zst --home new-data",
     SetupRestore},
    {"docs", "print the reference of commands, API, tables and metrics", "codman docs", SetupDocs},
});

void AddGlobalOptions(CLI::App* app, GlobalOptions* global) {
  app->add_option("--home", global->workspace.home,
                  "state: lake, registry, audit, secrets (or CODMAN_HOME)");
  app->add_option("--clinic", global->workspace.clinic, "declarations (or CODMAN_CLINIC)");
  app->add_flag("--json", global->json, "print one JSON document for machines");
}

int Run(int argc, char** argv) {
  CLI::App app("From raw clinical feeds to explained, monitored, auditable risk predictions.",
               "codman");
  app.require_subcommand(1);
  GlobalOptions global;
  // Read here, not by the options: all subcommands share them, and the environment must not win
  // over the command line.
  if (const char* home = std::getenv("CODMAN_HOME")) global.workspace.home = home;
  if (const char* clinic = std::getenv("CODMAN_CLINIC")) global.workspace.clinic = clinic;
  std::function<Result<>()> chosen;
  for (const auto& command : Commands()) {
    CLI::App* subcommand = app.add_subcommand(command.name, command.summary);
    subcommand->footer(std::string("Example:\n  ") + command.example);
    AddGlobalOptions(subcommand, &global);
    auto run = command.setup(subcommand, &global);
    // `codman models list --json`: what a part does not know is an option of the command.
    for (CLI::App* part : subcommand->get_subcommands({})) part->fallthrough();
    subcommand->callback([&chosen, run] { chosen = run; });
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  Result<> done = chosen();
  if (done.ok()) return 0;
  std::fputs(("codman: " + done.error().ToString() + "\n").c_str(), stderr);
  return base::RowOf(done.error().kind()).exit_code;
}

}  // namespace

std::span<const Command> Commands() { return kCommands; }

}  // namespace codman::cli

int main(int argc, char** argv) {
  // libgomp reads its waiting policy when it is loaded, before main: where it would spin between
  // parallel regions, learning on a busy machine takes several times its CPU. So the program starts
  // itself once more with the policy set. Other commands start once: that is half of their start.
  std::string_view command = argc > 1 ? argv[1] : "";
  bool learns = command == "train" || command == "evaluate" || command == "demo";
  if (learns && std::getenv("OMP_WAIT_POLICY") == nullptr) {
    setenv("OMP_WAIT_POLICY", "passive", 0);
    setenv("GOMP_SPINCOUNT", "0", 0);
    execv("/proc/self/exe", argv);
  }
  return codman::cli::Run(argc, argv);
}
