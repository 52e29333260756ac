#include "base/crypto.h"
#include "base/text.h"
#include "cli/command.h"

namespace codman::cli {
namespace {

// Needs no lock: it walks the files beside a running owner.
Result<> Verify(const GlobalOptions& global) {
  auto secrets = TRY(governance::Secrets::Open(global.workspace.home + "/secrets"));
  std::string public_key = base::Ed25519PublicKey(TRY(secrets.Key("signing_key")));
  auto verdict = TRY(governance::VerifyAudit(global.workspace.home + "/audit", public_key));
  Print(global,
        format("the chain of {} audit records holds; {} signed checkpoint(s) fit; head "
               "{}\nTamper-evident, not tamper-proof: keep a checkpoint elsewhere.\n",
               verdict.records, verdict.checkpoints, verdict.head_digest),
        Json::Object({{"records", verdict.records},
                      {"checkpoints", verdict.checkpoints},
                      {"head", verdict.head_digest}}));
  return {};
}

}  // namespace

std::function<Result<>()> SetupAudit(CLI::App* app, GlobalOptions* global) {
  app->add_subcommand("verify", "finds the first altered, missing or reordered record");
  app->require_subcommand(1);
  return [=] { return Verify(*global); };
}

}  // namespace codman::cli
