#include "api/batch_rows.h"

#include "base/json.h"

namespace codman::api {
namespace {

using serving::SkipBlanks;

constexpr int kMaxDepth = 32;

// Behind the text that begins at `at` with a quote; npos where it has no end.
size_t SkipText(std::string_view text, size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (text[at] == '"')
      return at + 1;
  }
  return text.npos;
}

// Behind the object or array that begins at `at`, going by brackets alone.
size_t SkipNested(std::string_view text, size_t at) {
  int depth = 0;
  while (at < text.size()) {
    char c = text[at];
    if (c == '"') {
      at = SkipText(text, at);
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    ++at;
    if (depth == 0) return at;
    if (depth > kMaxDepth) return text.npos;
  }
  return text.npos;
}

bool NextIs(std::string_view text, char c, size_t* at) {
  *at = SkipBlanks(text, *at);
  if (*at >= text.size() || text[*at] != c) return false;
  ++*at;
  return true;
}

// A text without escapes.
bool ReadPlainText(std::string_view text, size_t* at, std::string_view* value) {
  *at = SkipBlanks(text, *at);
  if (*at >= text.size() || text[*at] != '"') return false;
  size_t end = SkipText(text, *at);
  if (end == text.npos) return false;
  *value = text.substr(*at + 1, end - *at - 2);
  *at = end;
  for (char c : *value) {
    if (c == '\\' || static_cast<signed char>(c) < ' ') return false;
  }
  return true;
}

// What follows a name; false where the name is none of these or comes twice.
bool ReadPart(std::string_view body, std::string_view name, size_t* at, UsualBatch* batch) {
  if (name == "rows" && batch->rows.empty()) {
    *at = SkipBlanks(body, *at);
    if (*at >= body.size() || body[*at] != '[') return false;
    size_t end = SkipNested(body, *at);
    if (end == body.npos) return false;
    batch->rows = body.substr(*at, end - *at);
    *at = end;
    return true;
  }
  std::string_view* part = name == "task"      ? &batch->task
                           : name == "variant" ? &batch->variant
                                               : nullptr;
  return part != nullptr && part->data() == nullptr && ReadPlainText(body, at, part);
}

std::string RefusalOf(const std::vector<serving::FieldError>& errors) {
  Json list = Json::Array();
  for (const auto& error : errors)
    list.Add(Json::Object({{"field", error.field}, {"message", error.message}}));
  return Json::Object({{"errors", list}}).ToString();
}

std::span<double> AddRow(const serving::ServedModel& model, BatchRows* out) {
  out->refusals.emplace_back();
  out->values.resize(out->refusals.size() * model.features.size());
  return std::span(out->values).last(model.features.size());
}

void ReadByTree(const serving::ServedModel& model, const Json& row, std::span<double> values,
                BatchRows* out) {
  std::vector<serving::FieldError> errors;
  serving::ReadFeatures(model, row, values, &errors);
  if (!errors.empty()) out->refusals.back() = RefusalOf(errors);
}

// One row, by the short way or by the tree.
bool ReadRow(const serving::ServedModel& model, std::string_view rows, size_t* at, BatchRows* out) {
  size_t begin = SkipBlanks(rows, *at), end = begin;
  if (begin >= rows.size() || rows[begin] != '{') return false;
  auto values = AddRow(model, out);
  if (serving::ReadUsual(model, rows, &end, values)) {
    *at = end;
    return true;
  }
  end = SkipNested(rows, begin);
  if (end == rows.npos) return false;
  auto row = base::ParseJson(rows.substr(begin, end - begin));
  if (!row.ok()) return false;
  ReadByTree(model, *row, values, out);
  *at = end;
  return true;
}

}  // namespace

bool ReadUsualBatch(std::string_view body, UsualBatch* batch) {
  size_t at = 0;
  if (!NextIs(body, '{', &at)) return false;
  do {
    std::string_view name;
    if (!ReadPlainText(body, &at, &name) || !NextIs(body, ':', &at) ||
        !ReadPart(body, name, &at, batch))
      return false;
  } while (NextIs(body, ',', &at));
  return NextIs(body, '}', &at) && SkipBlanks(body, at) == body.size() &&
         batch->task.data() != nullptr && !batch->rows.empty();
}

bool ReadRows(const serving::ServedModel& model, std::string_view rows, BatchRows* out) {
  size_t at = 0;
  if (!NextIs(rows, '[', &at)) return false;
  do {
    if (out->size() == kMaxRows || !ReadRow(model, rows, &at, out)) return false;
  } while (NextIs(rows, ',', &at));
  return NextIs(rows, ']', &at) && at == rows.size();
}

void ReadRows(const serving::ServedModel& model, const Json& rows, BatchRows* out) {
  for (const Json& row : rows.items()) ReadByTree(model, row, AddRow(model, out), out);
}

}  // namespace codman::api
