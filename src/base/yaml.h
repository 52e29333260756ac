// YAML declarations as a Json tree whose nodes know their lines. YAML 1.2 core schema: true/false,
// null/~, numbers; what is quoted is text. Anchors and aliases are resolved; duplicate keys, tags
// and several documents in one file are errors.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace codman::base {

// `file` is only named in errors ("clinic/tasks/sepsis.yaml:7: …").
Result<Json> ParseYaml(std::string_view text, const std::string& file);
Result<Json> ReadYaml(const std::string& path);

}  // namespace codman::base
