#include "training/split.h"

#include <algorithm>
#include <set>

#include "base/crypto.h"
#include "base/text.h"

namespace codman::training {
namespace {

template <typename PartOfBucket>
std::vector<uint8_t> BySubject(const feature_store::PredictionRows& rows, uint64_t seed,
                               const std::string& source, PartOfBucket part_of) {
  std::vector<uint8_t> of_subject;
  for (const auto& identifier : rows.subjects.identifiers)
    of_subject.push_back(part_of(BucketOf(seed, source, identifier)));
  std::vector<uint8_t> parts;
  parts.reserve(rows.subject.size());
  for (int32_t subject : rows.subject) parts.push_back(of_subject[static_cast<size_t>(subject)]);
  return parts;
}

}  // namespace

double BucketOf(uint64_t seed, const std::string& source, const std::string& identifier) {
  uint64_t bits = base::LowBits(base::Sha256Of(format("{}\n{}\n{}", seed, source, identifier)));
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

std::vector<uint8_t> SplitRows(const feature_store::PredictionRows& rows,
                               const registry::Task& task, const std::string& source) {
  auto part_of = [&](double bucket) -> uint8_t {
    return bucket < task.train_share                       ? kTrain
           : bucket < task.train_share + task.tuning_share ? kTuning
                                                           : kHeldOut;
  };
  if (!task.splits_rows) return BySubject(rows, task.seed, source, part_of);
  std::vector<uint8_t> parts;
  for (size_t i = 0; i < rows.subject.size(); ++i) {
    const auto& identifier = rows.subjects.identifiers[static_cast<size_t>(rows.subject[i])];
    parts.push_back(
        part_of(BucketOf(task.seed, source, format("{}\n{}", identifier, rows.source_row[i]))));
  }
  return parts;
}

std::vector<uint8_t> FoldRows(const feature_store::PredictionRows& rows, uint64_t seed,
                              const std::string& source, int folds) {
  return BySubject(rows, seed, source, [&](double bucket) {
    return static_cast<uint8_t>(std::min(folds - 1, static_cast<int>(bucket * folds)));
  });
}

std::vector<uint8_t> RowsOfShare(const feature_store::PredictionRows& rows, uint64_t seed,
                                 const std::string& source, double share) {
  return BySubject(rows, seed, source + "\nshare",
                   [&](double bucket) { return static_cast<uint8_t>(bucket < share); });
}

std::vector<uint8_t> RowsIn(const feature_store::PredictionRows& rows,
                            const std::vector<uint8_t>& parts, const std::vector<uint8_t>& wanted) {
  std::vector<uint8_t> keep(parts.size());
  for (size_t i = 0; i < parts.size(); ++i) {
    bool included = rows.excluded[i] == feature_store::kIncluded;
    keep[i] = included && std::find(wanted.begin(), wanted.end(), parts[i]) != wanted.end() ? 1 : 0;
  }
  return keep;
}

int64_t PatientsIn(const feature_store::PredictionRows& rows, const std::vector<uint8_t>& keep) {
  std::set<int32_t> subjects;
  for (size_t i = 0; i < keep.size(); ++i) {
    if (keep[i] != 0) subjects.insert(rows.subject[i]);
  }
  return static_cast<int64_t>(subjects.size());
}

}  // namespace codman::training
