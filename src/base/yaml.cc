#include "base/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <set>
#include <sstream>

#include "base/file.h"
#include "base/text.h"

namespace codman::base {
namespace {

constexpr int kMaxDepth = 32;
constexpr int kMaxNodes = 200000;  // aliases may multiply: a small file must not become a huge tree

struct Converter {
  const std::string& file;
  int nodes = 0;

  Error At(const YAML::Node& node, const std::string& message) const {
    return InvalidInput(format("{}:{}: {}", file, node.Mark().line + 1, message));
  }

  Json Scalar(const YAML::Node& node) const {
    const std::string& text = node.Scalar();
    if (node.Tag() == "!") return Json(text);  // quoted
    if (text == "true" || text == "True") return Json(true);
    if (text == "false" || text == "False") return Json(false);
    if (text.empty() || text == "null" || text == "~") return Json();
    if (auto number = ParseDouble(text)) return Json(*number);
    return Json(text);
  }

  Result<Json> Map(const YAML::Node& node, int depth) {
    std::set<std::string> seen;
    std::vector<Json::Member> members;
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) return At(entry.first, "a key must be plain text");
      const std::string& key = entry.first.Scalar();
      if (!seen.insert(key).second)
        return At(entry.first, format("the key '{}' stands twice; keep one", key));
      Json value = TRY(Convert(entry.second, depth + 1));
      value.set_line(entry.first.Mark().line + 1);
      members.emplace_back(key, std::move(value));
    }
    return Json::Object(std::move(members));
  }

  Result<Json> Convert(const YAML::Node& node, int depth) {
    if (depth > kMaxDepth) return At(node, format("nested deeper than {} levels", kMaxDepth));
    if (++nodes > kMaxNodes) return At(node, "the document is too large");
    const std::string& tag = node.Tag();  // "?" plain, "!" quoted
    if (!tag.empty() && tag != "?" && tag != "!")
      return At(node, format("the tag '{}' is not known here; remove it", tag));
    Json json;
    if (node.IsScalar()) {
      json = Scalar(node);
    } else if (node.IsSequence()) {
      json = Json::Array();
      for (const auto& item : node) json.Add(TRY(Convert(item, depth + 1)));
    } else if (node.IsMap()) {
      json = TRY(Map(node, depth));
    }
    json.set_line(node.Mark().line + 1);
    return json;
  }
};

// Takes no notice of what a document holds.
class Nothing : public YAML::EventHandler {
 public:
  using Mark = YAML::Mark;
  using Anchor = YAML::anchor_t;
  void OnDocumentStart(const Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const Mark&, Anchor) override {}
  void OnAlias(const Mark&, Anchor) override {}
  void OnScalar(const Mark&, const std::string&, Anchor, const std::string&) override {}
  void OnSequenceStart(const Mark&, const std::string&, Anchor,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const Mark&, const std::string&, Anchor, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

// 0, 1 or 2 for more: LoadAll would never return where a stray token begins a document, since
// yaml-cpp finds an empty document before it again and again.
int CountDocuments(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  Nothing nothing;
  int documents = 0;
  while (documents < 2 && parser.HandleNextDocument(nothing)) ++documents;
  return documents;
}

}  // namespace

Result<Json> ParseYaml(std::string_view text, const std::string& file) {
  try {
    std::string copy(text);
    int documents = CountDocuments(copy);
    if (documents > 1)
      return InvalidInput(format("{}: holds several documents; keep one per file", file));
    if (documents == 0) return Json::Object();
    Converter converter{file};
    return converter.Convert(YAML::Load(copy), 0);
  } catch (const YAML::Exception& error) {
    return InvalidInput(format("{}:{}: not valid YAML: {}", file, error.mark.line + 1, error.msg));
  }
}

Result<Json> ReadYaml(const std::string& path) { return ParseYaml(TRY(ReadFile(path)), path); }

}  // namespace codman::base
