#include "base/problems.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/yaml.h"

// Expected values by hand: the line numbers of the text below.
namespace codman::base {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Json kDocument =
    ParseYaml("name: 5\ncolour: red\nrange: wide\nlist: [a, 2]\n", "t.yaml").value();

TEST(Problems, TellsAllOfThemAtOnceWithFileAndLine) {
  Problems problems("t.yaml");
  problems.CheckKeys(kDocument, {"name", "color", "range", "list"});
  EXPECT_EQ(problems.Text(kDocument, "name"), "5");
  EXPECT_EQ(problems.Text(kDocument, "absent"), "");
  EXPECT_EQ(problems.Text(kDocument, "absent", false), "");
  EXPECT_EQ(problems.Number(kDocument, "range", 7), 7);
  EXPECT_EQ(problems.Number(kDocument, "absent", 7), 7);
  problems.Texts(kDocument, "list");
  EXPECT_THAT(
      problems.lines(),
      ElementsAre(HasSubstr("t.yaml:2: unknown key 'colour'; did you mean 'color'?"),
                  HasSubstr("'absent' is missing"), HasSubstr("t.yaml:3: 'range' must be a number"),
                  HasSubstr("t.yaml:4: 'list' must be a list of texts")));
  auto result = problems.ToResult();
  EXPECT_EQ(result.error().kind(), ErrorKind::kInvalidInput);
  EXPECT_EQ(std::count(result.error().message().begin(), result.error().message().end(), '\n'), 3);
}

TEST(Problems, NoneIsSuccess) {
  Problems problems("t.yaml");
  EXPECT_THAT(problems.Texts(kDocument, "absent"), ElementsAre());
  EXPECT_THAT(problems.Texts(kDocument, "colour"), ElementsAre("red"));
  EXPECT_TRUE(problems.empty());
  EXPECT_TRUE(problems.ToResult().ok());
}

TEST(Error, AddsContextInnermostFirst) {
  auto error = NotFound("no file").While("reading a").While("starting");
  EXPECT_EQ(error.message(), "no file");
  EXPECT_THAT(error.ToString(), testing::MatchesRegex("no file.*reading a.*starting"));
}

// The table of conventions: RFC 9110 status codes.
TEST(Error, EveryKindHasItsStatus) {
  EXPECT_EQ(RowOf(ErrorKind::kNotFound).http_status, 404);
  EXPECT_EQ(RowOf(ErrorKind::kConflict).http_status, 409);
  EXPECT_EQ(RowOf(ErrorKind::kUnauthenticated).http_status, 401);
  EXPECT_EQ(RowOf(ErrorKind::kForbidden).http_status, 403);
  EXPECT_EQ(RowOf(ErrorKind::kRateLimited).http_status, 429);
  EXPECT_EQ(RowOf(ErrorKind::kUnavailable).http_status, 503);
  EXPECT_EQ(RowOf(ErrorKind::kInternal).http_status, 500);
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::kInternal); ++kind) {
    EXPECT_EQ(RowOf(static_cast<ErrorKind>(kind)).kind, static_cast<ErrorKind>(kind));
    EXPECT_NE(RowOf(static_cast<ErrorKind>(kind)).exit_code, 0);
  }
}

}  // namespace
}  // namespace codman::base
