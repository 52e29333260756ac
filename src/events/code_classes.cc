#include "events/code_classes.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/text.h"

namespace codman::events {

bool CodeRange::Holds(std::string_view code_system, std::string_view code) const {
  return code_system == system && code.size() >= first.size() &&
         code.substr(0, first.size()) >= first && code.substr(0, last.size()) <= last;
}

Result<CodeRange> ParseCodeRange(std::string_view text) {
  size_t cut = text.find("..");
  CodeParts begin = SplitCode(text.substr(0, cut));
  std::string last = begin.code;
  if (cut != text.npos) last = base::ReplaceAll(std::string(text.substr(cut + 2)), ".", "");
  if (!begin.system.empty() && last.size() == begin.code.size() && begin.code <= last) {
    return CodeRange{begin.system, begin.code, last};
  }
  return base::InvalidInput(
      format("'{}' is no member; write SYSTEM//CODE for a code and all below it, or "
             "SYSTEM//FIRST..LAST with two codes of the same length, the lower one first",
             text));
}

CodeParts SplitCode(std::string_view code) {
  size_t cut = code.find("//");
  if (cut == code.npos) return {};
  return {std::string(code.substr(0, cut)),
          base::ReplaceAll(std::string(code.substr(cut + 2)), ".", "")};
}

double CodeNumber(std::string_view code) {
  constexpr uint64_t kNumbers = uint64_t{1} << 39;
  CodeParts parts = SplitCode(code);
  return static_cast<double>(
      base::LowBits(base::Sha256Of(parts.system + "//" + parts.code)) % kNumbers + 1);
}

}  // namespace codman::events
