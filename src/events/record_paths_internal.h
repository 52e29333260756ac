// Finds what stands at a fixed set of dotted paths of JSON objects, in one pass over the members.
// Private to events.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace codman::events {

// A default-constructed element has no document behind it: it must not be asked anything.
struct Found {
  bool there = false;  // false also for a JSON null
  simdjson::dom::element element;

  // The text of a string; "" for everything else.
  std::string_view Text() const {
    std::string_view text;
    if (!there || element.get(text)) return {};
    return text;
  }
};

class RecordPaths {
 public:
  // At most 32 paths with as many different first names; "" is found nowhere.
  explicit RecordPaths(const std::vector<std::string>& paths);

  // `found[i]` becomes what stands at path i of `from`; of two members with one name, the first.
  void Read(simdjson::dom::element from, Found* found) const;

 private:
  struct Step {
    std::string name;
    std::vector<size_t> ends;  // the paths that end here
    std::vector<Step> below;
  };
  static void Walk(simdjson::dom::element from, const std::vector<Step>& steps, Found* found);

  size_t num_paths_ = 0;
  std::vector<Step> steps_;
};

}  // namespace codman::events
