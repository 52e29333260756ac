#include <csignal>
#include <cstdio>
#include <thread>

#include "api/api.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/server.h"
#include "net/http_server.h"

namespace codman::cli {

Result<> Serve(Workspace* workspace, const ServeOptions& options) {
  auto tasks = TRY(registry::LoadTasks(workspace->clinic() + "/tasks"));
  auto registry = TRY(registry::Registry::Open(workspace->database(), workspace->home() + "/models",
                                               workspace->secrets()));
  serving::PredictionService service(&tasks, registry.get());
  TRY(service.Refresh());
  auto journal = TRY(serving::Journal::Open(workspace->audit(), workspace->database()));
  auto sessions = TRY(api::Sessions::Open(workspace->secrets(), CurrentActor()));
  api::ApiContext context{.tasks = &tasks,
                          .registry = registry.get(),
                          .service = &service,
                          .journal = journal.get(),
                          .audit = workspace->audit(),
                          .sessions = sessions.get(),
                          .concepts = &workspace->concepts(),
                          .database = workspace->database(),
                          .lake = workspace->lake(),
                          .engine = [&] { return workspace->Engine(); },
                          .redrive = [&] { return workspace->Redrive(); },
                          .version = kVersion};
  api::Api api(std::move(context));
  // Signals are waited for, not handled: blocked in every thread that starts from here.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  auto server = TRY(net::HttpServer::Start(
      {.address = options.address, .port = options.port, .rules = &api::Api::Rules},
      [&](const net::HttpRequest& request, net::Responder responder) {
        api.Handle(request, std::move(responder));
      }));
  // Who asks meanwhile waits for one model, not for all.
  std::jthread loader([&] { service.LoadLive(); });
  std::string address = format("http://{}:{}", options.address, server->port());
  TRY(workspace->Record("serve", address, "started"));
  std::string sample =
      R"({"features": {"heart_rate": 112, "resp_rate": 26, "temperature": 38.6, "map": 61}})";
  std::string text = format(
      "\nCodman serves {}\n\n  sign in (once, within ten minutes):\n    {}/#code={}\n\n  ask from "
      "a program:\n"
      "    curl -s -H @{} -H 'Content-Type: application/json' \\\n      -d '{}' \\\n      "
      "{}/api/v1/predict/sepsis\n\nCtrl-C stops it.\n",
      address, address, sessions->NewSignInCode(), workspace->secrets().PathOf("auth_header"),
      sample, address);
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  std::fputs("stopping: answers in flight go out first\n", stderr);
  server->Stop();
  server.reset();
  TRY(workspace->Record("serve", address, "stopped"));
  return workspace->audit()->WriteCheckpoint();
}

std::function<Result<>()> SetupServe(CLI::App* app, GlobalOptions* global) {
  auto options = std::make_shared<ServeOptions>();
  app->add_option("--port", options->port, "TCP port; 0 takes any free one");
  app->add_option("--address", options->address,
                  "address to bind; anything but 127.0.0.1 shows patients' risks to the network");
  return [=]() -> Result<> {
    auto workspace = TRY(Workspace::Open(global->workspace));
    return Serve(workspace.get(), *options);
  };
}

}  // namespace codman::cli
