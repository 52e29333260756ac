// Errors of the file system as values, with what to do about them. Private to the room.
#pragma once

#include <string>

#include "base/result.h"

namespace codman::storage {

// Of errno: "cannot write /x: No space left on device; free some space and try again".
Error DiskError(const std::string& doing, const std::string& path);

}  // namespace codman::storage
