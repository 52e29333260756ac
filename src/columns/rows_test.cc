#include "columns/rows.h"

#include <gtest/gtest.h>

#include <limits>

namespace codman::columns {
namespace {

Table Sample() {
  Table table({{"flag", Type::kBool},
               {"n", Type::kInt64},
               {"x", Type::kDouble},
               {"at", Type::kTimestamp},
               {"name", Type::kString}});
  table.columns[0].AppendInt(1);
  table.columns[1].AppendInt((int64_t{1} << 53) - 1);
  table.columns[2].AppendDouble(0.1);
  table.columns[3].AppendInt(1'000'000);
  table.columns[4].AppendString("say \"hi\"");
  for (auto& column : table.columns) column.AppendNull();
  table.columns[0].AppendInt(0);
  table.columns[1].AppendInt(-1);
  table.columns[2].AppendDouble(std::numeric_limits<double>::quiet_NaN());
  table.columns[3].AppendInt(0);
  table.columns[4].AppendString("");
  return table;
}

TEST(RowsTest, EachRowIsAnObjectAndNullsAndNanAreNull) {
  EXPECT_EQ(RowsOf(Sample()).ToString(),
            R"([{"flag":true,"n":9007199254740991,"x":0.1,"at":"1970-01-01T00:00:01Z",)"
            R"("name":"say \"hi\""},)"
            R"({"flag":null,"n":null,"x":null,"at":null,"name":null},)"
            R"({"flag":false,"n":-1,"x":null,"at":"1970-01-01T00:00:00Z","name":""}])");
}

TEST(RowsTest, CellsAsTextKeepAllDigits) {
  Table table = Sample();
  EXPECT_EQ(TextOf(table.columns[0], 0), "true");
  EXPECT_EQ(TextOf(table.columns[1], 0), "9007199254740991");
  EXPECT_EQ(TextOf(table.columns[2], 0), "0.1");
  EXPECT_EQ(TextOf(table.columns[3], 1), "");
  EXPECT_EQ(TextOf(table.columns[4], 0), "say \"hi\"");
}

}  // namespace
}  // namespace codman::columns
