#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/clock.h"
#include "base/text.h"
#include "simulation/feed_file_internal.h"

namespace codman::simulation {

Result<FeedFile> FeedFile::Create(const std::string& folder, const std::string& name) {
  FeedFile file(folder, name, nullptr);
  file.file_.reset(std::fopen(file.PartPath().c_str(), "wb"));
  if (!file.file_) return file.CannotWrite();
  return file;
}

Error FeedFile::CannotWrite() const {
  return base::Unavailable(
      format("cannot write {}/{}: {}; choose a folder with room and the right to write", folder_,
             name_, std::strerror(errno)));
}

void FeedFile::Add(int64_t stored_at_us, std::string line) {
  windows_[stored_at_us / base::kHourUs].push_back({stored_at_us, std::move(line)});
}

Result<> FeedFile::WriteBefore(int64_t time_us) {
  while (!windows_.empty() && windows_.begin()->first < time_us / base::kHourUs) {
    TRY(WriteWindow(&windows_.begin()->second));
    windows_.erase(windows_.begin());
  }
  return {};
}

Result<> FeedFile::WriteWindow(std::vector<Waiting>* window) {
  std::stable_sort(window->begin(), window->end(), [](const Waiting& a, const Waiting& b) {
    return a.stored_at_us < b.stored_at_us;
  });
  for (auto& waiting : *window) {
    waiting.line.push_back('\n');
    if (std::fwrite(waiting.line.data(), 1, waiting.line.size(), file_.get()) !=
        waiting.line.size()) {
      return CannotWrite();
    }
  }
  return {};
}

Result<> FeedFile::Close() {
  for (auto& [hour, window] : windows_) TRY(WriteWindow(&window));
  windows_.clear();
  if (std::fclose(file_.release()) != 0) return CannotWrite();
  const std::string path = folder_ + "/" + name_;
  if (std::rename(PartPath().c_str(), path.c_str()) != 0) return CannotWrite();
  return {};
}

}  // namespace codman::simulation
