#include "base/text.h"
#include "evaluation/comparison.h"
#include "training/learning_curve_internal.h"
#include "training/split.h"

namespace codman::training {
namespace {

constexpr double kShares[] = {0.125, 0.25, 0.5};

// A class without a row, a fit that does not settle: fewer patients, not a fault.
bool IsOfTheRows(const Error& error) {
  return error.kind() == ErrorKind::kInvalidInput || error.kind() == ErrorKind::kDataQuality;
}

void Take(const Json& measure, const std::string& from, const std::string& name, Json* point) {
  for (const char* end : {"", "_low", "_high"}) point->Set(name + end, measure[from + end]);
}

}  // namespace

Result<Json> LearningCurve(const Run& run, const Folds& folds, const JudgementInputs& whole) {
  const auto& rows = run.offline.rows;
  // Each patient is outside of all folds but one.
  auto point_of = [&](double share, const std::vector<uint8_t>& part) {
    auto patients = static_cast<double>(PatientsIn(rows, RowsIn(rows, part, {1})));
    return Json::Object(
        {{"share", share}, {"subjects", patients * (folds.count() - 1) / folds.count()}});
  };
  Json points = Json::Array(), left_out = Json::Array();
  Json last = point_of(1, std::vector<uint8_t>(rows.subject.size(), 1));
  std::string name;
  for (double share : kShares) {
    auto part = RowsOfShare(rows, run.request.task->seed, run.request.source->name, share);
    auto told = folds.ToldFrom(part);
    if (!told.ok() && !IsOfTheRows(told.error())) return told.error();
    if (!told.ok()) {
      left_out.Add(Json::Object({{"share", share}, {"why", told.error().ToString()}}));
      continue;
    }
    auto compared = TRY(CompareWith(whole, format("{:g} of the patients", share), *told));
    const Json& measure = evaluation::HeadMeasure(compared);
    Json point = point_of(share, part);
    Take(measure, "other", "value", &point);
    Take(measure, "difference", "lost", &point);
    points.Add(std::move(point.Set("verdict", measure["verdict"])));
    Take(measure, "model", "value", &last);
    name = measure["name"].AsString();
    run.Tell("learning curve", 2 * share);
  }
  if (points.size() > 0) points.Add(std::move(last));
  return Json::Object({{"measure", name}, {"points", points}, {"left_out", left_out}});
}

}  // namespace codman::training
