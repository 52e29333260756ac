// The built UI and the API's shapes, embedded in the program.
#pragma once

#include <string_view>

namespace codman::api {

struct Asset {
  const char* content_type;
  std::string_view content;
};

// The file at a path of the UI; pages that the UI draws itself ("/predict", "/models/…") give the
// application. nullptr for everything else.
const Asset* FindAsset(std::string_view path);

// schemas.yaml: shapes of what the API takes and gives.
std::string_view SchemasYaml();

}  // namespace codman::api
