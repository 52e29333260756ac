// The model card: one page of Markdown from run data. Pure.
#pragma once

#include <string>

#include "base/json.h"
#include "registry/task.h"

namespace codman::training {

struct CardInputs {
  const registry::Task* task = nullptr;
  const registry::TaskVariant* variant = nullptr;
  std::string source, source_description, licence, learner, actor, created_at, override_reason;
  bool synthetic = false, refitted = false;
  double threshold = 0;
  Json report, flow, findings, parameters;
};

// The member by which a comparator of a report is told: "r2", "macro_auroc" or "auroc".
const char* FigureOf(const Json& comparator);

std::string WriteCard(const CardInputs& inputs);

}  // namespace codman::training
