#include "events/cohort.h"

#include <algorithm>
#include <limits>

#include "base/clock.h"
#include "base/text.h"

namespace codman::events {
namespace {

using base::Problems;

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
constexpr int64_t kAlways = std::numeric_limits<int64_t>::min();

bool IsName(const std::string& name) {
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

// Where an end lies on the axis of the trigger, as far as the declaration alone tells.
struct Reach {
  int64_t latest_us = 0;  // it lies there or before; kAlways and kNever stand for the infinities
  bool fixed = true;      // it lies exactly there
};

class Reader {
 public:
  Reader(Cohort* cohort, Problems* problems) : cohort_(*cohort), problems_(*problems) {}

  void ReadPredicate(const std::string& name, const Json& entry) {
    problems_.CheckKeys(entry, {"concept", "code", "any_of", "unit", "below", "above", "at_least",
                                "at_most", "equals"});
    if (!IsName(name) || name == "any_event") {
      problems_.Add(entry, format("'{}' cannot name a predicate: use lower-case letters, digits "
                                  "and _ (any_event is given)",
                                  name));
    }
    CohortPredicate predicate{.name = name, .line = entry.line()};
    predicate.concept_name = problems_.Text(entry, "concept", false);
    predicate.code = problems_.Text(entry, "code", false);
    predicate.unit = problems_.Text(entry, "unit", false);
    for (const auto& other : problems_.Texts(entry, "any_of"))
      predicate.any_of.push_back(FindPredicate(other, entry, false));
    int kinds = (predicate.concept_name.empty() ? 0 : 1) + (predicate.code.empty() ? 0 : 1) +
                (predicate.any_of.empty() ? 0 : 1);
    if (kinds != 1)
      problems_.Add(entry, format("'{}' needs exactly one of concept, code and any_of", name));
    for (auto [key, op] :
         {std::pair("below", "<"), std::pair("above", ">"), std::pair("at_least", ">="),
          std::pair("at_most", "<="), std::pair("equals", "=")}) {
      if (entry.Find(key) != nullptr)
        predicate.conditions.push_back({op, problems_.Number(entry, key, 0)});
    }
    if (!predicate.any_of.empty() && !predicate.conditions.empty())
      problems_.Add(entry, "the predicates of 'any_of' have the conditions: move them there");
    if (!predicate.unit.empty() && predicate.conditions.empty())
      problems_.Add(entry, "'unit' is that of a bound, and there is none: leave it out");
    cohort_.predicates.push_back(std::move(predicate));
  }

  void ReadWindow(const std::string& name, const Json& entry) {
    problems_.CheckKeys(entry, {"from", "to", "start_inclusive", "end_inclusive", "has"});
    if (!IsName(name) || name == "trigger") {
      problems_.Add(
          entry, format("'{}' cannot name a window: use lower-case letters, digits and _", name));
    }
    CohortWindow window{.name = name, .line = entry.line()};
    window.from = ReadEnd(entry, "from", WindowEnd::kPrevious);
    window.to = ReadEnd(entry, "to", WindowEnd::kNext);
    window.start_inclusive = entry["start_inclusive"].AsBool(false);
    window.end_inclusive = entry["end_inclusive"].AsBool(true);
    if (window.from.anchor == WindowEnd::kPrevious && window.to.anchor == WindowEnd::kNext) {
      problems_.Add(entry,
                    "'from: previous' is sought from the end and 'to: next' from the start "
                    "of a window: give one of them a place of its own");
    }
    for (const auto& [predicate, bounds] : entry["has"].members())
      window.has.push_back(ReadCount(FindPredicate(predicate, bounds), bounds));
    Reach to = ReachOf(window.to);
    Reach from = window.from.anchor == WindowEnd::kPrevious ? Reach{to.latest_us, false}
                                                            : ReachOf(window.from);
    if (from.fixed && to.fixed && from.latest_us >= to.latest_us)
      problems_.Add(entry, format("the window '{}' ends where it starts, or before", name));
    reaches_.push_back({from, to});
    cohort_.windows.push_back(std::move(window));
  }

  void ReadTrigger(const Json& declared) {
    std::string name = problems_.Text(declared, "trigger");
    if (!name.empty()) cohort_.trigger = FindPredicate(name, declared["trigger"], false);
  }

  void ReadPredictAt(const Json& declared) {
    const Json* at = declared.Find("predict_at");
    if (at == nullptr) return;
    Reach reach = ReachOf(ReadEnd(declared, "predict_at", WindowEnd::kTrigger));
    if (!reach.fixed || reach.latest_us == kAlways || reach.latest_us == kNever) {
      problems_.Add(*at, "'predict_at' must lie at a fixed time after the trigger");
    } else if (reach.latest_us < 0) {
      problems_.Add(*at, "'predict_at' lies before the trigger, which nobody can know then");
    }
    cohort_.predict_after_us = std::max<int64_t>(reach.latest_us, 0);
  }

  void ReadLabel(const Json& label) {
    problems_.CheckKeys(label, {"window", "predicate", "at_least", "at_most"});
    std::string name = problems_.Text(label, "window");
    std::string predicate = problems_.Text(label, "predicate");
    if (predicate.empty() || name.empty()) return;
    int place = FindWindow(name, label);
    cohort_.label_window = std::max(place, 0);
    cohort_.label = ReadCount(FindPredicate(predicate, label), label, {"window", "predicate"});
    if (place < 0) return;
    auto [from, to] = reaches_[static_cast<size_t>(place)];
    if (from.latest_us == kAlways || to.latest_us <= cohort_.predict_after_us ||
        (from.fixed && from.latest_us < cohort_.predict_after_us)) {
      problems_.Add(label, format("the label's window '{}' begins before the prediction", name));
    }
  }

  void TellPastFromFuture() {
    for (size_t i = 0; i < cohort_.windows.size(); ++i) {
      auto [from, to] = reaches_[i];
      cohort_.windows[i].known_at_prediction =
          std::max(from.latest_us, to.latest_us) <= cohort_.predict_after_us;
    }
  }

 private:
  // kAnyEvent where there is none, with a problem.
  int FindPredicate(const std::string& name, const Json& where, bool any_event = true) {
    if (name == "any_event" && any_event) return kAnyEvent;
    std::vector<std::string> names;
    for (const auto& predicate : cohort_.predicates) {
      if (predicate.name == name) return static_cast<int>(names.size());
      names.push_back(predicate.name);
    }
    std::string nearest = base::NearestWord(name, names);
    problems_.Add(where, nearest.empty() ? format("there is no predicate '{}' above; there are: {}",
                                                  name, base::Join(names, ", "))
                                         : format("there is no predicate '{}'; did you mean '{}'?",
                                                  name, nearest));
    return kAnyEvent;
  }

  int FindWindow(const std::string& name, const Json& where) {
    std::vector<std::string> names;
    for (const auto& window : cohort_.windows) {
      if (window.name == name) return static_cast<int>(names.size());
      names.push_back(window.name);
    }
    problems_.Add(where, format("there is no window '{}' above; there are: {}", name,
                                base::Join(names, ", ")));
    return -1;
  }

  CountRule ReadCount(int predicate, const Json& entry, std::vector<std::string> besides = {}) {
    besides.insert(besides.end(), {"at_least", "at_most"});
    problems_.CheckKeys(entry, besides);
    CountRule rule{.predicate = predicate};
    auto count = [&](const char* key) -> std::optional<int64_t> {
      if (entry.Find(key) == nullptr) return {};
      double number = problems_.Number(entry, key, 0);
      if (number < 0 || number != static_cast<double>(static_cast<int64_t>(number)))
        problems_.Add(entry, format("'{}' counts events: a whole number from 0 on", key));
      return static_cast<int64_t>(number);
    };
    rule.at_least = count("at_least");
    rule.at_most = count("at_most");
    if (!rule.at_least && !rule.at_most)
      problems_.Add(entry, "say at_least or at_most how many events");
    if (rule.at_least && rule.at_most && *rule.at_least > *rule.at_most)
      problems_.Add(entry, "'at_least' is above 'at_most': no count is both");
    return rule;
  }

  // "trigger + 24h", "input.end", "next discharge"; `sought` is the word of events that fits here.
  WindowEnd ReadEnd(const Json& entry, const char* key, WindowEnd::Anchor sought) {
    std::string text = problems_.Text(entry, key);
    const Json& where = entry[key];
    std::string spaced = base::ReplaceAll(base::ReplaceAll(text, "+", " + "), "-", " - ");
    std::vector<std::string> words;
    for (auto word : base::Split(spaced, ' ')) {
      if (!word.empty()) words.emplace_back(word);
    }
    WindowEnd end;
    if (words.empty()) return end;
    size_t used = 1;
    if (words.size() > 1 && words[0] == (sought == WindowEnd::kNext ? "next" : "previous") &&
        sought != WindowEnd::kTrigger) {
      end.anchor = sought;
      end.index = FindPredicate(words[1], where);
      used = 2;
    } else {
      ReadPlace(words[0], where, sought, &end);
    }
    if (words.size() == used) return end;
    auto span = words.size() == used + 2 ? base::ParseDuration(words[used + 1]) : std::nullopt;
    if (!span || (words[used] != "+" && words[used] != "-")) {
      problems_.Add(where, format("'{}': what follows '{}' must be + or - and a duration such as "
                                  "24h",
                                  text, words[used - 1]));
    }
    if (end.anchor == WindowEnd::kRecordStart || end.anchor == WindowEnd::kRecordEnd)
      problems_.Add(where, format("'{}': the ends of a record have no time to count from", text));
    end.offset_us = span.value_or(0) * (words[used] == "-" ? -1 : 1);
    return end;
  }

  void ReadPlace(const std::string& word, const Json& where, WindowEnd::Anchor sought,
                 WindowEnd* end) {
    if (word == "trigger") return;
    if (word == "record_start" || word == "record_end") {
      end->anchor = word == "record_end" ? WindowEnd::kRecordEnd : WindowEnd::kRecordStart;
    } else if (size_t dot = word.find('.');
               word.ends_with(".start") || (word.ends_with(".end") && dot != std::string::npos)) {
      end->anchor = word.ends_with(".end") ? WindowEnd::kWindowEnd : WindowEnd::kWindowStart;
      end->index = std::max(FindWindow(word.substr(0, dot), where), 0);
    } else {
      problems_.Add(where, format("'{}' is no place in time: say trigger, record_start, "
                                  "record_end, <window>.start, <window>.end{}",
                                  word,
                                  sought == WindowEnd::kNext       ? " or next <predicate>"
                                  : sought == WindowEnd::kPrevious ? " or previous <predicate>"
                                                                   : ""));
    }
  }

  Reach ReachOf(const WindowEnd& end) const {
    Reach reach;
    if (end.anchor == WindowEnd::kRecordStart) return {kAlways, true};
    if (end.anchor == WindowEnd::kRecordEnd) return {kNever, true};
    if (end.anchor == WindowEnd::kNext) return {kNever, false};
    if (end.anchor == WindowEnd::kWindowStart || end.anchor == WindowEnd::kWindowEnd) {
      auto place = static_cast<size_t>(end.index);
      if (place >= reaches_.size()) return reach;  // told as a problem before
      reach = end.anchor == WindowEnd::kWindowEnd ? reaches_[place].second : reaches_[place].first;
    }
    if (reach.latest_us != kAlways && reach.latest_us != kNever) reach.latest_us += end.offset_us;
    return reach;
  }

  Cohort& cohort_;
  Problems& problems_;
  std::vector<std::pair<Reach, Reach>> reaches_;  // of the windows
};

// The bound in the concept's canonical unit.
double Canonical(const Concept& concept_of, const CohortPredicate& predicate, double bound,
                 Problems* problems) {
  const std::string& unit = predicate.unit.empty() ? concept_of.unit : predicate.unit;
  Checked checked = ToCanonical(concept_of, bound, unit);
  if (!checked.reason || checked.reason == Reason::kAmbiguousUnit) return checked.value;
  if (checked.reason == Reason::kUnknownUnit) {
    std::vector<std::string> units = {concept_of.unit};
    for (const auto& conversion : concept_of.conversions) units.push_back(conversion.unit);
    problems->Add(predicate.line, format("'{}' has no unit '{}'; it has: {}", concept_of.name, unit,
                                         base::Join(units, ", ")));
  } else {
    problems->Add(
        predicate.line,
        format("the bound {} {} lies outside of what '{}' can be ({} to {} {}): check "
               "the number and its unit",
               bound, unit, concept_of.name, concept_of.low, concept_of.high, concept_of.unit));
  }
  return bound;
}

void ResolveCode(const Concepts& concepts, const CohortPredicate& predicate, Problems* problems) {
  int claimed = concepts.FindByCode(predicate.code);
  if (predicate.code.find("//") == std::string::npos) {
    problems->Add(predicate.line,
                  format("the code '{}' needs its system: LOINC//8867-4", predicate.code));
  } else if (claimed >= 0) {
    problems->Add(predicate.line, format("the code '{}' is known as a concept: say concept: {}",
                                         predicate.code, concepts[claimed].name));
  }
  if (!predicate.unit.empty())
    problems->Add(predicate.line,
                  "a code without a concept has no checked unit: declare a concept");
}

}  // namespace

void ResolveConcepts(const Concepts& concepts, Cohort* cohort, Problems* problems) {
  for (auto& predicate : cohort->predicates) {
    if (!predicate.code.empty()) ResolveCode(concepts, predicate, problems);
    if (predicate.concept_name.empty()) continue;
    int index = concepts.Find(predicate.concept_name);
    if (index < 0 || concepts[index].name != predicate.concept_name) {
      std::vector<std::string> names;
      for (const auto& concept_of : concepts.all()) names.push_back(concept_of.name);
      std::string nearest = base::NearestWord(predicate.concept_name, names);
      problems->Add(predicate.line,
                    format("the concept '{}' is not declared{}", predicate.concept_name,
                           nearest.empty() ? "; add it to clinic/concepts"
                                           : format("; did you mean '{}'?", nearest)));
    } else if (!concepts[index].members.empty() && !predicate.conditions.empty()) {
      problems->Add(predicate.line, format("'{}' is a class of codes, whose values mean nothing in "
                                           "common: leave the conditions out",
                                           predicate.concept_name));
    } else {
      for (auto& condition : predicate.conditions)
        condition.bound = Canonical(concepts[index], predicate, condition.bound, problems);
    }
    predicate.unit.clear();
  }
}

std::string Cohort::NameOf(int predicate) const {
  return predicate == kAnyEvent ? "any_event" : predicates[static_cast<size_t>(predicate)].name;
}

Cohort ReadCohort(const Json& declared, bool has_prediction_times, const std::string& file,
                  Problems* problems) {
  Cohort cohort{.text = declared.ToString(), .file = file};
  problems->CheckKeys(declared, {"predicates", "trigger", "windows", "predict_at", "label"});
  Reader reader(&cohort, problems);
  for (const auto& [name, entry] : declared["predicates"].members())
    reader.ReadPredicate(name, entry);
  if (cohort.predicates.empty()) {
    problems->Add(declared, "'predicates' is missing: name the events that the cohort speaks of");
    return cohort;
  }
  if (has_prediction_times) {
    for (const char* key : {"trigger", "predict_at"}) {
      if (const Json* found = declared.Find(key))
        problems->Add(*found,
                      format("'{}': the rows are the prediction_times; leave one out", key));
    }
  } else {
    reader.ReadTrigger(declared);
  }
  for (const auto& [name, entry] : declared["windows"].members()) reader.ReadWindow(name, entry);
  if (!has_prediction_times) reader.ReadPredictAt(declared);
  reader.ReadLabel(declared["label"]);
  reader.TellPastFromFuture();
  return cohort;
}

}  // namespace codman::events
