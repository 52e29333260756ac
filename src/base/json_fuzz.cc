// Any bytes: ParseJson refuses them or gives a document whose text reads back as the same document.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto parsed =
      codman::base::ParseJson(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!parsed.ok()) return 0;
  std::string text = parsed->ToString();
  auto again = codman::base::ParseJson(text);
  if (!again.ok() || again->ToString() != text) std::abort();
  auto pretty = codman::base::ParseJson(parsed->ToPrettyString());
  if (!pretty.ok() || pretty->ToString() != text) std::abort();
  return 0;
}
