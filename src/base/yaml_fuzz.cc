// Any bytes: ParseYaml refuses them, naming the file, or gives a document that can be written as
// JSON.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/yaml.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto parsed = codman::base::ParseYaml(std::string_view(reinterpret_cast<const char*>(data), size),
                                        "declaration.yaml");
  if (!parsed.ok()) {
    if (parsed.error().message().find("declaration.yaml") == std::string::npos) std::abort();
    return 0;
  }
  if (!codman::base::ParseJson(parsed->ToString()).ok()) std::abort();
  return 0;
}
