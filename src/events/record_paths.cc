#include <algorithm>

#include "base/result.h"
#include "base/text.h"
#include "events/record_paths_internal.h"

namespace codman::events {

namespace dom = simdjson::dom;

RecordPaths::RecordPaths(const std::vector<std::string>& paths) : num_paths_(paths.size()) {
  CHECK(paths.size() <= 32);
  for (size_t i = 0; i < paths.size(); ++i) {
    if (paths[i].empty()) continue;
    std::vector<Step>* steps = &steps_;
    Step* step = nullptr;
    for (auto name : base::Split(paths[i], '.')) {
      auto known = std::find_if(steps->begin(), steps->end(),
                                [&](const Step& each) { return each.name == name; });
      if (known == steps->end()) {
        steps->push_back({std::string(name), {}, {}});
        known = steps->end() - 1;
      }
      step = &*known;
      steps = &step->below;
    }
    step->ends.push_back(i);
  }
}

void RecordPaths::Read(dom::element from, Found* found) const {
  for (size_t i = 0; i < num_paths_; ++i) found[i].there = false;
  Walk(from, steps_, found);
}

// Members usually stand in the order of the declaration, so the search for a name begins behind the
// one that was found last.
void RecordPaths::Walk(dom::element from, const std::vector<Step>& steps, Found* found) {
  dom::object object;
  if (steps.empty() || from.get(object)) return;
  uint32_t missing = steps.size() == 32 ? ~0U : (1U << steps.size()) - 1;
  size_t next = 0;
  for (auto member : object) {
    for (size_t tried = 0; tried < steps.size(); ++tried) {
      size_t at = next + tried < steps.size() ? next + tried : next + tried - steps.size();
      const Step& step = steps[at];
      if (step.name != member.key || (missing >> at & 1) == 0) continue;
      missing &= ~(1U << at);
      next = at + 1 == steps.size() ? 0 : at + 1;
      bool there = member.value.type() != dom::element_type::NULL_VALUE;
      for (size_t end : step.ends) found[end] = {there, member.value};
      if (there) Walk(member.value, step.below, found);
      break;
    }
    if (missing == 0) return;
  }
}

}  // namespace codman::events
