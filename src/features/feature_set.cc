#include "features/feature_set.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/text.h"
#include "base/yaml.h"
#include "features/declaration_internal.h"
#include "features/kernel.h"
#include "features/plan_internal.h"

namespace codman::features {
namespace {

// The document with members in the order of their names: data has no order of keys.
Json Sorted(const Json& json) {
  if (json.is_array()) {
    Json array = Json::Array();
    for (const Json& item : json.items()) array.Add(Sorted(item));
    return array;
  }
  if (!json.is_object()) return json;
  std::vector<Json::Member> members;
  for (const auto& [name, value] : json.members()) members.emplace_back(name, Sorted(value));
  std::sort(members.begin(), members.end(),
            [](const Json::Member& a, const Json::Member& b) { return a.first < b.first; });
  return Json::Object(std::move(members));
}

}  // namespace

Result<FeatureSet> FeatureSet::Load(const std::string& path, const events::Concepts& concepts) {
  return FromDocument(path, TRY(base::ReadYaml(path)), concepts);
}

Result<FeatureSet> FeatureSet::FromDocument(const std::string& file, const Json& document,
                                            const events::Concepts& concepts) {
  Declaration declaration = TRY(ReadDeclaration(file, document, concepts));
  FeatureSet set;
  set.name_ = declaration.name;
  set.description_ = declaration.description;
  set.owner_ = declaration.owner;
  set.file_ = file;
  for (const Block& block : declaration.blocks) set.block_names_.push_back(block.name);
  set.document_ = document;
  set.hash_ = base::Sha256Hex(Sorted(document).ToString() + "\n" + concepts.hash());
  set.concepts_ = std::make_shared<const events::Concepts>(concepts);
  return set;
}

Result<std::shared_ptr<const Plan>> FeatureSet::Compile(
    const std::vector<std::string>& blocks) const {
  Declaration declaration = TRY(ReadDeclaration(file_, document_, *concepts_));
  std::vector<int> wanted;
  for (const std::string& name : blocks) {
    auto found = std::find(block_names_.begin(), block_names_.end(), name);
    if (found == block_names_.end()) {
      return base::NotFound(format("feature set '{}' has no block '{}'; known are: {}", name_, name,
                                   block_names_.empty() ? "none" : base::Join(block_names_, ", ")));
    }
    auto index = static_cast<int>(found - block_names_.begin());
    if (std::find(wanted.begin(), wanted.end(), index) == wanted.end()) wanted.push_back(index);
  }
  return std::make_shared<const Plan>(BuildPlan(declaration, wanted, *concepts_));
}

}  // namespace codman::features
