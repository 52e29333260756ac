// How a bench and its driver hand each other numbers: a file of doubles as the machine has them.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "base/file.h"

inline std::vector<double> DoublesOf(const std::string& bytes) {
  std::vector<double> values(bytes.size() / sizeof(double));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(double));
  return values;
}

inline bool WriteDoubles(const std::string& path, const std::vector<double>& values) {
  std::string bytes(values.size() * sizeof(double), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return codman::base::WriteFileAtomically(path, bytes).ok();
}
