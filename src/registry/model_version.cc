#include "registry/model_version.h"

namespace codman::registry {

Result<ModelVersion> ModelVersion::FromRow(const storage::Rows& rows, size_t row) {
  ModelVersion version{.task = rows.Text(row, "task"),
                       .variant = rows.Text(row, "variant"),
                       .version = rows.Text(row, "version"),
                       .state = rows.Text(row, "state"),
                       .source = rows.Text(row, "source"),
                       .created_at = rows.Text(row, "created_at"),
                       .created_by = rows.Text(row, "created_by"),
                       .path = rows.Text(row, "path"),
                       .manifest_sha256 = rows.Text(row, "manifest_sha256"),
                       .synthetic = rows.Int(row, "synthetic") != 0,
                       .fixture = rows.Int(row, "fixture") != 0};
  version.metrics = TRY(base::ParseJson(rows.Text(row, "metrics")));
  version.parameters = TRY(base::ParseJson(rows.Text(row, "parameters")));
  return version;
}

Transition Transition::FromRow(const storage::Rows& rows, size_t row) {
  return {rows.Text(row, "task"),       rows.Text(row, "variant"),  rows.Text(row, "version"),
          rows.Text(row, "from_state"), rows.Text(row, "to_state"), rows.Text(row, "at"),
          rows.Text(row, "actor"),      rows.Text(row, "reason")};
}

Json ToJson(const ModelVersion& v) {
  return Json::Object({{"task", v.task},
                       {"variant", v.variant},
                       {"version", v.version},
                       {"state", v.state},
                       {"source", v.source},
                       {"synthetic", v.synthetic},
                       {"fixture", v.fixture},
                       {"created_at", v.created_at},
                       {"created_by", v.created_by},
                       {"metrics", v.metrics},
                       {"parameters", v.parameters}});
}

Json ToJson(const Transition& t) {
  return Json::Object({{"variant", t.variant},
                       {"version", t.version},
                       {"from", t.from_state},
                       {"to", t.to_state},
                       {"at", t.at},
                       {"actor", t.actor},
                       {"reason", t.reason}});
}

Json ToJson(const Approval& a) {
  return Json::Object(
      {{"version", a.version}, {"actor", a.actor}, {"at", a.at}, {"reason", a.reason}});
}

}  // namespace codman::registry
