#include "base/yaml.h"

#include <yaml.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/file.h"
#include "base/text.h"

namespace codman::base {
namespace {

constexpr int kMaxDepth = 32;
constexpr int kMaxNodes = 200000;  // aliases may multiply: a small file must not become a huge tree

class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&raw_); }

  yaml_event_t* raw() { return &raw_; }
  yaml_event_type_t type() const { return raw_.type; }
  int line() const { return static_cast<int>(raw_.start_mark.line) + 1; }
  // Of a scalar.
  std::string text() const {
    const auto& scalar = raw_.data.scalar;
    return {reinterpret_cast<const char*>(scalar.value), scalar.length};
  }
  bool quoted() const { return raw_.data.scalar.style != YAML_PLAIN_SCALAR_STYLE; }
  // "" where it has none.
  std::string anchor() const {
    return Text(type() == YAML_ALIAS_EVENT            ? raw_.data.alias.anchor
                : type() == YAML_SCALAR_EVENT         ? raw_.data.scalar.anchor
                : type() == YAML_SEQUENCE_START_EVENT ? raw_.data.sequence_start.anchor
                : type() == YAML_MAPPING_START_EVENT  ? raw_.data.mapping_start.anchor
                                                      : nullptr);
  }
  std::string tag() const {
    return Text(type() == YAML_SCALAR_EVENT           ? raw_.data.scalar.tag
                : type() == YAML_SEQUENCE_START_EVENT ? raw_.data.sequence_start.tag
                : type() == YAML_MAPPING_START_EVENT  ? raw_.data.mapping_start.tag
                                                      : nullptr);
  }

 private:
  static std::string Text(const yaml_char_t* text) {
    return text == nullptr ? "" : reinterpret_cast<const char*>(text);
  }
  yaml_event_t raw_{};
};

// Builds the tree while the parser reads.
class Reader {
 public:
  Reader(std::string_view text, const std::string& file) : text_(text), file_(file) {
    CHECK(yaml_parser_initialize(&parser_) == 1);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { yaml_parser_delete(&parser_); }

  Result<Json> Document() {
    Event start, document, first, document_end, end;
    TRY(Next(&start));
    TRY(Next(&document));
    if (document.type() == YAML_STREAM_END_EVENT) return Json::Object();
    TRY(Next(&first));
    Json json = TRY(Node(first, 0));
    TRY(Next(&document_end));
    TRY(Next(&end));
    if (end.type() != YAML_STREAM_END_EVENT)
      return InvalidInput(format("{}: holds several documents; keep one per file", file_));
    return json;
  }

 private:
  Error At(int line, const std::string& message) const {
    return InvalidInput(format("{}:{}: {}", file_, line, message));
  }

  Result<> Next(Event* event) {
    if (yaml_parser_parse(&parser_, event->raw()) == 1) return {};
    auto line = static_cast<int>(parser_.problem_mark.line) + 1;
    if (parser_.error == YAML_READER_ERROR) {  // which tells the byte only
      std::string_view before = text_.substr(0, parser_.problem_offset);
      line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
    }
    return At(line, format("not valid YAML: {}",
                           parser_.problem == nullptr ? "no memory" : parser_.problem));
  }

  Result<> Admit(int line, int depth) {
    if (depth > kMaxDepth) return At(line, format("nested deeper than {} levels", kMaxDepth));
    if (++nodes_ > kMaxNodes) return At(line, "the document is too large");
    return {};
  }

  Result<Json> Node(const Event& event, int depth) {
    if (event.type() == YAML_ALIAS_EVENT) return Alias(event, depth);
    TRY(Admit(event.line(), depth));
    if (!event.tag().empty() && event.tag() != "!") {
      return At(event.line(), format("the tag '{}' is not known here; remove it", event.tag()));
    }
    Json json = event.type() == YAML_SCALAR_EVENT           ? Scalar(event)
                : event.type() == YAML_SEQUENCE_START_EVENT ? TRY(Sequence(depth))
                                                            : TRY(Mapping(depth));
    json.set_line(event.line());
    if (std::string anchor = event.anchor(); !anchor.empty()) anchored_[anchor] = json;
    return json;
  }

  Result<Json> Alias(const Event& event, int depth) {
    auto found = anchored_.find(event.anchor());
    if (found == anchored_.end()) {
      return At(event.line(),
                format("not valid YAML: the alias '{}' names no anchor before it", event.anchor()));
    }
    TRY(AdmitAgain(found->second, event.line(), depth));
    Json json = found->second;
    json.set_line(event.line());
    return json;
  }

  Result<> AdmitAgain(const Json& tree, int line, int depth) {
    TRY(Admit(line, depth));
    for (const auto& item : tree.items()) TRY(AdmitAgain(item, line, depth + 1));
    for (const auto& [key, value] : tree.members()) TRY(AdmitAgain(value, line, depth + 1));
    return {};
  }

  static Json Scalar(const Event& event) {
    std::string text = event.text();
    if (event.quoted() || event.tag() == "!") return Json(std::move(text));
    if (text == "true" || text == "True") return Json(true);
    if (text == "false" || text == "False") return Json(false);
    if (text.empty() || text == "null" || text == "~") return Json();
    if (auto number = ParseDouble(text)) return Json(*number);
    return Json(std::move(text));
  }

  Result<Json> Sequence(int depth) {
    Json json = Json::Array();
    while (true) {
      Event item;
      TRY(Next(&item));
      if (item.type() == YAML_SEQUENCE_END_EVENT) return json;
      json.Add(TRY(Node(item, depth + 1)));
    }
  }

  Result<Json> Mapping(int depth) {
    std::set<std::string> seen;
    std::vector<Json::Member> members;
    while (true) {
      Event key, value;
      TRY(Next(&key));
      if (key.type() == YAML_MAPPING_END_EVENT) return Json::Object(std::move(members));
      if (key.type() != YAML_SCALAR_EVENT) return At(key.line(), "a key must be plain text");
      std::string name = key.text();
      if (!seen.insert(name).second)
        return At(key.line(), format("the key '{}' stands twice; keep one", name));
      TRY(Next(&value));
      Json json = TRY(Node(value, depth + 1));
      json.set_line(key.line());
      members.emplace_back(std::move(name), std::move(json));
    }
  }

  std::string_view text_;
  const std::string& file_;
  yaml_parser_t parser_{};
  std::map<std::string, Json> anchored_;
  int nodes_ = 0;
};

}  // namespace

Result<Json> ParseYaml(std::string_view text, const std::string& file) {
  return Reader(text, file).Document();
}

Result<Json> ReadYaml(const std::string& path) { return ParseYaml(TRY(ReadFile(path)), path); }

}  // namespace codman::base
