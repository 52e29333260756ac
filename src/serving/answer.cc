#include "serving/answer.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

namespace codman::serving {
namespace {

constexpr size_t kTopReasons = 10;
constexpr double kLargestInteger = 9007199254740992.0;  // 2^53

}  // namespace

void AppendNumber(double value, std::string* out) {
  char digits[32];
  char* end = digits;
  if (!std::isfinite(value)) {
    out->append("null");
    return;
  }
  if (std::fabs(value) >= kLargestInteger) {
    end = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::scientific).ptr;
  } else if (value == std::trunc(value)) {
    end = std::to_chars(digits, digits + sizeof digits, static_cast<int64_t>(value)).ptr;
  } else {
    end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  }
  out->append(digits, end);
}

double MarginOf(const ServedModel& model, const std::vector<double>& vector) {
  double margin = 0;
  model.loaded.model->Predict(vector, {&margin, 1});
  return margin;
}

void AnswerBatch::Start(const ServedModel& model) {
  model_ = &model;
  num_features_ = model.features.size();
  num_columns_ = model.contract_of.size();
  explain_.clear();
  values_.clear();
}

std::span<double> AnswerBatch::AddRow(Explain explain) {
  explain_.push_back(explain);
  values_.resize(explain_.size() * num_features_);
  return std::span(values_).last(num_features_);
}

void AnswerBatch::Compute() {
  vectors_.resize(size() * num_columns_);
  margins_.resize(size());
  risks_.resize(size());
  for (size_t row = 0; row < size(); ++row) {
    model_->plan->ComputeFromForm(std::span(values_).subspan(row * num_features_, num_features_),
                                  std::span(vectors_).subspan(row * num_columns_, num_columns_));
  }
  model_->loaded.model->Predict(vectors_, margins_);
  for (size_t row = 0; row < size(); ++row)
    risks_[row] = model_->loaded.calibration.Risk(margins_[row]);
  ExplainRows();
}

void AnswerBatch::ExplainRows() {
  explained_.clear();
  place_.assign(size(), 0);
  size_t count = 0;
  for (size_t row = 0; row < size(); ++row) {
    if (explain_[row] == Explain::kNone) continue;
    place_[row] = count++ * (num_columns_ + 1);
    auto inputs = vector(row);
    explained_.insert(explained_.end(), inputs.begin(), inputs.end());
  }
  contributions_.resize(count * (num_columns_ + 1));
  if (count > 0) model_->loaded.model->Explain(explained_, contributions_);
}

std::span<const double> AnswerBatch::vector(size_t row) const {
  return std::span(vectors_).subspan(row * num_columns_, num_columns_);
}

Band AnswerBatch::band(size_t row) const { return BandAt(risks_[row], model_->loaded.threshold); }

bool AnswerBatch::alert(size_t row) const { return risks_[row] >= model_->loaded.threshold; }

double AnswerBatch::Shown(size_t row, size_t feature) const {
  int column = model_->features[feature].own_column;
  return column >= 0 ? vectors_[row * num_columns_ + static_cast<size_t>(column)]
                     : values_[row * num_features_ + feature];
}

void AnswerBatch::FindReasons(size_t row) {
  const double* contributions = contributions_.data() + place_[row];
  reasons_.base = contributions[num_columns_];
  reasons_.by_feature.assign(num_features_, 0);
  for (size_t k = 0; k < num_columns_; ++k)
    reasons_.by_feature[static_cast<size_t>(model_->contract_of[k])] += contributions[k];
  reasons_.order.resize(num_features_);
  std::iota(reasons_.order.begin(), reasons_.order.end(), 0u);
  // By size, equal ones in the order of the contract.
  std::sort(reasons_.order.begin(), reasons_.order.end(), [&](uint32_t a, uint32_t b) {
    double first = std::fabs(reasons_.by_feature[a]), second = std::fabs(reasons_.by_feature[b]);
    return first > second || (first == second && a < b);
  });
}

// Margin space and, beside it, the waterfall in probability space (ml.md 7).
void AnswerBatch::AppendExplanation(size_t row, std::string* out) {
  FindReasons(row);
  size_t count =
      explain_[row] == Explain::kAll ? num_features_ : std::min(kTopReasons, num_features_);
  out->append(model_->before_explanation);
  AppendNumber(reasons_.base, out);
  out->append(R"(,"contributions":[)");
  for (size_t i = 0; i < count; ++i) {
    const FeatureForm& form = model_->features[reasons_.order[i]];
    if (i > 0) out->push_back(',');
    out->append(form.before_value);
    AppendNumber(Shown(row, reasons_.order[i]), out);
    out->append(form.after_value).append(R"("contribution":)");
    AppendNumber(reasons_.by_feature[reasons_.order[i]], out);
    out->push_back('}');
  }
  double rest = 0;
  for (size_t i = count; i < num_features_; ++i) rest += reasons_.by_feature[reasons_.order[i]];
  out->append(R"(],"rest":)");
  AppendNumber(rest, out);
  AppendProbability(row, count, out);
  out->append("},");
}

// Each bar is the change of σ(margin) as margins accumulate from the base in displayed order;
// calibration is the last bar.
void AnswerBatch::AppendProbability(size_t row, size_t count, std::string* out) {
  double reached = reasons_.base, before = models::Sigmoid(reached);
  out->append(R"(,"probability":{"base":)");
  AppendNumber(before, out);
  out->append(R"(,"bars":[)");
  for (size_t i = 0; i < count; ++i) {
    const FeatureForm& form = model_->features[reasons_.order[i]];
    reached += reasons_.by_feature[reasons_.order[i]];
    double after = models::Sigmoid(reached);
    if (i > 0) out->push_back(',');
    out->append(form.before_value);
    AppendNumber(Shown(row, reasons_.order[i]), out);
    out->append(form.after_value).append(R"("change":)");
    AppendNumber(after - before, out);
    out->push_back('}');
    before = after;
  }
  double uncalibrated = models::Sigmoid(margins_[row]);
  out->append(R"(],"rest":)");
  AppendNumber(uncalibrated - before, out);
  out->append(R"(,"calibration":)");
  AppendNumber(risks_[row] - uncalibrated, out);
  out->append(R"(,"risk":)");
  AppendNumber(risks_[row], out);
  out->push_back('}');
}

void AnswerBatch::AppendMissing(size_t row, std::string* out) const {
  size_t missing = 0;
  out->append(R"("missing":[)");
  for (size_t k = 0; k < num_features_; ++k) {
    if (!std::isnan(Shown(row, k))) continue;
    if (missing++ > 0) out->push_back(',');
    out->append(model_->features[k].quoted_id);
  }
  out->append(R"(],"warnings":)");
  out->append(model_->warnings[missing * 2 > num_features_ ? 1 : 0]);
}

void AnswerBatch::AppendAnswer(size_t row, std::string_view id, std::string_view predicted_at,
                               std::string* out) {
  out->append(R"({"id":")").append(id).append(model_->before_risk);
  AppendNumber(risks_[row], out);
  out->append(R"(,"margin":)");
  AppendNumber(margins_[row], out);
  out->append(R"(,"band":")").append(NameOf(band(row))).append(model_->before_threshold);
  out->append(alert(row) ? "true" : "false").append(model_->before_model);
  if (explain_[row] != Explain::kNone) AppendExplanation(row, out);
  AppendMissing(row, out);
  out->append(model_->after_warnings).append(predicted_at).append("\"}");
}

}  // namespace codman::serving
