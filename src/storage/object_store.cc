#include "storage/object_store.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "storage/object_rules_internal.h"

namespace codman::storage {
namespace {

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// Bytes of the UTF-8 sequence at the start of `text`; 0 where it is none (RFC 3629 section 4).
size_t Utf8Bytes(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const size_t length = first < 0x80                    ? 1
                        : first >= 0xc2 && first < 0xe0 ? 2
                        : first >= 0xe0 && first < 0xf0 ? 3
                        : first >= 0xf0 && first < 0xf5 ? 4
                                                        : 0;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 0;
  if (length < 3) return length;
  const auto second = static_cast<unsigned char>(text[1]);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool no_character = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
  return overlong || no_character ? 0 : length;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = Utf8Bytes(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool IsHeaderText(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; }) &&
         base::Trim(text) == text;
}

class ObservedObjectStore : public ObjectStore {
 public:
  ObservedObjectStore(std::unique_ptr<ObjectStore> store, ObjectObserver observer)
      : store_(std::move(store)), observer_(std::move(observer)) {}

  Result<ObjectInfo> Put(const std::string& key, const ByteSource& source,
                         const PutOptions& options) override {
    return Tell("put", key, store_->Put(key, source, options));
  }
  Result<ObjectInfo> Get(const std::string& key, const ByteSink& sink, int64_t offset) override {
    return Tell("get", key, store_->Get(key, sink, offset));
  }
  Result<ObjectInfo> Describe(const std::string& key) override {
    return Tell("describe", key, store_->Describe(key));
  }
  Result<> Delete(const std::string& key) override {
    return Tell("delete", key, store_->Delete(key));
  }
  Result<ObjectPage> List(const std::string& prefix, const std::string& after, int limit) override {
    return Tell("list", prefix, store_->List(prefix, after, limit));
  }
  Result<> Check() override { return store_->Check(); }

 private:
  template <typename Outcome>
  Outcome Tell(std::string_view operation, const std::string& key, Outcome outcome) {
    observer_(operation, key, outcome.ok() ? Result<>() : Result<>(outcome.error()));
    return outcome;
  }

  const std::unique_ptr<ObjectStore> store_;
  const ObjectObserver observer_;
};

}  // namespace

Result<> CheckObjectKey(std::string_view key) {
  auto refuse = [&](std::string_view why) {
    return base::InvalidInput(
        format("an object key {}; keys are words between '/', like models/sepsis/card.json", why));
  };
  if (key.empty()) return refuse("must not be empty");
  if (key.size() > kMaxObjectKeyBytes) {
    return refuse(
        format("may have {} bytes at most, this one has {}", kMaxObjectKeyBytes, key.size()));
  }
  if (std::any_of(key.begin(), key.end(), IsControl))
    return refuse("must not hold control characters");
  if (!IsUtf8(key)) return refuse("must be UTF-8");
  for (std::string_view part : base::Split(key, '/')) {
    if (part.empty()) return refuse("must not begin or end with '/' nor hold two together");
    if (part == "." || part == "..") return refuse("must not hold the words '.' and '..'");
  }
  return {};
}

Result<> CheckPutOptions(const PutOptions& options) {
  if (options.content_type.empty() || options.content_type.size() > 255 ||
      !IsHeaderText(options.content_type)) {
    return base::InvalidInput(
        "a content type is 1 to 255 printable ASCII characters, like application/json");
  }
  size_t total = 0;
  for (const auto& [name, value] : options.metadata) {
    const bool named = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    if (!named)
      return base::InvalidInput("a metadata name is made of lower case letters, digits and '-'");
    if (!IsHeaderText(value)) {
      return base::InvalidInput(format(
          "the metadata value of '{}' must be printable ASCII without blanks around it", name));
    }
    total += name.size() + value.size();
  }
  if (total > kMaxObjectMetadataBytes) {
    return base::InvalidInput(format("the metadata of an object may have {} bytes at most, not {}",
                                     kMaxObjectMetadataBytes, total));
  }
  return {};
}

Result<> CheckObjectList(std::string_view prefix, std::string_view after, int limit) {
  for (std::string_view text : {prefix, after}) {
    if (text.size() > kMaxObjectKeyBytes || std::any_of(text.begin(), text.end(), IsControl)) {
      return base::InvalidInput(format(
          "a list of objects begins with a key's first letters: at most {} bytes, no control "
          "characters",
          kMaxObjectKeyBytes));
    }
  }
  if (limit < 1) return base::InvalidInput("a page of objects holds at least one");
  return {};
}

Error ObjectNotFound(const std::string& key) {
  return base::NotFound(format("there is no object '{}'", key));
}

Error ObjectConflict(const std::string& key) {
  return base::Conflict(format("the object '{}' is already there; take another key", key));
}

std::unique_ptr<ObjectStore> MakeObservedObjectStore(std::unique_ptr<ObjectStore> store,
                                                     ObjectObserver observer) {
  if (!observer) return store;
  return std::make_unique<ObservedObjectStore>(std::move(store), std::move(observer));
}

Result<ObjectInfo> ObjectStore::PutBytes(const std::string& key, std::string_view bytes,
                                         const PutOptions& options) {
  auto source = [&](std::span<char> space) -> Result<size_t> {
    const size_t count = std::min(space.size(), bytes.size());
    if (count > 0) std::memcpy(space.data(), bytes.data(), count);
    bytes.remove_prefix(count);
    return count;
  };
  return Put(key, source, options);
}

Result<std::string> ObjectStore::GetBytes(const std::string& key, int64_t max_bytes) {
  std::string bytes;
  TRY(Get(key, [&](std::string_view piece) -> Result<> {
    if (static_cast<int64_t>(bytes.size() + piece.size()) > max_bytes) {
      return base::InvalidInput(format(
          "the object '{}' is larger than {} bytes; read it piece by piece", key, max_bytes));
    }
    bytes += piece;
    return {};
  }));
  return bytes;
}

}  // namespace codman::storage
