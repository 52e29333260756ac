#include "evaluation/utility.h"
#include "training/fit.h"
#include "training/lesson_internal.h"

namespace codman::training {

Result<Lesson> LessonOf(const registry::TaskVariant& variant,
                        const feature_store::PredictionRows& rows) {
  Lesson lesson{.labels = rows.label, .weights = {}};
  if (!variant.learns_utility) return lesson;
  std::vector<uint8_t> included;
  for (uint8_t why : rows.excluded) included.push_back(why == feature_store::kIncluded ? 1 : 0);
  auto scorer = TRY(
      evaluation::UtilityScorer::Create(Kept(rows.subject, included), Kept(rows.label, included))
          .While("weighing rows by utility"));
  lesson.weights.resize(rows.label.size());
  for (int64_t row = 0, kept = 0; row < rows.size(); ++row) {
    auto at = static_cast<size_t>(row);
    if (included[at] == 0) continue;
    double gain = scorer.Gain(kept++);
    lesson.labels[at] = gain > 0 ? 1 : 0;
    lesson.weights[at] = gain > 0 ? gain : gain < 0 ? 1 : 0;
  }
  return lesson;
}

}  // namespace codman::training
