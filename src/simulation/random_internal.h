// Random numbers that are the same on every machine: xoshiro256** (Blackman & Vigna, 2018) seeded
// by splitmix64.
//
// Everything drawn here uses only integer work and + - *, because the distributions of <random> and
// the functions of <cmath> may differ between libraries and would change the bytes of a simulated
// file. One object per thread.
#pragma once

#include <array>
#include <cstdint>

namespace codman::simulation {

// One step of splitmix64: advances `state` and gives the next number.
uint64_t SplitMix64(uint64_t* state);

class Random {
 public:
  // Streams of one seed are independent: patient 7 draws the same however many patients there are.
  Random(uint64_t seed, uint64_t subject, uint64_t stream);
  explicit Random(const std::array<uint64_t, 4>& state) : state_(state) {}

  uint64_t Next();
  double Uniform();                          // [0, 1), 53 bits
  double Between(double low, double high);   // [low, high)
  int64_t Whole(int64_t low, int64_t high);  // low..high, ends included
  bool Chance(double probability);
  // Mean 0, variance 1, within ±3.47: the sum of four 16-bit uniforms (Irwin-Hall), close enough to
  // a bell for vital signs and free of logarithms.
  double Normal();
  // Mean 1, right-skewed: a quarter of the sum of four squared normals (Erlang of order 2).
  double Skewed();

 private:
  std::array<uint64_t, 4> state_;
};

}  // namespace codman::simulation
