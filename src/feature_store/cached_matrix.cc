#include "feature_store/cached_matrix.h"

#include <fcntl.h>
#include <lz4.h>
#include <unistd.h>

#include <cstdlib>
#include <span>
#include <utility>
#include <vector>

#include "base/file.h"

namespace codman::feature_store {
namespace {

using columns::MatrixBlock;

// A file that has no name: it ends with its descriptor.
class NamelessFile {
 public:
  NamelessFile() = default;
  NamelessFile(const NamelessFile&) = delete;
  NamelessFile& operator=(const NamelessFile&) = delete;
  ~NamelessFile() { Close(); }

  bool Open(const std::string& folder) {
    Close();
    if (!base::MakeFolders(folder).ok()) return false;
    std::string path = folder + "/matrix-XXXXXX";
    fd_ = mkostemp(path.data(), O_CLOEXEC);
    return fd_ >= 0 && unlink(path.c_str()) == 0;
  }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }
  bool WriteAt(int64_t offset, std::span<const char> bytes) { return All(pwrite, offset, bytes); }
  bool ReadAt(int64_t offset, std::span<char> bytes) { return All(pread, offset, bytes); }

 private:
  // The system may move a part at a time.
  template <typename Move, typename Byte>
  bool All(Move move, int64_t offset, std::span<Byte> bytes) const {
    while (!bytes.empty()) {
      const ssize_t count = move(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (count <= 0) return false;
      offset += count;
      bytes = bytes.subspan(static_cast<size_t>(count));
    }
    return true;
  }

  int fd_ = -1;
};

class CachedMatrix : public columns::MatrixSource {
 public:
  CachedMatrix(std::unique_ptr<columns::MatrixSource> source, std::string temp_folder)
      : source_(std::move(source)), temp_folder_(std::move(temp_folder)) {}

  int64_t num_rows() const override { return source_->num_rows(); }
  const std::vector<std::string>& feature_names() const override {
    return source_->feature_names();
  }
  Result<> Scan(const std::function<Result<>(const MatrixBlock&)>& sink) override {
    return state_ == State::kKept ? ScanFile(sink) : ScanSource(sink);
  }

 private:
  enum class State { kEmpty, kKept, kImpossible };
  struct Place {
    int64_t offset = 0, num_rows = 0;
    int packed_bytes = 0;
  };

  Result<> ScanSource(const std::function<Result<>(const MatrixBlock&)>& sink) {
    places_.clear();
    if (state_ == State::kEmpty && !file_.Open(temp_folder_)) state_ = State::kImpossible;
    TRY(source_->Scan([&](const MatrixBlock& block) -> Result<> {
      if (state_ == State::kEmpty && !Keep(block)) GiveUp();
      return sink(block);
    }));
    if (state_ == State::kEmpty) state_ = State::kKept;
    return {};
  }

  // Others may need the space.
  void GiveUp() {
    state_ = State::kImpossible;
    file_.Close();
  }

  bool Keep(const MatrixBlock& block) {
    size_t bytes = block.values.size() * sizeof(double);
    if (bytes > LZ4_MAX_INPUT_SIZE) return false;
    packed_.resize(static_cast<size_t>(LZ4_compressBound(static_cast<int>(bytes))));
    int packed_bytes =
        LZ4_compress_default(reinterpret_cast<const char*>(block.values.data()), packed_.data(),
                             static_cast<int>(bytes), static_cast<int>(packed_.size()));
    Place place{.num_rows = block.num_rows, .packed_bytes = packed_bytes};
    if (!places_.empty()) place.offset = places_.back().offset + places_.back().packed_bytes;
    places_.push_back(place);
    return file_.WriteAt(place.offset, std::span(packed_).first(static_cast<size_t>(packed_bytes)));
  }

  Result<> ScanFile(const std::function<Result<>(const MatrixBlock&)>& sink) {
    MatrixBlock block{.num_features = static_cast<int>(feature_names().size())};
    for (const Place& place : places_) {
      packed_.resize(static_cast<size_t>(place.packed_bytes));
      block.num_rows = place.num_rows;
      block.values.resize(static_cast<size_t>(place.num_rows) * feature_names().size());
      int bytes = static_cast<int>(block.values.size() * sizeof(double));
      bool good = file_.ReadAt(place.offset, packed_) &&
                  LZ4_decompress_safe(packed_.data(), reinterpret_cast<char*>(block.values.data()),
                                      place.packed_bytes, bytes) == bytes;
      if (!good)
        return base::Unavailable("cannot read a temporary file in " + temp_folder_ +
                                 ": check the disk");
      TRY(sink(block));
      block.first_row += place.num_rows;
    }
    return {};
  }

  std::unique_ptr<columns::MatrixSource> source_;
  std::string temp_folder_;
  State state_ = State::kEmpty;
  NamelessFile file_;
  std::vector<Place> places_;
  std::vector<char> packed_;
};

}  // namespace

std::unique_ptr<columns::MatrixSource> Cached(std::unique_ptr<columns::MatrixSource> source,
                                              const std::string& temp_folder) {
  return std::make_unique<CachedMatrix>(std::move(source), temp_folder);
}

}  // namespace codman::feature_store
