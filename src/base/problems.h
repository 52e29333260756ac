// Collects what is wrong with a declaration, so that all of it is reported at once as file:line:
// message.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace codman::base {

class Problems {
 public:
  explicit Problems(std::string file) : file_(std::move(file)) {}

  void Add(int line, std::string message);
  void Add(const Json& where, std::string message) { Add(where.line(), std::move(message)); }
  // Takes over an error that already names its place.
  void Add(const Error& error) { lines_.push_back(error.ToString()); }

  // Every member of `object` must be one of `known`; what looks like a typing error gets its cure.
  void CheckKeys(const Json& object, const std::vector<std::string>& known);
  // The member as text / number; a problem where it is absent (and required) or of another kind.
  std::string Text(const Json& object, const std::string& key, bool required = true);
  double Number(const Json& object, const std::string& key, double otherwise);
  // Texts of a list member; absent gives an empty list.
  std::vector<std::string> Texts(const Json& object, const std::string& key);

  bool empty() const { return lines_.empty(); }
  const std::vector<std::string>& lines() const { return lines_; }
  // InvalidInput with one problem per line, or success.
  Result<> ToResult() const;

 private:
  std::string file_;
  std::vector<std::string> lines_;
};

}  // namespace codman::base
