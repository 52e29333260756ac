// The work of bench/peers/features_peer.py and nothing more: a tar of PhysioNet 2019 files is
// parsed and checked, the kernel computes every hour's vector of sepsis_42, raw doubles are
// written. One thread, no lake and no Parquet: what the kernel costs beside pandas, which keeps
// neither.
//
// features_bench ARCHIVE.tar OUT.f64
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "base/yaml.h"
#include "features/kernel.h"

namespace codman {
namespace {

constexpr int64_t kHourUs = 3'600'000'000;

struct Stay {
  std::string_view name, text;
};

// Plain ustar, as Python's tarfile writes it: a header of 512 bytes, then the file in blocks of
// 512.
std::vector<Stay> StaysOf(std::string_view tar) {
  std::vector<Stay> stays;
  for (size_t at = 0; at + 512 <= tar.size() && tar[at] != 0;) {
    std::string_view name(tar.data() + at);
    size_t size = std::strtoul(std::string(tar.substr(at + 124, 12)).c_str(), nullptr, 8);
    if (name.ends_with(".psv")) stays.push_back({name, tar.substr(at + 512, size)});
    at += 512 + (size + 511) / 512 * 512;
  }
  std::sort(stays.begin(), stays.end(),
            [](const Stay& a, const Stay& b) { return a.name < b.name; });
  return stays;
}

struct Source {
  std::vector<int> concept_of;  // by column of the file, or -1
  std::vector<bool> is_static;
  size_t hour_column = 0;
};

Result<Source> SourceOf(std::string_view header, const events::Concepts& concepts) {
  const std::string path = "clinic/sources/physionet2019.yaml";
  Json declared = TRY(base::ParseYaml(TRY(base::ReadFile(path)), path));
  Source source;
  for (std::string_view column : base::Split(header, '|')) {
    if (column == "ICULOS") source.hour_column = source.concept_of.size();
    const Json* entry = declared["columns"].Find(column);
    const Json* measured = entry == nullptr ? nullptr : entry->Find("concept");
    const Json* fixed = entry == nullptr ? nullptr : entry->Find("static");
    bool names_one = measured != nullptr || (fixed != nullptr && fixed->is_string());
    source.is_static.push_back(fixed != nullptr);
    source.concept_of.push_back(
        names_one ? concepts.Find((measured != nullptr ? measured : fixed)->AsString()) : -1);
  }
  return source;
}

class Computing {
 public:
  Computing(const events::Concepts& concepts, std::shared_ptr<const features::Plan> plan,
            Source source, std::FILE* out)
      : concepts_(concepts),
        admission_(concepts.Find("icu_admission")),
        source_(std::move(source)),
        state_(plan),
        width_(plan->columns().size()),
        block_(kRowsAtATime * width_),
        out_(out) {}

  void AddStay(std::string_view text) {
    state_.Reset();
    state_.Add({.key = 1, .concept_index = admission_, .value = 1});
    bool is_first = true;
    for (size_t at = text.find('\n') + 1; at < text.size();) {
      size_t end = std::min(text.find('\n', at), text.size());
      AddRow(text.substr(at, end - at), is_first);
      is_first = false;
      at = end + 1;
    }
  }

  // Writes what is left of the last block.
  void Finish() {
    std::fwrite(block_.data(), sizeof(double), in_block_ * width_, out_);
    in_block_ = 0;
  }

  int64_t rows() const { return rows_; }

 private:
  static constexpr size_t kRowsAtATime = 256;

  void AddRow(std::string_view line, bool is_first) {
    double cells[64];
    size_t count = 0;
    for (size_t at = 0; at <= line.size() && count < std::size(cells);) {
      size_t end = at;
      while (end < line.size() && line[end] != '|') ++end;
      std::string_view cell = line.substr(at, end - at);
      cells[count++] = cell == "NaN" ? NAN : base::ParseDouble(cell).value_or(NAN);
      at = end + 1;
    }
    int64_t t_us = static_cast<int64_t>(cells[source_.hour_column]) * kHourUs;
    for (size_t k = 0; k < count && k < source_.concept_of.size(); ++k) {
      int concept_index = source_.concept_of[k];
      if (concept_index < 0 || (source_.is_static[k] && !is_first)) continue;
      const events::Concept& about = concepts_[concept_index];
      if (!(cells[k] >= about.low && cells[k] <= about.high)) continue;
      state_.Add({.event_time_us = t_us,
                  .known_time_us = t_us,
                  .received_seq = rows_,
                  .key = static_cast<uint64_t>(t_us),
                  .concept_index = concept_index,
                  .value = about.top_code ? std::min(cells[k], *about.top_code) : cells[k]});
    }
    state_.Compute(t_us, {block_.data() + in_block_ * width_, width_});
    if (++in_block_ == kRowsAtATime) Finish();
    ++rows_;
  }

  const events::Concepts& concepts_;
  int admission_;
  Source source_;
  features::SubjectState state_;
  size_t width_;
  std::vector<double> block_;  // rows on their way to the file
  size_t in_block_ = 0;
  std::FILE* out_;
  int64_t rows_ = 0;
};

Result<> Run(const std::string& archive, const std::string& output) {
  auto concepts = TRY(events::Concepts::Load("clinic/concepts"));
  auto set = TRY(features::FeatureSet::Load("clinic/features/sepsis_42.yaml", concepts));
  auto plan = TRY(set.Compile({"signals", "process"}));
  std::string tar = TRY(base::ReadFile(archive));
  std::vector<Stay> stays = StaysOf(tar);
  if (stays.empty()) return base::InvalidInput("the archive holds no .psv file; is it packed?");
  std::string_view first = stays[0].text;
  auto source = TRY(SourceOf(base::Trim(first.substr(0, first.find('\n'))), concepts));
  std::FILE* out = std::fopen(output.c_str(), "wb");
  if (out == nullptr) return base::Unavailable("cannot write " + output);
  Computing computing(concepts, plan, std::move(source), out);
  for (const Stay& stay : stays) computing.AddStay(stay.text);
  computing.Finish();
  std::fclose(out);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("{\"rows\": %ld, \"columns\": %zu, \"peak_rss_mb\": %.1f}\n",
              static_cast<long>(computing.rows()), plan->columns().size(),
              double(usage.ru_maxrss) / 1024);
  return {};
}

}  // namespace
}  // namespace codman

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  auto done = codman::Run(argv[1], argv[2]);
  if (!done.ok()) std::fprintf(stderr, "%s\n", done.error().ToString().c_str());
  return done.ok() ? 0 : 1;
}
