#include "columns/columns.h"

#include <gtest/gtest.h>

#include <cmath>

// Expected values by hand from columns.h.
namespace codman::columns {
namespace {

const Schema kSchema = {{"a", Type::kInt64}, {"b", Type::kDouble}, {"c", Type::kString}};

TEST(Columns, ANullKeepsItsPlaceInTheValues) {
  Table table(kSchema);
  table.columns[0].AppendInt(7);
  table.columns[0].AppendNull();
  table.columns[1].AppendDoubleOrNull(std::nan(""));
  table.columns[1].AppendDoubleOrNull(0.5);
  table.columns[2].AppendNull();
  table.columns[2].AppendString("text");
  EXPECT_EQ(table.num_rows(), 2);
  EXPECT_EQ(table.schema(), kSchema);
  EXPECT_EQ(table.columns[0].ints, (std::vector<int64_t>{7, 0}));
  EXPECT_EQ(table.columns[0].valid, (std::vector<uint8_t>{1, 0}));
  EXPECT_EQ(table.columns[1].doubles, (std::vector<double>{0, 0.5}));
  EXPECT_EQ(table.columns[1].valid, (std::vector<uint8_t>{0, 1}));
  EXPECT_EQ(table.columns[2].strings[0], "");
  EXPECT_EQ(table.columns[2].strings[1], "text");
  table.Clear();
  EXPECT_EQ(table.num_rows(), 0);
  EXPECT_EQ(table.schema(), kSchema);
}

TEST(Columns, FindsFieldsByName) {
  Table table(kSchema);
  EXPECT_EQ(FindField(kSchema, "c"), 2);
  EXPECT_EQ(FindField(kSchema, "x"), -1);
  EXPECT_EQ(table.Find("b"), &table.columns[1]);
  EXPECT_EQ(table.Find("x"), nullptr);
  EXPECT_EQ(Table().num_rows(), 0);
}

TEST(Columns, TextsMayBeEmptyAndHoldAnyByte) {
  StringColumn texts;
  for (std::string_view text : {std::string_view(""), std::string_view("a\0b", 3),
                                std::string_view(""), std::string_view("z")}) {
    texts.Append(text);
  }
  ASSERT_EQ(texts.size(), 4u);
  EXPECT_EQ(texts[1], std::string_view("a\0b", 3));
  EXPECT_EQ(texts[2], "");
  EXPECT_EQ(texts[3], "z");
  EXPECT_EQ(texts.num_bytes(), 4u);
}

}  // namespace
}  // namespace codman::columns
