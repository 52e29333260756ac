// A matrix that is decoded once, for what scans it many times: a training run reads its rows about
// a dozen times, and decoding Parquet that often costs as much as growing the trees.
//
// The first scan that reaches the end leaves the blocks, packed by LZ4, in a file without a name
// below `temp_folder`; later scans read that, bit for bit the same. The
// system forgets the file with this object, also after a kill. Where it cannot be written (disk
// full, read-only folder), every scan reads the source.
#pragma once

#include <memory>
#include <string>

#include "columns/matrix.h"

namespace codman::feature_store {

std::unique_ptr<columns::MatrixSource> Cached(std::unique_ptr<columns::MatrixSource> source,
                                              const std::string& temp_folder);

}  // namespace codman::feature_store
