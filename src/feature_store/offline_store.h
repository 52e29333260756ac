// Training matrices: features as of each prediction time, computed by the kernel from silver, kept
// as Parquet.
//
// Layout: <root>/<feature set>/<key>/part-00000.parquet … and rows.parquet, manifest.json (written
// last: a folder without it is unfinished and is made anew). The key is a hash of everything that
// can change a value: feature set, blocks, concepts, rule and the versions of silver. Columns:
// subject_id, prediction_time, source_row, then the plan's columns in order.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "columns/matrix.h"
#include "engine/sql_engine.h"
#include "events/concepts.h"
#include "feature_store/prediction_rows.h"
#include "features/feature_set.h"
#include "features/kernel.h"
#include "lakehouse/lake.h"

namespace codman::feature_store {

struct OfflineMatrix {
  std::string folder;
  std::string key;                 // hex
  std::vector<std::string> files;  // of the parts, in order
  std::vector<std::string> columns;
  PredictionRows rows;
  std::unique_ptr<columns::MatrixSource> matrix;  // over the parts; rows as in `rows`

  // The same rows with these columns only: reads no others.
  std::unique_ptr<columns::MatrixSource> Select(const std::vector<std::string>& names) const;
  std::string temp_folder;
};

struct OfflineOptions {
  std::string root;  // <home>/features
  std::string temp_folder;
  int num_threads = 0;
  bool reuse = true;  // take a finished matrix of the same key
};

// Reads silver with `engine`, computes with all cores, writes while computing: memory is bounded by
// one part.
Result<OfflineMatrix> BuildOfflineMatrix(engine::SqlEngine* engine, const lakehouse::Lake& lake,
                                         const events::Concepts& concepts,
                                         const features::FeatureSet& feature_set,
                                         const std::vector<std::string>& blocks,
                                         const RowRule& rule, const OfflineOptions& options,
                                         const std::function<void(double)>& progress = {});

}  // namespace codman::feature_store
