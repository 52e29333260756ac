// Draws that depend on a number alone: the same on every machine and for any number of threads.
#pragma once

#include <cstdint>

namespace codman::models {

// splitmix64 (Steele, Lea, Flood 2014): a fixed, well mixed draw that no periodicity of the rows
// can meet.
inline uint64_t Mix(uint64_t x) {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

// In [0, 1).
inline double UniformOf(uint64_t draw) { return static_cast<double>(draw >> 11) * 0x1p-53; }

}  // namespace codman::models
