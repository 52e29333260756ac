#include "registry/document_difference.h"

#include <gtest/gtest.h>

// Expected values by hand from document_difference.h.
namespace codman::registry {
namespace {

Json Parsed(const char* text) { return base::ParseJson(text).value(); }

TEST(DocumentDifferenceTest, NamesWhatDiffers) {
  struct {
    const char *a, *b, *expected;
  } cases[] = {
      {"{}", "{}", "[]"},
      {"null", R"({"x":1})", R"([{"name":"x","a":null,"b":1}])"},
      {R"({"x":1,"y":2})", R"({"y":2,"x":1})", "[]"},
      {R"({"x":{"y":1,"z":[1,2]}})", R"({"x":{"y":1,"z":[2,1]}})",
       R"([{"name":"x.z","a":[1,2],"b":[2,1]}])"},
      {R"({"gone":"a","same":true})", R"({"same":true,"new":false})",
       R"([{"name":"gone","a":"a","b":null},{"name":"new","a":null,"b":false}])"},
      {R"({"x":1})", R"({"x":"1"})", R"([{"name":"x","a":1,"b":"1"}])"},
  };
  for (const auto& one : cases)
    EXPECT_EQ(DifferingMembers(Parsed(one.a), Parsed(one.b)).ToString(), one.expected);
}

TEST(DocumentDifferenceTest, SubtractsNumbers) {
  struct {
    const char *a, *b, *expected;
  } cases[] = {
      {R"({"x":1,"word":"w"})", R"({"x":1})", R"([{"name":"x","a":1,"b":1,"difference":0}])"},
      {R"({"x":0.5})", R"({"x":0.25})", R"([{"name":"x","a":0.5,"b":0.25,"difference":-0.25}])"},
      {R"({"x":null})", R"({"x":2})", R"([{"name":"x","a":null,"b":2,"difference":null}])"},
      {"null", "null", "[]"},
  };
  for (const auto& one : cases)
    EXPECT_EQ(NumberDifferences(Parsed(one.a), Parsed(one.b)).ToString(), one.expected);
}

}  // namespace
}  // namespace codman::registry
