// The lake for people: tables, quality, quarantine, lineage. All of them run on the worker thread.
#include "api/query.h"
#include "api/routes.h"
#include "lakehouse/lake_catalog.h"
#include "lakehouse/lineage_graph.h"
#include "lakehouse/quality_report.h"
#include "lakehouse/quarantine.h"
#include "lakehouse/unmapped_codes.h"

namespace codman::api {
namespace {

void Answer(Call* call, const Result<Json>& answer) {
  if (!answer.ok()) return call->Fail(answer.error());
  call->SendJson(*answer);
}

Result<Json> Quarantine(Call* call) {
  lakehouse::QuarantineFilter filter;
  filter.feed = TextOf(call->query, "feed");
  filter.reason = TextOf(call->query, "reason");
  filter.field = TextOf(call->query, "field");
  filter.limit = static_cast<int>(IntegerOf(call->query, "limit"));
  filter.offset = IntegerOf(call->query, "offset");
  auto& context = call->context();
  return lakehouse::ReadQuarantine(context.lake, TRY(context.engine()), filter);
}

Result<Json> Lineage(Call* call) {
  auto& context = call->context();
  auto runs = TRY(TRY(lakehouse::Lineage::Open(context.database)).Latest(10000));
  for (auto& run : TRY(lakehouse::IngestRuns(context.lake))) runs.push_back(std::move(run));
  if (!call->parameters.contains("name")) return lakehouse::LineageGraph(runs);
  bool forward = TextOf(call->query, "direction") == "forward";
  return lakehouse::TraceLineage(
      runs, call->Parameter("name"),
      forward ? lakehouse::Direction::kForward : lakehouse::Direction::kBack);
}

Result<Json> Table(Call* call) {
  auto& context = call->context();
  lakehouse::SampleOptions options;
  options.rows = static_cast<int>(IntegerOf(call->query, "rows"));
  return lakehouse::DescribeTable(context.lake, TRY(context.engine()), call->Parameter("name"),
                                  options);
}

}  // namespace

void GetTables(Call* call) {
  auto tables = lakehouse::ListTables(call->context().lake);
  if (!tables.ok()) return call->Fail(tables.error());
  call->SendJson(Json::Object({{"tables", *tables}}));
}

void GetTable(Call* call) { Answer(call, Table(call)); }

void GetQuality(Call* call) {
  auto engine = call->context().engine();
  if (!engine.ok()) return call->Fail(engine.error());
  Answer(call, lakehouse::MakeQualityReport(call->context().lake, *engine));
}

void GetQuarantine(Call* call) { Answer(call, Quarantine(call)); }

void PostRedrive(Call* call) {
  auto body = BodyWithReason(call);
  if (!body) return;
  auto report = call->context().redrive();
  if (!report.ok()) return call->Fail(report.error());
  auto recorded = call->context().audit->Record({.actor = call->actor.name,
                                                 .role = call->actor.role,
                                                 .address = call->remote,
                                                 .action = "quarantine.redrive",
                                                 .object = "silver.quarantine",
                                                 .reason = (*body)["reason"].AsString(),
                                                 .outcome = "done",
                                                 .request_id = call->request_id,
                                                 .details = report->ToJson()});
  if (!recorded.ok()) return call->Fail(recorded.error());
  call->SendJson(report->ToJson());
}

void GetUnmappedCodes(Call* call) {
  auto& context = call->context();
  auto engine = context.engine();
  if (!engine.ok()) return call->Fail(engine.error());
  auto codes = lakehouse::UnmappedCodes(context.lake, *engine, *context.concepts);
  if (!codes.ok()) return call->Fail(codes.error());
  call->SendJson(Json::Object({{"codes", *codes}}));
}

void GetLineage(Call* call) { Answer(call, Lineage(call)); }

}  // namespace codman::api
