// The members of an archive that a source's tables name, on disk as long as the object lives: SQL
// reads files, not members. Private to ingest.
//
// A member is known by its path in the archive, or by what follows the archive's own top folder
// ("mimic-iv-demo-2.2/hosp/patients.csv.gz" is hosp/patients.csv.gz), so that an archive and the
// folder it unpacks to are the same delivery. Only members that a pattern names are unpacked, and a
// path that leads out of the archive is refused.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "events/source_mapping.h"

namespace codman::ingest {

class UnpackedArchive {
 public:
  // Below `temp_folder`, where a killed run may have left another one: that is removed. NotFound
  // where no member has a name that a pattern matches.
  static Result<UnpackedArchive> Open(const std::string& path,
                                      const std::vector<events::TableOfFiles>& tables,
                                      const std::string& temp_folder);
  UnpackedArchive(UnpackedArchive&& other) noexcept : folder_(std::exchange(other.folder_, "")) {}
  UnpackedArchive& operator=(UnpackedArchive&&) = delete;
  ~UnpackedArchive();

  const std::string& folder() const { return folder_; }

 private:
  explicit UnpackedArchive(std::string folder) : folder_(std::move(folder)) {}
  Result<> Unpack(const std::string& path, const std::vector<events::TableOfFiles>& tables);

  std::string folder_;
};

}  // namespace codman::ingest
