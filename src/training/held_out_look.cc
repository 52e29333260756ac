#include "base/crypto.h"
#include "base/text.h"
#include "training/held_out_look_internal.h"
#include "training/split.h"

namespace codman::training {

std::string SnapshotOf(const feature_store::PredictionRows& rows,
                       const std::vector<uint8_t>& keep) {
  base::Sha256 hash;
  for (size_t i = 0; i < keep.size(); ++i) {
    if (keep[i] == 0) continue;
    hash.Add(format("{}\n{}\n{}\n{}\n",
                    rows.subjects.identifiers[static_cast<size_t>(rows.subject[i])],
                    rows.source_row[i], rows.time_us[i], rows.label[i]));
  }
  return base::ToHex(hash.Finish());
}

Result<int64_t> CountLook(const Run& run) {
  const auto& rows = run.offline.rows;
  auto parts = SplitRows(rows, *run.request.task, run.request.source->name);
  return run.place.registry->jobs().CountLook(run.job,
                                              SnapshotOf(rows, RowsIn(rows, parts, {kHeldOut})));
}

void TellLook(int64_t look, Json* report) {
  Json context = (*report)["context"];
  context.Add(Json::Object({{"label", "Held-out patients"}, {"text", LookWords(look)}}));
  report->Set("context", std::move(context));
  report->Set("held_out_look", look);
}

std::string LookWords(int64_t look) {
  bool teen = look / 10 % 10 == 1;
  int64_t last = look % 10;
  const char* ending = teen ? "th" : last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th";
  return format("the {}{} look at these held-out patients", look, ending);
}

}  // namespace codman::training
