#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "storage/disk_error_internal.h"
#include "storage/object_file_internal.h"
#include "storage/object_path_internal.h"
#include "storage/object_rules_internal.h"

namespace codman::storage {
namespace {

std::string FolderOf(const std::string& path) { return path.substr(0, path.rfind('/')); }

class LocalObjectStore : public ObjectStore {
 public:
  explicit LocalObjectStore(std::string root) : root_(std::move(root)) {}

  Result<> Prepare() {
    TRY(base::MakeFolders(root_, 0700));
    TRY(base::MakeFolders(Partials(), 0700));
    return PartialObject::Sweep(Partials());
  }

  Result<ObjectInfo> Put(const std::string& key, const ByteSource& source,
                         const PutOptions& options) override {
    TRY(CheckObjectKey(key));
    TRY(CheckPutOptions(options));
    const std::string target = PathOf(key);
    if (options.only_if_absent && base::FileExists(target)) return ObjectConflict(key);
    PartialObject partial = TRY(PartialObject::Create(Partials()));
    ObjectInfo info{.key = key, .content_type = options.content_type, .metadata = options.metadata};
    TRY(partial.Write(source, &info));
    TRY(Publish(&partial, target, key, options.only_if_absent));
    return info;
  }

  Result<ObjectInfo> Get(const std::string& key, const ByteSink& sink, int64_t offset) override {
    TRY(CheckObjectKey(key));
    if (offset < 0) return base::InvalidInput("an object is read from byte 0 or a later one");
    StoredObject object = TRY(StoredObject::Open(PathOf(key), key));
    TRY(object.Read(sink, offset));
    return object.info();
  }

  Result<ObjectInfo> Describe(const std::string& key) override {
    TRY(CheckObjectKey(key));
    return TRY(StoredObject::Open(PathOf(key), key)).info();
  }

  Result<> Delete(const std::string& key) override {
    TRY(CheckObjectKey(key));
    const std::string path = PathOf(key);
    if (unlink(path.c_str()) != 0) {
      if (errno == ENOENT || errno == ENOTDIR) return {};
      return DiskError("delete", path);
    }
    std::string folder = FolderOf(path);
    TRY(SyncIfThere(folder));
    while (folder.size() > root_.size() && rmdir(folder.c_str()) == 0) folder = FolderOf(folder);
    return {};
  }

  Result<ObjectPage> List(const std::string& prefix, const std::string& after, int limit) override {
    TRY(CheckObjectList(prefix, after, limit));
    const auto page_size = static_cast<size_t>(std::min(limit, kMaxObjectsPerPage));
    ObjectPage page;
    auto visit = [&](const std::string& key, const std::string& path) -> Result<bool> {
      if (page.objects.size() == page_size) {
        page.next = page.objects.back().key;
        return false;
      }
      auto object = StoredObject::Open(path, key);
      if (!object.ok() && object.error().kind() == ErrorKind::kNotFound) return true;
      ObjectInfo info = TRY(std::move(object)).info();
      info.metadata.clear();
      page.objects.push_back(std::move(info));
      return true;
    };
    TRY(WalkObjects({root_, prefix, after, visit}));
    return page;
  }

  Result<> Check() override {
    struct statvfs status {};
    if (access(Partials().c_str(), R_OK | W_OK | X_OK) != 0) return DiskError("use", root_);
    if (statvfs(root_.c_str(), &status) != 0) return DiskError("look at", root_);
    if ((status.f_flag & ST_RDONLY) == 0) return {};
    errno = EROFS;
    return DiskError("write below", root_);
  }

 private:
  std::string PathOf(const std::string& key) const { return root_ + "/" + ObjectPath(key); }
  // A name that no key can have.
  std::string Partials() const { return root_ + "/,partial"; }

  // A delete may remove the folder between our making and our using it.
  Result<> Publish(PartialObject* partial, const std::string& target, const std::string& key,
                   bool only_if_absent) {
    for (int attempt = 0; attempt < 100; ++attempt) {
      auto made = base::MakeFolders(FolderOf(target), 0700);
      if (!made.ok() && made.error().kind() == ErrorKind::kNotFound) continue;
      TRY(std::move(made));
      auto published = partial->Publish(target, only_if_absent);
      if (!published.ok() && published.error().kind() == ErrorKind::kConflict)
        return ObjectConflict(key);
      if (TRY(std::move(published))) return SyncUpwards(FolderOf(target));
    }
    return base::Unavailable(format("the folder of '{}' keeps being deleted; try again", key));
  }

  // All of them, because whoever made a folder may have been killed before it was durable.
  Result<> SyncUpwards(std::string folder) {
    for (; folder.size() >= root_.size(); folder = FolderOf(folder)) TRY(SyncIfThere(folder));
    return {};
  }

  // A folder that is gone took nothing with it that anybody still waits for.
  static Result<> SyncIfThere(const std::string& folder) {
    auto synced = base::SyncFolder(folder);
    if (!synced.ok() && synced.error().kind() == ErrorKind::kNotFound) return {};
    return synced;
  }

  const std::string root_;
};

}  // namespace

Result<std::unique_ptr<ObjectStore>> OpenLocalObjectStore(const std::string& folder,
                                                          ObjectObserver observer) {
  std::error_code code;
  std::string root = std::filesystem::absolute(folder, code).lexically_normal().string();
  if (code) return base::Unavailable(format("cannot find {}: {}", folder, code.message()));
  if (root.ends_with('/')) root.pop_back();
  auto store = std::make_unique<LocalObjectStore>(std::move(root));
  TRY(store->Prepare().While("opening the object store " + folder));
  return MakeObservedObjectStore(std::move(store), std::move(observer));
}

}  // namespace codman::storage
