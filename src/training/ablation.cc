#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.h"
#include "training/ablation_internal.h"

namespace codman::training {
namespace {

using Names = std::vector<std::string>;

bool SameValue(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

// The inputs that have two different values, missing being one, among the rows of the cohort.
Result<std::set<std::string>> VaryingInputs(const Run& run) {
  auto* matrix = run.offline.matrix.get();
  const auto& names = matrix->feature_names();
  std::vector<double> first;
  std::set<std::string> varying;
  TRY(matrix->Scan([&](const columns::MatrixBlock& block) -> Result<> {
    for (int64_t i = 0; i < block.num_rows; ++i) {
      auto row = block.Row(i);
      if (run.offline.rows.excluded[static_cast<size_t>(block.first_row + i)] !=
          feature_store::kIncluded)
        continue;
      if (first.empty()) first.assign(row.begin(), row.end());
      for (size_t k = 0; k < names.size(); ++k) {
        if (!SameValue(first[k], row[k])) varying.insert(names[k]);
      }
    }
    return {};
  }));
  return varying;
}

std::vector<InputPart> Groups(const features::Plan& plan) {
  std::vector<InputPart> groups;
  for (const auto& column : plan.columns()) {
    const auto& group = plan.contract()[static_cast<size_t>(column.contract)].group;
    auto known = std::find_if(groups.begin(), groups.end(),
                              [&](const InputPart& part) { return part.name == group; });
    if (known == groups.end())
      known = groups.insert(groups.end(), {.kind = "group", .name = group, .columns = {}});
    known->columns.push_back(column.name);
  }
  return groups;
}

Names AllBut(const Names& all, const Names& left_out) {
  Names rest;
  for (const auto& name : all) {
    if (std::find(left_out.begin(), left_out.end(), name) == left_out.end()) rest.push_back(name);
  }
  return rest;
}

// A block's inputs are those that a plan gains when it is added to the blocks before it.
Result<std::vector<InputPart>> Blocks(const features::FeatureSet& set, const Names& wanted) {
  std::vector<InputPart> blocks;
  Names so_far;
  Names before = TRY(set.Compile({}))->column_names();
  for (const auto& name : wanted) {
    so_far.push_back(name);
    Names now = TRY(set.Compile(so_far))->column_names();
    blocks.push_back({.kind = "block", .name = name, .columns = AllBut(now, before)});
    before = std::move(now);
  }
  return blocks;
}

bool AnyOf(const Names& names, const std::set<std::string>& varying) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return varying.count(name) != 0; });
}

}  // namespace

Result<std::vector<InputPart>> PartsOfInputs(const Run& run) {
  auto varying = TRY(VaryingInputs(run));
  auto candidates = Groups(*run.plan);
  for (auto& block : TRY(Blocks(run.feature_set, run.request.variant->blocks)))
    candidates.push_back(std::move(block));
  const Names& all = run.offline.columns;
  std::vector<InputPart> parts;
  std::set<std::set<std::string>> seen;
  for (auto& part : candidates) {
    bool known = !seen.emplace(part.columns.begin(), part.columns.end()).second;
    if (known || !AnyOf(part.columns, varying) || !AnyOf(AllBut(all, part.columns), varying))
      continue;
    parts.push_back(std::move(part));
  }
  return parts;
}

Result<Json> Ablation(const Run& run, const Folds& folds, const JudgementInputs& whole) {
  Json list = Json::Array();
  auto parts = TRY(PartsOfInputs(run));
  double done = 0;
  auto judge = [&](const std::string& name, const Names& columns) -> Result<Json> {
    auto told = TRY(folds.ToldBy(columns).While(format("judging {}", name)));
    run.Tell("ablation", ++done / static_cast<double>(2 * parts.size()));
    return CompareWith(whole, name, told);
  };
  for (const auto& part : parts) {
    Json entry = Json::Object({{"kind", part.kind},
                               {"name", part.name},
                               {"inputs", static_cast<int64_t>(part.columns.size())}});
    entry.Set("without",
              TRY(judge("without " + part.name, AllBut(run.offline.columns, part.columns))));
    entry.Set("alone", TRY(judge(part.name + " alone", part.columns)));
    list.Add(std::move(entry));
  }
  return list;
}

}  // namespace codman::training
