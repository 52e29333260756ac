#include "governance/secrets.h"

#include <sys/stat.h>

#include "base/crypto.h"
#include "base/file.h"
#include "base/text.h"

namespace codman::governance {
namespace {

Result<> RefuseOpenToOthers(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) == 0 && (status.st_mode & 0077) != 0) {
    return Error(ErrorKind::kForbidden,
                 format("{} may be read by other users; run: chmod go-rwx {}", path, path));
  }
  return {};
}

}  // namespace

Result<Secrets> Secrets::Open(const std::string& folder) {
  TRY(base::MakeFolders(folder, 0700));
  TRY(RefuseOpenToOthers(folder));
  return Secrets(folder);
}

Result<std::string> Secrets::Key(const std::string& name) const {
  std::string path = PathOf(name);
  if (!base::FileExists(path)) {
    // Exclusive: of two processes that start at once, one makes the key and both read it.
    auto made = base::CreateFileExclusively(path, base::ToHex(base::RandomBytes(32)) + "\n",
                                            {.mode = 0600});
    if (!made.ok() && made.error().kind() != ErrorKind::kConflict) return std::move(made).error();
  }
  TRY(RefuseOpenToOthers(path));
  std::string text = TRY(base::ReadFile(path));
  auto key = base::FromHex(base::Trim(text));
  if (!key.ok() || key->size() != 32) {
    return base::InvalidInput(format(
        "the secret {} is damaged: it must hold 64 hexadecimal digits; restore it from a backup",
        path));
  }
  return key;
}

Result<> Secrets::WriteFile(const std::string& name, const std::string& content) const {
  return base::WriteFileAtomically(PathOf(name), content, {.mode = 0600});
}

}  // namespace codman::governance
