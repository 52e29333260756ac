// One NDJSON file whose records come almost in order of stored_at and leave it exactly in that
// order.
#pragma once

#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace codman::simulation {

// Records wait in hourly windows until nothing older can come; memory is that of the waiting
// records alone. Written under a hidden name and renamed by Close, so that a killed run leaves
// nothing that looks whole. Not for threads.
class FeedFile {
 public:
  static Result<FeedFile> Create(const std::string& folder, const std::string& name);

  // Lines of equal stored_at keep the order in which they were added.
  void Add(int64_t stored_at_us, std::string line);
  // Writes what was stored before the hour of `time_us`: no later Add may lie before it.
  Result<> WriteBefore(int64_t time_us);
  // Writes the rest and gives the file its name.
  Result<> Close();

 private:
  struct Waiting {
    int64_t stored_at_us;
    std::string line;
  };
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  FeedFile(std::string folder, std::string name, std::FILE* file)
      : folder_(std::move(folder)), name_(std::move(name)), file_(file) {}
  std::string PartPath() const { return folder_ + "/." + name_ + ".part"; }
  Result<> WriteWindow(std::vector<Waiting>* window);
  Error CannotWrite() const;

  std::string folder_, name_;
  std::unique_ptr<std::FILE, CloseFile> file_;
  std::map<int64_t, std::vector<Waiting>> windows_;  // by hour since 1970
};

}  // namespace codman::simulation
