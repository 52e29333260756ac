#include "base/text.h"
#include "events/code_book_internal.h"

namespace codman::events {
namespace {

// Beyond these the book forgets: a feed whose codes never repeat must not grow it without end.
constexpr size_t kMaxCodes = 65536;
constexpr size_t kPlaces = 64;

}  // namespace

CodeBook::CodeBook(const Concepts& concepts, const SourceMapping& source)
    : concepts_(concepts),
      mapping_(source.record),
      prefix_((mapping_.code_system.empty() ? source.name : mapping_.code_system) + "//"),
      at_place_(kPlaces, nullptr) {}

const CodeMeaning& CodeBook::Find(std::string_view code, size_t place) {
  const CodeMeaning*& last = at_place_[place % kPlaces];
  if (last != nullptr && last->code == code) return *last;
  const CodeMeaning& meaning = Look(code);
  at_place_[place % kPlaces] = &meaning;  // Look may have emptied the places
  return meaning;
}

const CodeMeaning& CodeBook::Look(std::string_view code) {
  auto known = by_code_.find(code);
  if (known != by_code_.end()) return *known->second;
  if (meanings_.size() == kMaxCodes) {
    by_code_.clear();
    at_place_.assign(kPlaces, nullptr);
    meanings_.clear();
  }
  CodeMeaning meaning{.code = std::string(code)};
  // "ATC//B01AA03" names its system itself.
  const bool full = code.find("//") != code.npos;
  const std::string full_code = full ? meaning.code : prefix_ + meaning.code;
  int index = -1;
  if (auto own = mapping_.codes.find(code); own != mapping_.codes.end()) {
    index = own->second.concept_index;
    meaning.unit = own->second.unit;
  }
  if (index < 0) index = concepts_.Find(code);
  if (index < 0 && (full || !mapping_.code_system.empty())) index = concepts_.FindByCode(full_code);
  if (index >= 0)
    meaning.mapped = &concepts_[index];
  else
    meaning.source_code = full_code;
  meanings_.push_back(std::move(meaning));
  by_code_.emplace(meanings_.back().code, &meanings_.back());
  return meanings_.back();
}

}  // namespace codman::events
