// Units as far as expressions need them: which atoms, to which power. "mg/dL" is one atom; UCUM
// annotations in braces and "1" are dimensionless (UCUM §2.1); a bare number fits every unit.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace codman::features {

class Unit {
 public:
  static Unit Neutral();                     // of a number
  static Unit One();                         // of a comparison
  static Unit Named(std::string_view text);  // as concepts and features declare it

  bool is_neutral() const { return neutral_; }
  bool is_one() const { return !neutral_ && powers_.empty(); }
  // Both may stand in one sum: equal, or one of them neutral.
  bool Fits(const Unit& other) const;
  // A declared unit names this one. Of a product of several atoms any name is taken: there is no
  // other word for it.
  bool MayBeCalled(std::string_view declared) const;
  Unit Or(const Unit& other) const { return neutral_ ? other : *this; }  // of two that fit
  Unit TimesUnit(const Unit& other, int power) const;
  std::string ToString() const;

 private:
  bool neutral_ = false;
  std::map<std::string, int, std::less<>> powers_;
};

}  // namespace codman::features
