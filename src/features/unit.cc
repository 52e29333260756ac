#include "base/text.h"
#include "features/unit_internal.h"

namespace codman::features {

Unit Unit::Neutral() {
  Unit unit;
  unit.neutral_ = true;
  return unit;
}

Unit Unit::One() { return {}; }

Unit Unit::Named(std::string_view text) {
  Unit unit;
  bool annotation = text.size() >= 2 && text.front() == '{' && text.back() == '}';
  if (!text.empty() && text != "1" && !annotation) unit.powers_[std::string(text)] = 1;
  return unit;
}

bool Unit::Fits(const Unit& other) const {
  return neutral_ || other.neutral_ || powers_ == other.powers_;
}

bool Unit::MayBeCalled(std::string_view declared) const {
  bool simple = powers_.empty() || (powers_.size() == 1 && powers_.begin()->second == 1);
  return neutral_ || !simple || powers_ == Named(declared).powers_;
}

Unit Unit::TimesUnit(const Unit& other, int power) const {
  if (neutral_ && other.neutral_) return *this;
  Unit product = *this;
  product.neutral_ = false;
  for (const auto& [atom, exponent] : other.powers_) {
    int& sum = product.powers_[atom];
    sum += power * exponent;
    if (sum == 0) product.powers_.erase(atom);
  }
  return product;
}

std::string Unit::ToString() const {
  if (neutral_) return "a number";
  if (powers_.empty()) return "1";
  std::vector<std::string> parts;
  for (const auto& [atom, power] : powers_) {
    parts.push_back(power == 1 ? atom : format("({})^{}", atom, power));
  }
  return base::Join(parts, "·");
}

}  // namespace codman::features
