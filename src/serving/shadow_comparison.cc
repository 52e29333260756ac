#include "serving/shadow_comparison.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/clock.h"
#include "base/text.h"

namespace codman::serving {
namespace {

constexpr size_t kLargestShown = 10;
constexpr double kTailShare = 0.95;

Band BandNamed(std::string_view name) {
  for (int b = 0; b < kNumBands; ++b) {
    if (name == NameOf(static_cast<Band>(b))) return static_cast<Band>(b);
  }
  return Band::kLow;
}

// From the journalled answer's members (api.md 2).
ToldAnswer ToldIn(const Json& answer) {
  ToldAnswer told{.band = BandNamed(answer["band"].AsString()),
                  .alert = answer["alert"].AsBool(),
                  .leading_class = answer["class"].AsString()};
  told.headline = answer[answer.Find("value") != nullptr ? "value" : "risk"].AsDouble();
  for (const auto& entry : answer["classes"].items()) {
    if (entry["class"].AsString() == told.leading_class) told.headline = entry["risk"].AsDouble();
  }
  return told;
}

ToldAnswer ToldBy(const ServedModel& model, const std::vector<double>& vector) {
  Headline headline = HeadlineOf(model, vector);
  ToldAnswer told{.headline = headline.risk};
  if (model.is_binary) {
    told.band = BandAt(headline.risk, model.loaded.threshold);
    told.alert = headline.risk >= model.loaded.threshold;
  }
  const auto& classes = model.loaded.manifest["classes"].items();
  if (!classes.empty()) told.leading_class = classes[headline.led].AsString();
  return told;
}

// Where each input of the challenger stands in a champion's vector; -1 where it does not.
std::vector<int> PlacesIn(const ServedModel& champion, const ServedModel& challenger) {
  std::map<std::string, int> place;
  for (const auto& name : champion.plan->column_names())
    place.emplace(name, static_cast<int>(place.size()));
  std::vector<int> places;
  for (const auto& name : challenger.plan->column_names()) {
    auto found = place.find(name);
    places.push_back(found == place.end() ? -1 : found->second);
  }
  return places;
}

// Puts the challenger to journalled inputs, by the version that answered.
class Shadow {
 public:
  Shadow(std::string task, std::shared_ptr<const ServedModel> challenger,
         PredictionService* service)
      : task_(std::move(task)),
        challenger_(std::move(challenger)),
        service_(service),
        tally_(challenger_->loaded.model->objective()) {}

  Result<> Add(const JournalEntry& entry) {
    const Json& answer = entry.document["answer"];
    const std::vector<int>& places = *TRY(PlacesOf(answer["model"]["version"].AsString()));
    if (std::find(places.begin(), places.end(), -1) != places.end()) {
      ++left_out_;
      return {};
    }
    const auto& vector = entry.document["vector"].items();
    std::vector<double> inputs;
    for (int place : places) inputs.push_back(vector[static_cast<size_t>(place)].AsDouble(NAN));
    tally_.Add(entry.id, ToldIn(answer), ToldBy(*challenger_, inputs));
    return {};
  }

  int64_t left_out() const { return left_out_; }
  Json Tally() const { return tally_.ToJson(); }
  // Of the newest version that was left out.
  const std::string& lacking() const { return lacking_; }

 private:
  Result<const std::vector<int>*> PlacesOf(const std::string& version) {
    auto found = places_.find(version);
    if (found != places_.end()) return &found->second;
    auto champion = TRY(service_->Version(task_, version));
    auto places = PlacesIn(*champion, *challenger_);
    const auto names = challenger_->plan->column_names();
    lacking_.clear();
    for (size_t i = 0; i < places.size(); ++i) {
      if (places[i] < 0) lacking_ += (lacking_.empty() ? "" : ", ") + names[i];
    }
    return &places_.emplace(version, std::move(places)).first->second;
  }

  std::string task_;
  std::shared_ptr<const ServedModel> challenger_;
  PredictionService* service_;
  std::map<std::string, std::vector<int>> places_;  // by version of the champion
  std::string lacking_;
  int64_t left_out_ = 0;
  ShadowTally tally_;
};

// When it became the challenger, the last time that it did.
Result<std::string> ChallengerSince(const registry::Registry& registry,
                                    const registry::ModelVersion& challenger) {
  std::string since;
  for (const auto& move : TRY(registry.History(challenger.task))) {
    if (move.version == challenger.version && move.to_state == "challenger" && move.at > since)
      since = move.at;
  }
  return since;
}

}  // namespace

double ShadowTally::Pair::gap() const { return challenger - champion; }

void ShadowTally::Add(const std::string& prediction, const ToldAnswer& champion,
                      const ToldAnswer& challenger) {
  pairs_.push_back({prediction, champion.headline, challenger.headline});
  ++alerts_[champion.alert ? 1 : 0][challenger.alert ? 1 : 0];
  ++bands_[static_cast<size_t>(champion.band)][static_cast<size_t>(challenger.band)];
  if (champion.leading_class == challenger.leading_class) ++same_class_;
}

Json ShadowTally::ToJson() const {
  auto pairs = pairs_;
  std::sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) {
    double first = std::fabs(a.gap()), second = std::fabs(b.gap());
    return first > second || (first == second && a.prediction < b.prediction);
  });
  const auto count = static_cast<double>(pairs.size());
  double sum = 0, absolute = 0;
  for (const Pair& pair : pairs) {
    sum += pair.gap();
    absolute += std::fabs(pair.gap());
  }
  Json difference;
  if (!pairs.empty()) {
    // The smallest gap that at least 95 % do not exceed.
    auto tail = pairs.size() - static_cast<size_t>(std::ceil(kTailShare * count));
    difference = Json::Object({{"mean", sum / count},
                               {"mean_absolute", absolute / count},
                               {"p95_absolute", std::fabs(pairs[tail].gap())}});
  }
  Json largest = Json::Array();
  for (size_t i = 0; i < std::min(kLargestShown, pairs.size()); ++i) {
    largest.Add(Json::Object({{"id", pairs[i].prediction},
                              {"champion", pairs[i].champion},
                              {"challenger", pairs[i].challenger}}));
  }
  Json json = Json::Object({{"predictions", static_cast<int64_t>(pairs.size())},
                            {"difference", difference},
                            {"largest", largest}});
  if (objective_ == models::Objective::kBinary) {
    json.Set("alerts", Json::Object({{"both", alerts_[1][1]},
                                     {"champion_only", alerts_[1][0]},
                                     {"challenger_only", alerts_[0][1]},
                                     {"neither", alerts_[0][0]}}));
    Json bands = Json::Array();
    for (const auto& row : bands_) {
      Json counts = Json::Array();
      for (int64_t count : row) counts.Add(count);
      bands.Add(std::move(counts));
    }
    json.Set("bands", bands);
  }
  if (objective_ == models::Objective::kMulticlass) {
    json.Set("classes",
             Json::Object({{"same", same_class_},
                           {"different", static_cast<int64_t>(pairs.size()) - same_class_}}));
  }
  return json;
}

Result<Json> CompareInShadow(const ShadowRequest& request, const registry::Registry& registry,
                             PredictionService* service, Journal* journal) {
  auto challenger = TRY(registry.Challenger(request.task, request.variant));
  if (!challenger) {
    return base::NotFound(
        format("no version of {} / {} runs in shadow; let one: codman models challenge {} VERSION "
               "--reason …",
               request.task, request.variant, request.task));
  }
  auto champion = TRY(registry.Champion(request.task, request.variant));
  auto rows = TRY(
      journal->Search({.task = request.task, .variant = request.variant, .limit = request.most}));
  Shadow shadow(request.task, TRY(service->Version(request.task, challenger->version)), service);
  if (!rows.empty()) {
    TRY(journal->Read(rows.back().seq, rows.front().seq,
                      [&](const JournalEntry& entry) -> Result<> {
                        const Json& answer = entry.document["answer"];
                        bool wanted = answer["task"].AsString() == request.task &&
                                      answer["variant"].AsString() == request.variant;
                        return wanted ? shadow.Add(entry) : Result<>();
                      }));
  }
  if (!rows.empty() && shadow.left_out() == static_cast<int64_t>(rows.size())) {
    return base::InvalidInput(
        format("no answer holds all inputs of {}; lacking: {}. Train the challenger on the "
               "champion's feature set",
               challenger->version, shadow.lacking()));
  }
  Json json = shadow.Tally();
  json.Set("task", request.task);
  json.Set("variant", request.variant);
  json.Set("champion", champion ? Json(champion->version) : Json());
  json.Set("challenger", challenger->version);
  json.Set("challenger_since", TRY(ChallengerSince(registry, *challenger)));
  json.Set("from", rows.empty() ? Json() : Json(base::FormatTime(rows.back().time_us)));
  json.Set("until", rows.empty() ? Json() : Json(base::FormatTime(rows.front().time_us)));
  json.Set("left_out", shadow.left_out());
  return json;
}

}  // namespace codman::serving
