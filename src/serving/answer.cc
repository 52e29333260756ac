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

namespace {

// Margins of one row to what is told, in place; the place of the output that leads.
size_t TellRow(const registry::LoadedModel& loaded, std::span<double> outputs) {
  switch (loaded.model->objective()) {
    case models::Objective::kBinary:
      outputs[0] = loaded.calibration.Risk(outputs[0]);
      return 0;
    case models::Objective::kRegression:
      return 0;
    case models::Objective::kMulticlass:
      loaded.calibration.Probabilities(outputs);
      return static_cast<size_t>(std::max_element(outputs.begin(), outputs.end()) -
                                 outputs.begin());
  }
  return 0;
}

}  // namespace

Headline HeadlineOf(const ServedModel& model, const std::vector<double>& vector) {
  std::vector<double> margins(static_cast<size_t>(model.loaded.model->num_outputs()));
  model.loaded.model->Predict(vector, margins);
  auto outputs = margins;
  size_t led = TellRow(model.loaded, outputs);
  return {margins[led], outputs[led], led};
}

void AnswerBatch::Start(const ServedModel& model) {
  model_ = &model;
  num_features_ = model.features.size();
  num_columns_ = model.contract_of.size();
  outputs_.resize(static_cast<size_t>(model.loaded.model->num_outputs()));
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
  margins_.resize(size() * outputs_.size());
  risks_.resize(size());
  led_.resize(size());
  for (size_t row = 0; row < size(); ++row) {
    model_->plan->ComputeFromForm(std::span(values_).subspan(row * num_features_, num_features_),
                                  std::span(vectors_).subspan(row * num_columns_, num_columns_));
  }
  model_->loaded.model->Predict(vectors_, margins_);
  for (size_t row = 0; row < size(); ++row) Lead(row);
  ExplainRows();
}

void AnswerBatch::Lead(size_t row) {
  std::copy_n(margins_.begin() + static_cast<int64_t>(FirstMargin(row)), outputs_.size(),
              outputs_.begin());
  led_[row] = TellRow(model_->loaded, outputs_);
  risks_[row] = outputs_[led_[row]];
}

void AnswerBatch::ExplainRows() {
  place_.assign(size(), 0);
  size_t count = 0;
  for (size_t row = 0; row < size(); ++row) {
    if (explain_[row] != Explain::kNone)
      place_[row] = (count++ * outputs_.size() + led_[row]) * (num_columns_ + 1);
  }
  contributions_.resize(count * outputs_.size() * (num_columns_ + 1));
  if (count == 0) return;
  if (count == size()) return model_->loaded.model->Explain(vectors_, contributions_);
  explained_.clear();
  for (size_t row = 0; row < size(); ++row) {
    if (explain_[row] == Explain::kNone) continue;
    auto inputs = vector(row);
    explained_.insert(explained_.end(), inputs.begin(), inputs.end());
  }
  model_->loaded.model->Explain(explained_, contributions_);
}

std::span<const double> AnswerBatch::vector(size_t row) const {
  return std::span(vectors_).subspan(row * num_columns_, num_columns_);
}

Band AnswerBatch::band(size_t row) const {
  return model_->is_binary ? BandAt(risks_[row], model_->loaded.threshold) : Band::kLow;
}

bool AnswerBatch::alert(size_t row) const {
  return model_->is_binary && risks_[row] >= model_->loaded.threshold;
}

double AnswerBatch::Shown(size_t row, size_t feature) const {
  int column = model_->features[feature].own_column;
  return column >= 0 ? vectors_[row * num_columns_ + static_cast<size_t>(column)]
                     : values_[row * num_features_ + feature];
}

void AnswerBatch::AppendShown(size_t row, size_t feature, std::string* out) const {
  double value = Shown(row, feature);
  const auto& words = model_->features[feature].quoted_words;
  int place = features::PlaceOfWord(value, words.size());
  if (place >= 0)
    out->append(words[static_cast<size_t>(place)]);
  else
    AppendNumber(value, out);
}

size_t AnswerBatch::FindReasons(size_t row) {
  const double* contributions = contributions_.data() + place_[row];
  reasons_.base = contributions[num_columns_];
  reasons_.by_feature.assign(num_features_, 0);
  for (size_t k = 0; k < num_columns_; ++k)
    reasons_.by_feature[static_cast<size_t>(model_->contract_of[k])] += contributions[k];
  reasons_.order.resize(num_features_);
  std::iota(reasons_.order.begin(), reasons_.order.end(), 0u);
  // By size, equal ones in the order of the contract.
  auto larger = [&](uint32_t a, uint32_t b) {
    double first = std::fabs(reasons_.by_feature[a]), second = std::fabs(reasons_.by_feature[b]);
    return first > second || (first == second && a < b);
  };
  size_t told =
      explain_[row] == Explain::kAll ? num_features_ : std::min(kTopReasons, num_features_);
  std::partial_sort(reasons_.order.begin(), reasons_.order.begin() + static_cast<ptrdiff_t>(told),
                    reasons_.order.end(), larger);
  return told;
}

// Margin space and, beside it, the waterfall in probability space (ml.md 7).
void AnswerBatch::AppendExplanation(size_t row, std::string* out) {
  const size_t count = FindReasons(row);
  out->append(model_->before_explanation);
  AppendNumber(reasons_.base, out);
  out->append(R"(,"contributions":[)");
  for (size_t i = 0; i < count; ++i) {
    const FeatureForm& form = model_->features[reasons_.order[i]];
    if (i > 0) out->push_back(',');
    out->append(form.before_value);
    AppendShown(row, reasons_.order[i], out);
    out->append(form.after_value).append(R"("contribution":)");
    AppendNumber(reasons_.by_feature[reasons_.order[i]], out);
    out->push_back('}');
  }
  double rest = 0;
  for (size_t i = count; i < num_features_; ++i) rest += reasons_.by_feature[reasons_.order[i]];
  out->append(R"(],"rest":)");
  AppendNumber(rest, out);
  if (model_->is_binary) AppendProbability(row, count, out);
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
    AppendShown(row, reasons_.order[i], out);
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
  const auto& contract = model_->plan->contract();
  size_t missing = 0, asked = 0;
  out->append(R"("missing":[)");
  for (size_t k = 0; k < num_features_; ++k) {
    if (contract[k].inner) continue;  // no form asks for it
    ++asked;
    if (!std::isnan(Shown(row, k))) continue;
    if (missing++ > 0) out->push_back(',');
    out->append(model_->features[k].quoted_id);
  }
  out->append(R"(],"warnings":)");
  out->append(model_->warnings[missing * 2 > asked ? 1 : 0]);
}

void AnswerBatch::AppendBinary(size_t row, std::string* out) const {
  out->append(R"("risk":)");
  AppendNumber(risks_[row], out);
  out->append(R"(,"margin":)");
  AppendNumber(margins_[row], out);
  out->append(R"(,"band":")").append(NameOf(band(row))).append(model_->before_threshold);
  out->append(alert(row) ? "true" : "false");
}

void AnswerBatch::AppendAmount(size_t row, std::string* out) const {
  out->append(R"("value":)");
  AppendNumber(risks_[row], out);
  out->append(model_->before_interval);
  const auto& bands = model_->loaded.calibration.bands;
  if (!bands) return void(out->append("null"));
  auto band = bands->interval.Band(risks_[row]);
  out->append(R"({"lower":)");
  AppendNumber(band.lower, out);
  out->append(R"(,"upper":)");
  AppendNumber(band.upper, out);
  out->append(R"(,"coverage":0.9})");
}

void AnswerBatch::AppendClasses(size_t row, std::string* out) const {
  std::vector<double> outputs(outputs_.size());
  std::copy_n(margins_.begin() + static_cast<int64_t>(FirstMargin(row)), outputs.size(),
              outputs.begin());
  TellRow(model_->loaded, outputs);
  out->append(R"("class":)").append(model_->quoted_classes[led_[row]]).append(R"(,"classes":[)");
  for (size_t k = 0; k < outputs.size(); ++k) {
    out->append(k == 0 ? R"({"class":)" : R"(,{"class":)").append(model_->quoted_classes[k]);
    out->append(R"(,"risk":)");
    AppendNumber(outputs[k], out);
    out->push_back('}');
  }
  out->append(R"(],"margin":)");
  AppendNumber(margins_[LedMargin(row)], out);
}

void AnswerBatch::AppendAnswer(size_t row, std::string_view id, std::string_view predicted_at,
                               std::string* out) {
  out->append(R"({"id":")").append(id).append(model_->before_headline);
  if (model_->is_binary)
    AppendBinary(row, out);
  else if (model_->quoted_classes.empty())
    AppendAmount(row, out);
  else
    AppendClasses(row, out);
  out->append(model_->before_model);
  if (explain_[row] != Explain::kNone) AppendExplanation(row, out);
  AppendMissing(row, out);
  out->append(model_->after_warnings).append(predicted_at).append("\"}");
}

}  // namespace codman::serving
