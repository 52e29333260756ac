// Any bytes as a file of concepts: refused, or concepts that are found by their names and codes and
// never let a value outside their range through.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/yaml.h"
#include "events/concepts.h"

namespace codman::events {
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

void Try(std::string_view text) {
  auto document = base::ParseYaml(text, "concepts.yaml");
  if (!document.ok()) return;
  auto concepts = Concepts::FromDocuments({{"concepts.yaml", *document}});
  if (!concepts.ok()) return;
  for (int i = 0; i < concepts->size(); ++i) {
    const Concept& each = (*concepts)[i];
    Require(concepts->Find(each.name) == i);
    for (const auto& code : each.codes) Require(concepts->FindByCode(code) == i);
    for (double value : {0.0, 1.0, -1e300, each.low, each.high, std::nan("")}) {
      Checked checked = ToCanonical(each, value, each.unit);
      Require(checked.reason || (checked.value >= each.low && checked.value <= each.high) ||
              each.top_code);
    }
    Require(ToCanonical(each, 1, "no unit of anything").reason.has_value() ||
            !each.conversions.empty() || each.unit == "no unit of anything");
  }
}

}  // namespace
}  // namespace codman::events

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  codman::events::Try({reinterpret_cast<const char*>(data), size});
  return 0;
}
