// What every object store asks of keys and descriptions, and the observer around it. Private to the
// room: an implementation calls the checks first, so that all refuse alike.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "storage/object_store.h"

namespace codman::storage {

constexpr size_t kMaxObjectKeyBytes = 1024;
constexpr size_t kMaxObjectMetadataBytes = 2048;  // names and values; the bound of S3
constexpr int kMaxObjectsPerPage = 1000;

Result<> CheckObjectKey(std::string_view key);
// Metadata and content type travel in HTTP headers: printable ASCII, no blank at either end.
Result<> CheckPutOptions(const PutOptions& options);
// Any beginning of a key; it may end in the middle of a word.
Result<> CheckObjectList(std::string_view prefix, std::string_view after, int limit);

Error ObjectNotFound(const std::string& key);
Error ObjectConflict(const std::string& key);

// Tells `observer` after every operation of `store`.
std::unique_ptr<ObjectStore> MakeObservedObjectStore(std::unique_ptr<ObjectStore> store,
                                                     ObjectObserver observer);

}  // namespace codman::storage
