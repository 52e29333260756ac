#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "base/crypto.h"
#include "base/text.h"
#include "storage/disk_error_internal.h"
#include "storage/object_path_internal.h"

namespace codman::storage {
namespace {

constexpr size_t kMaxNameBytes = 200;
constexpr std::string_view kContinued = ",+";
constexpr std::string_view kFolder = ",";

bool IsPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80 || std::strchr("-_=+@ ", c) != nullptr;
}

// Every dot of a long word is encoded too: no part of it may come out as "." or "..".
std::string EncodeWord(std::string_view word) {
  std::string encoded;
  for (bool dots : {true, false}) {
    encoded.clear();
    for (size_t i = 0; i < word.size(); ++i) {
      const char c = word[i];
      if (c != '\0' && (IsPlain(c) || (c == '.' && dots && i > 0)))
        encoded += c;
      else
        encoded += format("%{:02x}", static_cast<unsigned char>(c));
    }
    if (encoded.size() <= kMaxNameBytes) break;
  }
  return encoded;
}

// Nothing where EncodeWord cannot have written it.
std::optional<std::string> DecodeWord(std::string_view encoded) {
  std::string word;
  for (size_t i = 0; i < encoded.size(); ++i) {
    if (encoded[i] != '%') {
      word += encoded[i];
      continue;
    }
    auto byte = base::FromHex(encoded.substr(i + 1, 2));
    if (!byte.ok() || byte->size() != 1) return {};
    word += *byte;
    i += 2;
  }
  if (EncodeWord(word) != encoded) return {};
  return word;
}

std::string WordPath(std::string_view word) {
  std::string encoded = EncodeWord(word), path;
  std::string_view rest = encoded;
  for (; rest.size() > kMaxNameBytes; rest.remove_prefix(kMaxNameBytes))
    path += format("{}{}/", rest.substr(0, kMaxNameBytes), kContinued);
  return path.append(rest);
}

struct Child {
  std::string key;  // of a folder: what all keys in it begin with, up to its '/'
  std::string path;
  bool is_folder = false;
};

Result<std::vector<std::string>> NamesIn(const std::string& folder) {
  std::vector<std::string> names;
  std::unique_ptr<DIR, int (*)(DIR*)> stream(opendir(folder.c_str()), closedir);
  if (stream == nullptr && errno == ENOENT) return names;
  while (stream != nullptr) {
    errno = 0;  // readdir tells an error from the end by errno alone
    const dirent* entry = readdir(stream.get());
    if (entry == nullptr && errno == 0) return names;
    if (entry == nullptr) break;
    if (entry->d_name[0] != '.' && entry->d_name[0] != ',') names.emplace_back(entry->d_name);
  }
  return DiskError("list", folder);
}

Result<> AddChildren(const std::string& folder, const std::string& key, const std::string& begun,
                     std::vector<Child>* children) {
  for (const std::string& name : TRY(NamesIn(folder))) {
    const std::string path = folder + "/" + name;
    std::string_view word = name;
    if (word.ends_with(kContinued)) {
      word.remove_suffix(kContinued.size());
      TRY(AddChildren(path, key, begun + std::string(word), children));
      continue;
    }
    const bool is_folder = word.ends_with(kFolder);
    if (is_folder) word.remove_suffix(kFolder.size());
    auto decoded = DecodeWord(begun + std::string(word));
    if (decoded) children->push_back({key + *decoded + (is_folder ? "/" : ""), path, is_folder});
  }
  return {};
}

// The key of a folder ends with '/', which no name beside it holds: whatever lies in it sorts where
// the folder's own key does.
Result<bool> Walk(const ObjectWalk& walk, const std::string& folder, const std::string& key) {
  std::vector<Child> children;
  TRY(AddChildren(folder, key, "", &children));
  std::sort(children.begin(), children.end(),
            [](const Child& a, const Child& b) { return a.key < b.key; });
  for (const Child& child : children) {
    const bool fits = child.key.starts_with(walk.prefix) ||
                      (child.is_folder && walk.prefix.starts_with(child.key));
    const bool behind =
        child.key > walk.after || (child.is_folder && walk.after.starts_with(child.key));
    if (!fits || !behind) continue;
    const bool goes_on = child.is_folder ? TRY(Walk(walk, child.path, child.key))
                                         : TRY(walk.visit(child.key, child.path));
    if (!goes_on) return false;
  }
  return true;
}

}  // namespace

std::string ObjectPath(std::string_view key) {
  std::string path;
  for (size_t slash; (slash = key.find('/')) != std::string_view::npos;
       key.remove_prefix(slash + 1)) {
    path += WordPath(key.substr(0, slash));
    path += kFolder;
    path += '/';
  }
  return path + WordPath(key);
}

Result<> WalkObjects(const ObjectWalk& walk) {
  const size_t slash = walk.prefix.rfind('/');
  if (slash == std::string::npos) {
    TRY(Walk(walk, walk.root, ""));
    return {};
  }
  const std::string key = walk.prefix.substr(0, slash + 1);
  std::string folder = walk.root + "/" + ObjectPath(key);
  folder.pop_back();  // the '/' before the empty last word
  TRY(Walk(walk, folder, key));
  return {};
}

}  // namespace codman::storage
