#include "base/yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"

// Expected values: the YAML 1.2 core schema (chapter 10.3) as far as yaml.h promises it.
namespace codman::base {
namespace {

using testing::HasSubstr;

TEST(Yaml, ReadsScalarsOfTheCoreSchema) {
  auto json = *ParseYaml(R"(
a: 12
b: -0.5
c: true
d: null
e: ~
f:
g: "12"
h: '1.5'
i: plain text
j: "true"
k: yes
l: 1e3
m: "null"
n: .nan
)",
                         "x.yaml");
  EXPECT_EQ(json.ToString(),
            R"({"a":12,"b":-0.5,"c":true,"d":null,"e":null,"f":null,"g":"12","h":"1.5",)"
            R"("i":"plain text","j":"true","k":"yes","l":1000,"m":"null","n":".nan"})");
}

TEST(Yaml, NodesKnowTheirLines) {
  auto json = *ParseYaml("a: 1\nlist:\n  - x\n  - {k: v}\nlast:\n  deep: 2\n", "x.yaml");
  EXPECT_EQ(json["a"].line(), 1);
  EXPECT_EQ(json["list"].line(), 2);
  EXPECT_EQ(json["list"].items()[0].line(), 3);
  EXPECT_EQ(json["list"].items()[1].line(), 4);
  EXPECT_EQ(json["last"]["deep"].line(), 6);
}

TEST(Yaml, ResolvesAnchorsAndAliases) {
  auto json = *ParseYaml("a: &x {k: [1, 2]}\nb: *x\n", "x.yaml");
  EXPECT_EQ(json["b"].ToString(), R"({"k":[1,2]})");
  EXPECT_EQ(json["b"].line(), 2);
}

TEST(Yaml, RefusesAndNamesFileAndLine) {
  struct Case {
    const char* text;
    const char* place;
    const char* cause;
  };
  for (auto [text, place, cause] : {Case{"a: 1\nb: 2\na: 3\n", "x.yaml:3:", "'a' stands twice"},
                                    {"a: [1, 2\nb: 3\n", "x.yaml:", "not valid YAML"},
                                    {"a: 1\n  b: 2\n", "x.yaml:2:", "not valid YAML"},
                                    {"a: *unknown\n", "x.yaml:1:", "not valid YAML"},
                                    {"? [1, 2]\n: x\n", "x.yaml:1:", "a key must be plain text"},
                                    {"a: 1\n---\nb: 2\n", "x.yaml:", "several documents"},
                                    {"a: 1\n---\n,a: 3\n", "x.yaml:", "several documents"},
                                    {"a: 1\nb: \"open\n", "x.yaml:", "not valid YAML"},
                                    {"a: 1\nb: \xff\n", "x.yaml:2:", "not valid YAML"},
                                    {"a: 1\nb: !!int \"3\"\n", "x.yaml:2:", "tag"},
                                    {"a: 1\nb: !mine {c: 1}\n", "x.yaml:2:", "tag"},
                                    {"a: !!python/object:os.system [x]\n", "x.yaml:1:", "tag"}}) {
    auto json = ParseYaml(text, "x.yaml");
    ASSERT_FALSE(json.ok()) << text;
    EXPECT_EQ(json.error().kind(), ErrorKind::kInvalidInput);
    EXPECT_THAT(json.error().message(), HasSubstr(place)) << text;
    EXPECT_THAT(json.error().message(), HasSubstr(cause)) << text;
  }
}

// "Billion laughs": nine levels of ten aliases would be 10^9 nodes.
TEST(Yaml, AliasesDoNotMultiplyWithoutBound) {
  std::string text = "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 9; ++level) {
    text += format("l{0}: &l{0} [", level);
    for (int i = 0; i < 10; ++i) text += format("{}*l{}", i == 0 ? "" : ", ", level - 1);
    text += "]\n";
  }
  auto json = ParseYaml(text, "bomb.yaml");
  ASSERT_FALSE(json.ok());
  EXPECT_THAT(json.error().message(), HasSubstr("bomb.yaml:"));
  EXPECT_FALSE(ParseYaml("a: &a [*a, *a]\n", "loop.yaml").ok());
}

TEST(Yaml, RefusesDeepNesting) {
  EXPECT_FALSE(ParseYaml(std::string(100, '[') + std::string(100, ']'), "x.yaml").ok());
  EXPECT_FALSE(ParseYaml(std::string(20000, '['), "x.yaml").ok());
  // Twenty levels, and twenty more under an alias to them.
  std::string twenty(20, '['), closed(20, ']');
  std::string shallow = format("a: &a {}{}\nb: ", twenty, closed);
  EXPECT_TRUE(ParseYaml(shallow + "[*a]\n", "x.yaml").ok());
  EXPECT_FALSE(ParseYaml(shallow + twenty + "*a" + closed + "\n", "x.yaml").ok());
}

TEST(Yaml, NothingIsAnEmptyObject) {
  EXPECT_TRUE(ParseYaml("", "x.yaml")->is_object());
  EXPECT_EQ(ReadYaml("/absent/x.yaml").error().kind(), ErrorKind::kNotFound);
}

}  // namespace
}  // namespace codman::base
