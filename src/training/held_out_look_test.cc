#include <gmock/gmock.h>

#include <set>

#include "base/text.h"
#include "training/held_out_look_internal.h"

// Expected values by hand from held_out_look_internal.h.
namespace codman::training {
namespace {

feature_store::PredictionRows Rows() {
  feature_store::PredictionRows rows;
  rows.subjects = {.ids = {1, 2}, .identifiers = {"a", "b"}};
  rows.subject = {0, 0, 1};
  rows.time_us = {10, 20, 30};
  rows.source_row = {1, 2, 1};
  rows.label = {0, 1, 0};
  return rows;
}

TEST(HeldOutLook, ASnapshotIsOfTheKeptRowsWithTheirLabels) {
  const std::vector<uint8_t> keep = {0, 1, 1};
  std::set<std::string> found = {SnapshotOf(Rows(), keep), SnapshotOf(Rows(), {1, 1, 1})};
  auto who = Rows(), when = Rows(), which = Rows(), label = Rows(), left_out = Rows();
  who.subjects.identifiers[1] = "c";
  when.time_us[1] = 21;
  which.source_row[2] = 2;
  label.label[2] = 1;
  for (const auto& rows : {who, when, which, label}) found.insert(SnapshotOf(rows, keep));
  EXPECT_EQ(found.size(), 6u) << "each differs from all others";
  left_out.label[0] = 1;
  EXPECT_EQ(SnapshotOf(left_out, keep), SnapshotOf(Rows(), keep));
  EXPECT_EQ(SnapshotOf(Rows(), keep).size(), 64u);
}

TEST(HeldOutLook, IsToldInWords) {
  for (auto [look, words] : {std::pair(1, "1st"), std::pair(2, "2nd"), std::pair(3, "3rd"),
                             std::pair(4, "4th"), std::pair(11, "11th"), std::pair(12, "12th"),
                             std::pair(21, "21st"), std::pair(113, "113th")}) {
    EXPECT_EQ(LookWords(look), format("the {} look at these held-out patients", words));
  }
}

}  // namespace
}  // namespace codman::training
