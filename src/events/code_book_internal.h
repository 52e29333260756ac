// What the codes of a feed mean, remembered per code: a feed sends the same few codes again and
// again, in nearly the same order. Private to events; one per normaliser.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "events/concepts.h"
#include "events/source_mapping.h"

namespace codman::events {

struct CodeMeaning {
  std::string code;                 // as the record has it
  const Concept* mapped = nullptr;  // nullptr where no concept claims it
  std::string unit;                 // of its values, whatever the record says; "" = the record's
  std::string source_code;          // "LOINC//X-1"; only where no concept claims it
};

class CodeBook {
 public:
  // The source's own codes go first, then names of concepts, then the codes of concepts in its
  // declared system; its name stands for the system in source codes where there is none. Both must
  // outlive the book.
  CodeBook(const Concepts& concepts, const SourceMapping& source);

  // `place`: the code's place in its record, which hints at what it will be. Valid until the next
  // call.
  const CodeMeaning& Find(std::string_view code, size_t place);

 private:
  const CodeMeaning& Look(std::string_view code);

  const Concepts& concepts_;
  const RecordMapping& mapping_;
  const std::string prefix_;
  std::deque<CodeMeaning> meanings_;
  std::unordered_map<std::string_view, const CodeMeaning*> by_code_;  // views into meanings_
  std::vector<const CodeMeaning*> at_place_;
};

}  // namespace codman::events
