#include "storage/backup.h"

#include <sys/stat.h>

#include <cstdio>
#include <fstream>
#include <map>

#include "base/crypto.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "storage/archive_reader.h"
#include "storage/archive_writer.h"

namespace codman::storage {
namespace {

constexpr char kManifest[] = "codman-backup.json";
constexpr int kFormat = 1;

struct Listed {
  std::string sha256;
  int64_t bytes = 0;
  int mode = 0600;
};
using Listing = std::map<std::string, Listed>;

Result<std::string> ReadWhole(ArchiveReader* reader) {
  std::string text;
  while (true) {
    auto bytes = TRY(reader->Read());
    if (bytes.empty()) return text;
    text += bytes;
  }
}

Result<Listing> ReadListing(const std::string& archive, ArchiveReader* reader) {
  auto foreign = [&] {
    return base::InvalidInput(
        format("{} is not a backup of codman: its first member is not {}", archive, kManifest));
  };
  std::string first = TRY(reader->NextMember());
  if (first != kManifest) return foreign();
  Json manifest = TRY(base::ParseJson(TRY(ReadWhole(reader))));
  if (manifest["format"].AsInt() != kFormat) {
    return base::InvalidInput(format("{} is of format {}, this program restores format {}", archive,
                                     manifest["format"].AsInt(), kFormat));
  }
  Listing listing;
  for (const auto& file : manifest["files"].items()) {
    std::string path = file["path"].AsString();
    bool leaves =
        path.empty() || path.front() == '/' || ("/" + path + "/").find("/../") != path.npos;
    if (leaves) return foreign();
    listing[path] = {file["sha256"].AsString(), file["bytes"].AsInt(),
                     static_cast<int>(file["mode"].AsInt())};
  }
  return listing;
}

Result<> WriteMember(ArchiveReader* reader, const std::string& path, const Listed& listed) {
  TRY(base::MakeFolders(path.substr(0, path.rfind('/')), 0700));
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  chmod(path.c_str(), static_cast<mode_t>(listed.mode));
  while (true) {
    auto bytes = TRY(reader->Read());
    if (bytes.empty()) break;
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  out.close();
  if (!out) return base::Unavailable(format("cannot write {}: check the space on the disk", path));
  std::string found = TRY(base::Sha256HexOfFile(path));
  if (found != listed.sha256)
    return base::DataQuality(format("the backup's member for {} is damaged; nothing was restored",
                                    path.substr(path.rfind('/') + 1)));
  return {};
}

Result<BackupReport> Unpack(const std::string& archive, const std::string& folder,
                            const std::function<void(double)>& progress) {
  auto reader = TRY(ArchiveReader::Open(archive));
  Listing listing = TRY(ReadListing(archive, reader.get()));
  BackupReport report;
  double archive_bytes = static_cast<double>(TRY(base::FileSize(archive))) + 1;
  while (true) {
    std::string member = TRY(reader->NextMember());
    if (member.empty()) break;
    auto listed = listing.find(member);
    if (listed == listing.end())
      return base::DataQuality(
          format("{} holds {}, which its list does not name", archive, member));
    TRY(WriteMember(reader.get(), folder + "/" + member, listed->second));
    ++report.files;
    report.bytes += listed->second.bytes;
    if (progress) progress(static_cast<double>(reader->bytes_consumed()) / archive_bytes);
  }
  if (report.files != static_cast<int64_t>(listing.size())) {
    return base::DataQuality(format("{} holds {} of the {} files that it lists: it was cut off",
                                    archive, report.files, listing.size()));
  }
  return report;
}

}  // namespace

Result<BackupReport> BackUpFolder(const std::string& folder, const std::string& archive,
                                  const std::function<bool(const std::string&)>& skip,
                                  const std::function<void(double)>& progress) {
  BackupReport report;
  Json files = Json::Array();
  std::vector<std::string> paths;
  for (const auto& path : TRY(base::ListTree(folder))) {
    if (skip(path)) continue;
    struct stat status {};
    stat((folder + "/" + path).c_str(), &status);
    files.Add(Json::Object({{"path", path},
                            {"sha256", TRY(base::Sha256HexOfFile(folder + "/" + path))},
                            {"bytes", static_cast<int64_t>(status.st_size)},
                            {"mode", static_cast<int64_t>(status.st_mode & 0777)}}));
    paths.push_back(path);
    report.bytes += status.st_size;
  }
  auto writer = TRY(ArchiveWriter::Create(archive));
  Json manifest = Json::Object({{"format", kFormat}, {"files", files}});
  TRY(writer->AddBytes(kManifest, manifest.ToString()));
  for (const auto& path : paths) {
    TRY(writer->AddFile(path, folder + "/" + path));
    ++report.files;
    if (progress) progress(static_cast<double>(report.files) / static_cast<double>(paths.size()));
  }
  TRY(writer->Finish());
  return report;
}

Result<BackupReport> RestoreFolder(const std::string& archive, const std::string& folder,
                                   const std::function<void(double)>& progress) {
  if (base::FileExists(folder) && !TRY(base::ListFolder(folder)).empty()) {
    return base::Conflict(format(
        "{} is not empty; restore into a new folder (--home) and move it into place", folder));
  }
  std::string partial = folder + ".restoring";
  TRY(base::RemoveTree(partial));
  TRY(base::MakeFolders(partial, 0700));
  auto report = Unpack(archive, partial, progress);
  if (!report.ok()) {
    (void)base::RemoveTree(partial).ok();
    return std::move(report).error();
  }
  TRY(base::RemoveTree(folder));
  if (rename(partial.c_str(), folder.c_str()) != 0)
    return base::Unavailable(format("cannot rename {} to {}", partial, folder));
  return report;
}

}  // namespace codman::storage
