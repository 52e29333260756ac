#include "feature_store/offline_store.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/file.h"
#include "base/text.h"
#include "feature_store/history_stream_internal.h"
#include "feature_store/parquet_matrix_internal.h"
#include "feature_store/part_builder_internal.h"
#include "feature_store/table_rows_internal.h"

namespace codman::feature_store {
namespace {

std::string KeyOf(const features::FeatureSet& set, const std::vector<std::string>& blocks,
                  const RowRule& rule, const events::Concepts& concepts,
                  const engine::DeltaSnapshot& events) {
  std::string text = format("{}|{}|{}|{}|{}|{}|{}|{}", set.hash(), base::Join(blocks, ","),
                            rule.source, int(rule.times), rule.start_concept, rule.end_concept,
                            rule.label_concept, rule.horizon_us);
  if (!rule.table.empty() || !rule.label_table.empty()) {
    text += format("|{}|{}|{}|{}", rule.table, rule.label_table, rule.label_column,
                   base::Join(rule.classes, ","));
  }
  // Units and classes of codes change who satisfies a predicate.
  if (rule.cohort) text += format("|{}|{}", rule.cohort->text, concepts.hash());
  for (const auto& file : events.files) text += "|" + file.path;
  return base::Sha256Hex(text).substr(0, 32);
}

Result<> ComputeEventRows(const HistoryRequest& request, PartBuilder* builder,
                          const std::function<void(double)>& progress) {
  const auto& rule = request.rule;
  if (rule.cohort) {
    std::string told = ToldBy(request.lake, request.events, rule.source);
    builder->set_cohort(TRY(StageCohort(request.engine, told, request.concepts, rule)));
    builder->rows().notes = CohortNotes(*rule.cohort);
  }
  auto num_subjects = static_cast<double>(builder->rows().subjects.ids.size() + 1);
  TRY(StreamHistories(request, [&](SubjectHistory history) -> Result<> {
    if (progress) progress(static_cast<double>(history.subject) / num_subjects);
    return builder->Add(std::move(history));
  }));
  return builder->Finish();
}

}  // namespace

uint8_t PredictionRows::PlaceOf(const std::string& reason) {
  auto found = std::find(reasons.begin(), reasons.end(), reason);
  CHECK(reasons.size() < 255);
  if (found == reasons.end()) found = reasons.insert(found, reason);
  return static_cast<uint8_t>(found - reasons.begin());
}

std::unique_ptr<columns::MatrixSource> OfflineMatrix::Select(
    const std::vector<std::string>& names) const {
  return std::make_unique<ParquetMatrix>(files, names, rows.size(), temp_folder);
}

Result<OfflineMatrix> BuildOfflineMatrix(engine::SqlEngine* engine, const lakehouse::Lake& lake,
                                         const events::Concepts& concepts,
                                         const features::FeatureSet& feature_set,
                                         const std::vector<std::string>& blocks,
                                         const RowRule& rule, const OfflineOptions& options,
                                         const std::function<void(double)>& progress) {
  auto plan = TRY(feature_set.Compile(blocks));
  auto snapshot = TRY(rule.table.empty() ? lake.Events().Load() : lake.Newest(rule.table));
  OfflineMatrix result{.temp_folder = options.temp_folder};
  result.key = KeyOf(feature_set, blocks, rule, concepts, snapshot);
  if (!rule.label_table.empty()) {
    auto labels = TRY(lake.Newest(rule.label_table));
    result.key = base::Sha256Hex(format("{} {} {}", result.key, labels.table_id, labels.version))
                     .substr(0, 32);
  }
  result.folder = format("{}/{}/{}", options.root, feature_set.name(), result.key);
  result.columns = plan->column_names();
  std::string manifest = result.folder + "/manifest.json";
  if (options.reuse && base::FileExists(manifest)) {
    Json document = TRY(base::ParseJson(TRY(base::ReadFile(manifest))));
    for (const auto& name : document["files"].items())
      result.files.push_back(result.folder + "/" + name.AsString());
    result.rows = TRY(ReadIndex(engine, result.folder));
    for (const auto& note : document["notes"].items()) result.rows.notes.push_back(note.AsString());
  } else {
    TRY(base::RemoveTree(result.folder));
    Subjects subjects = TRY(StageSubjects(engine, lake, rule.source));
    auto writer = TRY(PartWriter::Open(result.folder, result.columns, options.temp_folder));
    PartBuilder builder(plan, rule, options.num_threads, &writer);
    builder.rows().subjects = std::move(subjects);
    if (rule.table.empty()) {
      TRY(ComputeEventRows({engine, lake, snapshot, concepts, *plan, rule}, &builder, progress));
    } else {
      TRY(ComputeTableRows(engine, lake, *plan, rule, &writer, &builder.rows()));
    }
    TRY(writer.WriteIndex(builder.rows()));
    Json document = Json::Object({{"feature_set", feature_set.name()},
                                  {"feature_set_hash", feature_set.hash()},
                                  {"blocks", Json::Array(blocks)},
                                  {"source", rule.source},
                                  {"rows", builder.rows().size()},
                                  {"notes", Json::Array(builder.rows().notes)},
                                  {"files", Json::Array()}});
    for (const auto& file : writer.files())
      document.members().back().second.Add(file.substr(file.rfind('/') + 1));
    TRY(base::WriteFileAtomically(manifest, document.ToPrettyString()));
    result.files = writer.files();
    result.rows = std::move(builder.rows());
  }
  if (progress) progress(1);
  result.matrix = result.Select(result.columns);
  return result;
}

}  // namespace codman::feature_store
