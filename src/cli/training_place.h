// What train, evaluate, features and score share: the built lake, the source chosen, the place a
// run works in.
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

// The named source, or the only one that the task names and the home holds; an error listing them
// otherwise.
Result<const events::SourceMapping*> SourceOf(Workspace* workspace, const registry::Task& task,
                                              const std::string& name);

// Borrows the workspace and the registry. Progress is one bar per stage.
Result<training::TrainingPlace> PlaceOf(Workspace* workspace, registry::Registry* registry,
                                        const GlobalOptions& global);

}  // namespace codman::cli
