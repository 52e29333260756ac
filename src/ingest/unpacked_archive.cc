#include <fnmatch.h>

#include <algorithm>
#include <fstream>

#include "base/file.h"
#include "base/text.h"
#include "ingest/unpacked_archive_internal.h"
#include "storage/archive_reader.h"

namespace codman::ingest {
namespace {

constexpr int kPrivate = 0700;

bool LeadsOut(const std::string& member) {
  auto parts = base::Split(member, '/');
  return member.starts_with('/') || std::find(parts.begin(), parts.end(), "..") != parts.end();
}

// The path by which a pattern knows the member; "" where none does.
std::string KnownPath(const std::string& member, const std::vector<events::TableOfFiles>& tables) {
  std::string below_top = member.substr(member.find('/') + 1);
  for (const auto& name : {member, below_top}) {
    for (const auto& table : tables) {
      if (fnmatch(table.pattern.c_str(), name.c_str(), FNM_PATHNAME) == 0) return name;
    }
  }
  return "";
}

Result<> WriteMember(storage::ArchiveReader* reader, const std::string& path) {
  TRY(base::MakeFolders(path.substr(0, path.rfind('/')), kPrivate));
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  while (file.good()) {
    std::string_view bytes = TRY(reader->Read());
    if (bytes.empty()) break;
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  file.close();
  if (file.good()) return {};
  return base::Unavailable(
      format("cannot unpack to {}: make room on the disk, or unpack the archive yourself and give "
             "--input its folder",
             path));
}

}  // namespace

Result<UnpackedArchive> UnpackedArchive::Open(const std::string& path,
                                              const std::vector<events::TableOfFiles>& tables,
                                              const std::string& temp_folder) {
  std::string folder = temp_folder + "/unpacked";
  TRY(base::RemoveTree(folder));
  TRY(base::MakeFolders(folder, kPrivate));
  UnpackedArchive archive(folder);
  TRY(archive.Unpack(path, tables).While("unpacking " + path));
  return archive;
}

UnpackedArchive::~UnpackedArchive() {
  // What cannot be removed now goes when the next archive is opened.
  if (!folder_.empty()) (void)base::RemoveTree(folder_).ok();
}

Result<> UnpackedArchive::Unpack(const std::string& path,
                                 const std::vector<events::TableOfFiles>& tables) {
  auto reader = TRY(storage::ArchiveReader::Open(path));
  bool any = false;
  while (true) {
    std::string member = TRY(reader->NextMember());
    if (member.empty()) break;
    if (LeadsOut(member))
      return base::InvalidInput(format("the member {} leads out of the archive", member));
    std::string known = KnownPath(member, tables);
    if (known.empty()) continue;
    std::string target = folder_ + "/" + known;
    if (base::FileExists(target)) {
      return base::InvalidInput(
          format("two members of the archive are {}; unpack the right one and give --input its "
                 "folder",
                 known));
    }
    TRY(WriteMember(reader.get(), target));
    any = true;
  }
  if (any) return {};
  std::vector<std::string> patterns;
  for (const auto& table : tables) patterns.push_back(table.pattern);
  return base::NotFound(format("no member has a name like {}", base::Join(patterns, ", ")));
}

}  // namespace codman::ingest
