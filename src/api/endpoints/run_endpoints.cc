#include "api/query.h"
#include "api/routes.h"
#include "base/text.h"

namespace codman::api {
namespace {

Result<registry::TrainingJob> RunOf(Call* call, const std::string& number) {
  auto id = base::ParseInt(number);
  if (!id) return base::NotFound(format("there is no run '{}'; see /api/v1/runs", number));
  return call->context().registry->jobs().Get(*id);
}

}  // namespace

void GetRuns(Call* call) {
  registry::TrainingJobFilter filter{.task = TextOf(call->query, "task"),
                                     .status = TextOf(call->query, "status"),
                                     .variant = TextOf(call->query, "variant"),
                                     .kind = TextOf(call->query, "kind"),
                                     .limit = IntegerOf(call->query, "limit"),
                                     .offset = IntegerOf(call->query, "offset")};
  const auto& jobs = call->context().registry->jobs();
  auto found = jobs.List(filter);
  if (!found.ok()) return call->Fail(found.error());
  auto total = jobs.Count(filter);
  if (!total.ok()) return call->Fail(total.error());
  Json runs = Json::Array();
  for (const auto& job : *found) runs.Add(registry::ToJson(job));
  call->SendJson(Json::Object({{"total", *total}, {"runs", runs}}));
}

void GetRun(Call* call) {
  auto run = RunOf(call, call->Parameter("id"));
  if (!run.ok()) return call->Fail(run.error());
  call->SendJson(registry::ToJson(*run));
}

void GetRunComparison(Call* call) {
  std::string a = TextOf(call->query, "a"), b = TextOf(call->query, "b");
  if (a.empty() || b.empty())
    return call->FailStatus(400, "give the numbers of two runs to compare: ?a=…&b=…");
  auto before = RunOf(call, a), after = RunOf(call, b);
  if (!before.ok()) return call->Fail(before.error());
  if (!after.ok()) return call->Fail(after.error());
  call->SendJson(registry::CompareRuns(*before, *after));
}

}  // namespace codman::api
