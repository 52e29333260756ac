// What commands that learn or score begin with: the built lake, the task and its source, the place
// a run works in.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"
#include "training/training_run.h"

namespace codman::cli {

// Silver from bronze, then the clinic's own tables. DataQuality where a table's check failed.
Result<> BuildLake(Workspace* workspace, const GlobalOptions& global);

// These tables of the clinic, or all where none is named.
Result<> BuildTables(Workspace* workspace, const std::vector<std::string>& only,
                     const GlobalOptions& global);

// Borrows the workspace and the registry. Progress is one bar per stage.
Result<training::TrainingPlace> PlaceOf(Workspace* workspace, registry::Registry* registry,
                                        const GlobalOptions& global);

// What `train` and `evaluate` are told to work on.
struct TaskChoice {
  std::string task, source, input, variant;
};
void AddOptions(CLI::App* app, TaskChoice* choice);

// A task with its data in the built lake and the registry open; the pointers live as long as it.
struct OpenedTask {
  std::unique_ptr<Workspace> workspace;
  std::unique_ptr<registry::Registry> registry;
  std::vector<registry::Task> tasks;
  const registry::Task* task = nullptr;
  const events::SourceMapping* source = nullptr;
  std::vector<const registry::TaskVariant*> variants;  // of this source, one at least
  training::TrainingPlace place;
};
// Ingests the input, if there is one, and builds the lake. NotFound where no variant fits.
Result<OpenedTask> OpenTask(const GlobalOptions& global, const TaskChoice& choice);

}  // namespace codman::cli
