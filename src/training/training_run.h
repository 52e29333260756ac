// One training run: rows → split → fit → calibrate → judge → leakage audit → refit → register.
//
// Deterministic: the same silver, declarations and seed give the same model bytes. What is judged
// is the model that has never seen the held-out patients; what is registered is refitted on train +
// held-out, and the card says so.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/sql_engine.h"
#include "events/concepts.h"
#include "events/source_mapping.h"
#include "feature_store/offline_store.h"
#include "lakehouse/lake.h"
#include "registry/registry.h"
#include "registry/task.h"

namespace codman::training {

// What a run works with. Borrows everything.
struct TrainingPlace {
  engine::SqlEngine* engine = nullptr;
  lakehouse::Lake lake{""};
  const events::Concepts* concepts = nullptr;
  std::string features_folder;  // clinic/features
  std::string matrix_root;      // <home>/features
  std::string temp_folder;
  registry::Registry* registry = nullptr;
  storage::Database* database = nullptr;  // where given, the run is recorded in the lineage
  // stage ("features", "fit", …) and share done.
  std::function<void(const std::string& stage, double done)> progress;
};

struct TrainingRequest {
  const registry::Task* task = nullptr;
  const registry::TaskVariant* variant = nullptr;
  const events::SourceMapping* source = nullptr;
  std::string learner;  // "" = the variant's
  std::string actor;
  std::string override_reason;  // registers in spite of a blocking finding; lands on the card
  // What other variants of the task told of all their rows, by name ("signals"): those that ask the
  // same of the same rows stand in the report.
  std::map<std::string, std::vector<double>> beside;
};

struct TrainingResult {
  registry::ModelVersion version;
  Json report;               // with members leakage, splits
  std::vector<double> told;  // by the judged model of all rows (fit.h)
};

// Refused with DataQuality, naming the findings, where the leakage audit blocks.
Result<TrainingResult> Train(const TrainingPlace& place, const TrainingRequest& request);

struct FoldOptions {
  int folds = 5;
  int repeats = 1;              // divisions into folds
  bool ablation = false;        // judge without each group of inputs and with it alone, too
  bool learning_curve = false;  // judge also what is learnt from parts of the patients
};

// Out-of-fold judgement: each patient is predicted by a model that never saw it; calibration and
// threshold come from the out-of-fold predictions of the other folds. Registers nothing, but is
// counted as a look at the held-out patients and kept as a run (run_record.h). Gives the report;
// with repeats, each with folds of its own, that of the first and a member `repeated`: mean and
// spread of the figures; with ablation a member `ablation` (ablation_internal.h), with a
// learning curve `learning_curve` (learning_curve_internal.h), of the first repeat. `told`: what
// was told of all rows, out of fold, of the first repeat.
struct CrossValidated {
  Json report;
  std::vector<double> told;
};
Result<CrossValidated> CrossValidate(const TrainingPlace& place, const TrainingRequest& request,
                                     const FoldOptions& options);

// The matrix of a variant and source. Variants of one task that share feature set and source share
// the stored matrix: it holds the columns of all their blocks, and each reads its own.
Result<feature_store::OfflineMatrix> BuildMatrix(const TrainingPlace& place,
                                                 const registry::Task& task,
                                                 const registry::TaskVariant& variant,
                                                 const registry::TaskSource& from);

}  // namespace codman::training
