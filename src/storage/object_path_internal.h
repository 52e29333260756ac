// Where an object lies below the folder of a local store, and which objects lie there. Private to
// the local object store.
//
// A key may be a word and the beginning of another ("a" and "a/b"), and a word may be longer than a
// file name: so a word is percent-encoded where a byte might trouble a file system, the folder of
// "a" is called "a,", and a word of more than 200 encoded bytes goes on in a folder named by its
// first 200 and ",+". "models/sepsis/card.json" lies at "models,/sepsis,/card.json".
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace codman::storage {

// Relative; neither "." nor ".." nor an empty name can come out, whatever goes in.
std::string ObjectPath(std::string_view key);

struct ObjectWalk {
  std::string root;
  std::string prefix;
  std::string after;
  // Takes key and path in byte order of the keys, all with the prefix and behind `after`; false
  // ends the walk.
  std::function<Result<bool>(const std::string& key, const std::string& path)> visit;
};
// Folders that vanish meanwhile are empty. Files that ObjectPath cannot have named are not objects.
Result<> WalkObjects(const ObjectWalk& walk);

}  // namespace codman::storage
