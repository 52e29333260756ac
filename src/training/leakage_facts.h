// Gathers what the leakage audit judges (ml.md 4): probe models, single features, duplicate rows,
// overlap.
#pragma once

#include <string>
#include <vector>

#include "evaluation/leakage.h"
#include "evaluation/predictions.h"
#include "events/concepts.h"
#include "feature_store/offline_store.h"
#include "features/kernel.h"
#include "registry/task.h"

namespace codman::training {

struct LeakageInputs {
  const registry::Task* task = nullptr;
  const registry::TaskVariant* variant = nullptr;
  const feature_store::OfflineMatrix* offline = nullptr;
  const features::Plan* plan = nullptr;
  const events::Concepts* concepts = nullptr;
  const std::vector<uint8_t>* parts = nullptr;         // of split.h
  const std::vector<double>* margins = nullptr;        // of the model, all rows
  const std::vector<double>* clock_margins = nullptr;  // of the clock-only model, all rows
  const Json* report = nullptr;                        // on held-out rows
  bool synthetic = false;
};

Result<evaluation::LeakageFacts> GatherLeakageFacts(const LeakageInputs& inputs);

}  // namespace codman::training
