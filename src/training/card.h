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

std::string WriteCard(const CardInputs& inputs);

}  // namespace codman::training
