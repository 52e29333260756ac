#include <bit>

#include "simulation/random_internal.h"

namespace codman::simulation {
namespace {

constexpr double kTwoToMinus53 = 1.0 / 9007199254740992.0;
constexpr double kRootOfThree = 1.7320508075688772;

}  // namespace

uint64_t SplitMix64(uint64_t* state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

Random::Random(uint64_t seed, uint64_t subject, uint64_t stream) {
  // Each part passes the mixer before the next is added, so that neighbouring subjects share
  // nothing.
  uint64_t mixer = seed;
  mixer = SplitMix64(&mixer) ^ subject;
  mixer = SplitMix64(&mixer) ^ stream;
  for (auto& word : state_) word = SplitMix64(&mixer);
}

uint64_t Random::Next() {
  const uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

double Random::Uniform() { return static_cast<double>(Next() >> 11) * kTwoToMinus53; }

double Random::Between(double low, double high) { return low + (high - low) * Uniform(); }

int64_t Random::Whole(int64_t low, int64_t high) {
  return low + static_cast<int64_t>(Uniform() * static_cast<double>(high - low + 1));
}

bool Random::Chance(double probability) { return Uniform() < probability; }

double Random::Normal() {
  const uint64_t bits = Next();
  const uint64_t sum =
      (bits & 0xffff) + ((bits >> 16) & 0xffff) + ((bits >> 32) & 0xffff) + (bits >> 48);
  // Four uniforms on (0, 1), each taken at the middle of its step, have mean 2 and variance 1/3.
  return ((static_cast<double>(sum) + 2) / 65536 - 2) * kRootOfThree;
}

double Random::Skewed() {
  double sum = 0;
  for (int i = 0; i < 4; ++i) {
    const double normal = Normal();
    sum += normal * normal;
  }
  return sum / 4;
}

}  // namespace codman::simulation
