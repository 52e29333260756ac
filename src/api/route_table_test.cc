#include "api/route_table.h"

#include <gtest/gtest.h>

// Expected routes by hand from the list in routes.cc.
namespace codman::api {
namespace {

TEST(RouteTable, FindsEveryRouteOfTheList) {
  for (const Route& route : Routes()) {
    RouteMatch match = FindRoute(route.method, route.path);
    ASSERT_NE(match.route, nullptr) << route.path;
    EXPECT_EQ(match.route->handle, route.handle) << route.path;
  }
}

TEST(RouteTable, ALiteralPathGoesBeforeAPattern) {
  EXPECT_STREQ(FindRoute("POST", "/api/v1/predict/batch").route->path, "/api/v1/predict/batch");
  RouteMatch task = FindRoute("POST", "/api/v1/predict/se%70sis");
  EXPECT_STREQ(task.route->path, "/api/v1/predict/{task}");
  EXPECT_EQ(task.parameters.at("task"), "sepsis");
  RouteMatch rollback = FindRoute("GET", "/api/v1/models/sepsis/rollback");
  EXPECT_EQ(rollback.route, nullptr) << "that path alone, not a version of the name rollback";
  EXPECT_EQ(rollback.methods, "POST");
}

TEST(RouteTable, HeadIsAnsweredByGetAndUnknownIsNothing) {
  EXPECT_STREQ(FindRoute("HEAD", "/health").route->path, "/health");
  for (const char* path : {"/", "/api/v1/predict/", "/api/v1/predict", "/api/v1/predict/a/b", ""}) {
    EXPECT_EQ(FindRoute("POST", path).route, nullptr) << path;
    EXPECT_EQ(FindRoute("POST", path).methods, "") << path;
  }
}

TEST(RouteTable, LimitsAreThoseOfTheList) {
  EXPECT_EQ(RulesOf("POST", "/api/v1/predict/batch").max_body_bytes, 64 << 20);
  EXPECT_FALSE(RulesOf("POST", "/api/v1/predict/batch").overlaps);
  EXPECT_EQ(RulesOf("POST", "/api/v1/predict/sepsis").max_body_bytes, 2 << 20);
  EXPECT_TRUE(RulesOf("POST", "/api/v1/predict/sepsis").overlaps);
  EXPECT_FALSE(RulesOf("GET", "/api/v1/predict/sepsis").overlaps);
  EXPECT_EQ(RulesOf("POST", "/nothing").max_body_bytes, 2 << 20);
}

}  // namespace
}  // namespace codman::api
