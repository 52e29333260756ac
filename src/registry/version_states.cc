#include "registry/version_states.h"

#include <map>
#include <utility>

#include "base/clock.h"
#include "base/text.h"

namespace codman::registry {
namespace {

using storage::Rows;

Result<std::vector<ModelVersion>> VersionsOf(const Rows& rows) {
  std::vector<ModelVersion> versions;
  for (size_t i = 0; i < rows.size(); ++i) versions.push_back(TRY(ModelVersion::FromRow(rows, i)));
  return versions;
}

// One person is one name, however it was typed around the edges.
Decision Trimmed(const Decision& by) {
  return {std::string(base::Trim(by.actor)), std::string(base::Trim(by.reason))};
}

std::string NamesOf(const std::vector<Approval>& approvals) {
  std::vector<std::string> names;
  for (const auto& approval : approvals) names.push_back(approval.actor);
  return base::Join(names, ", ");
}

}  // namespace

Result<std::vector<ModelVersion>> VersionStates::List(const std::string& task) const {
  if (task.empty()) {
    return VersionsOf(TRY(
        database_->Query("select * from model_versions order by created_at desc, version desc")));
  }
  return VersionsOf(
      TRY(database_->Query("select * from model_versions where task = ? "
                           "order by created_at desc, version desc",
                           {task})));
}

Result<ModelVersion> VersionStates::Get(const std::string& task, const std::string& version) const {
  auto versions = TRY(VersionsOf(TRY(database_->Query(
      "select * from model_versions where task = ? and version = ?", {task, version}))));
  if (versions.empty())
    return base::NotFound(
        format("there is no model {} {}; see: codman models list", task, version));
  return std::move(versions.front());
}

Result<std::optional<ModelVersion>> VersionStates::InState(const std::string& task,
                                                           const std::string& variant,
                                                           const std::string& state) const {
  auto versions = TRY(VersionsOf(TRY(
      database_->Query("select * from model_versions where task = ? and variant = ? and state = ?",
                       {task, variant, state}))));
  if (versions.empty()) return std::optional<ModelVersion>();
  return std::optional<ModelVersion>(std::move(versions.front()));
}

Result<std::vector<Transition>> VersionStates::History(const std::string& task) const {
  Rows rows = TRY(
      database_->Query("select * from model_transitions where task = ? order by id desc", {task}));
  std::vector<Transition> history;
  for (size_t i = 0; i < rows.size(); ++i) history.push_back(Transition::FromRow(rows, i));
  return history;
}

Result<std::vector<Approval>> VersionStates::Approvals(const std::string& task,
                                                       const std::string& version) const {
  Rows rows = TRY(database_->Query(
      "select * from approvals where task = ? and (version = ? or ? = '') order by at, actor",
      {task, version, version}));
  std::vector<Approval> approvals;
  for (size_t i = 0; i < rows.size(); ++i) {
    approvals.push_back({rows.Text(i, "task"), rows.Text(i, "version"), rows.Text(i, "actor"),
                         rows.Text(i, "at"), rows.Text(i, "reason")});
  }
  return approvals;
}

Result<std::vector<Transition>> VersionStates::LiveAt(const std::string& task,
                                                      int64_t time_us) const {
  auto history = TRY(History(task));
  std::map<std::string, Transition> champions;
  for (auto move = history.rbegin(); move != history.rend(); ++move) {
    auto at = base::ParseTime(move->at);
    if (!at) return base::Internal("a time in the history of models cannot be read: " + move->at);
    if (*at > time_us) continue;
    if (move->to_state == "champion") {
      champions[move->variant] = *move;
    } else if (move->from_state == "champion") {
      champions.erase(move->variant);
    }
  }
  std::vector<Transition> live;
  for (auto& [variant, move] : champions) live.push_back(std::move(move));
  return live;
}

Result<> CheckApprovals(const ModelVersion& version, const std::vector<Approval>& approvals,
                        int needed) {
  if (needed <= 1 || approvals.size() >= static_cast<size_t>(needed)) return {};
  std::string so_far = approvals.empty() ? "nobody yet" : NamesOf(approvals);
  return base::Conflict(
      format("{} {} needs the approval of {} persons, at least one of them not {}, who trained it; "
             "approved by: {}. Approve it: codman models approve {} {} --reason …",
             version.task, version.version, needed, version.created_by, so_far, version.task,
             version.version));
}

Result<> VersionStates::Move(const ModelVersion& version, const std::string& to, const Decision& by,
                             const std::string& at) {
  TRY(database_->Execute("update model_versions set state = ? where task = ? and version = ?",
                         {to, version.task, version.version}));
  TRY(
      database_->Execute("insert into model_transitions (task, variant, version, from_state, "
                         "to_state, at, actor, reason) values (?, ?, ?, ?, ?, ?, ?, ?)",
                         {version.task, version.variant, version.version, version.state, to, at,
                          by.actor, by.reason}));
  return {};
}

Result<> VersionStates::Approve(const ModelVersion& version, const Decision& given, int needed) {
  Decision by = Trimmed(given);
  return database_->Transaction([&]() -> Result<> {
    ModelVersion now = TRY(Get(version.task, version.version));
    if (now.state == "champion")
      return base::Conflict(format("{} {} is already live", now.task, now.version));
    auto approvals = TRY(Approvals(now.task, now.version));
    for (const auto& earlier : approvals) {
      if (earlier.actor != by.actor) continue;
      return base::Conflict(format("{} approved {} {} before; another person has to", by.actor,
                                   now.task, now.version));
    }
    std::string at = base::FormatTime(base::NowUs());
    TRY(database_->Execute("insert into approvals values (?, ?, ?, ?, ?)",
                           {now.task, now.version, by.actor, at, by.reason}));
    approvals.push_back({now.task, now.version, by.actor, at, by.reason});
    if (now.state != "candidate" || !CheckApprovals(now, approvals, needed).ok()) return {};
    return Move(now, "approved", by, at);
  });
}

Result<> VersionStates::Activate(const ModelVersion& version, const Decision& given, int needed) {
  Decision by = Trimmed(given);
  return database_->Transaction([&]() -> Result<> {
    ModelVersion now = TRY(Get(version.task, version.version));
    if (now.state == "champion")
      return base::Conflict(format("{} {} is already live", now.task, now.version));
    TRY(CheckApprovals(now, TRY(Approvals(now.task, now.version)), needed));
    // One time for both moves: there is no moment without a champion.
    std::string at = base::FormatTime(base::NowUs());
    if (auto champion = TRY(InState(now.task, now.variant, "champion"))) {
      std::string why = format("replaced by {}: {}", now.version, by.reason);
      TRY(Move(*champion, "retired", {by.actor, why}, at));
    }
    return Move(now, "champion", by, at);
  });
}

Result<> VersionStates::Challenge(const ModelVersion& version, const Decision& given) {
  Decision by = Trimmed(given);
  return database_->Transaction([&]() -> Result<> {
    ModelVersion now = TRY(Get(version.task, version.version));
    if (now.state == "champion" || now.state == "challenger")
      return base::Conflict(format("{} {} is the {} already", now.task, now.version, now.state));
    std::string at = base::FormatTime(base::NowUs());
    if (auto earlier = TRY(InState(now.task, now.variant, "challenger"))) {
      std::string why = format("challenger replaced by {}: {}", now.version, by.reason);
      TRY(Move(*earlier, "retired", {by.actor, why}, at));
    }
    return Move(now, "challenger", by, at);
  });
}

Result<> VersionStates::Retire(const ModelVersion& version, const Decision& given) {
  Decision by = Trimmed(given);
  return database_->Transaction([&]() -> Result<> {
    ModelVersion now = TRY(Get(version.task, version.version));
    if (now.state == "champion") {
      return base::Conflict(
          format("{} {} is live: put another version live or roll back", now.task, now.version));
    }
    if (now.state == "retired")
      return base::Conflict(format("{} {} is retired already", now.task, now.version));
    return Move(now, "retired", by, base::FormatTime(base::NowUs()));
  });
}

Result<ModelVersion> VersionStates::Previous(const std::string& task,
                                             const std::string& variant) const {
  auto champion = TRY(InState(task, variant, "champion"));
  if (!champion)
    return base::NotFound(format("task {} has no live model of the variant '{}'", task, variant));
  for (const auto& move : TRY(History(task))) {
    if (move.variant == variant && move.to_state == "champion" && move.version != champion->version)
      return Get(task, move.version);
  }
  return base::NotFound(
      format("before {} {} no other model of this variant was live", task, champion->version));
}

Result<> VersionStates::Restore(const ModelVersion& previous, const Decision& given) {
  Decision by = Trimmed(given);
  return database_->Transaction([&]() -> Result<> {
    ModelVersion now = TRY(Get(previous.task, previous.version));
    auto champion = TRY(InState(now.task, now.variant, "champion"));
    if (!champion || champion->version == now.version)
      return base::Conflict("another change came between: look at the models again");
    std::string at = base::FormatTime(base::NowUs());
    TRY(Move(*champion, "retired", {by.actor, "rolled back: " + by.reason}, at));
    return Move(now, "champion", {by.actor, "rolled back to: " + by.reason}, at);
  });
}

}  // namespace codman::registry
