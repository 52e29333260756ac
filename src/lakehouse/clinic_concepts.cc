#include "base/crypto.h"
#include "base/text.h"
#include "lakehouse/clinic_concepts_internal.h"
#include "lakehouse/sql_words_internal.h"

namespace codman::lakehouse {

using columns::Type;

Result<std::string> RegisterConcepts(engine::SqlEngine* engine, const events::Concepts& concepts) {
  columns::Table rows({{"concept", Type::kString},
                       {"label", Type::kString},
                       {"concept_group", Type::kString},
                       {"unit", Type::kString},
                       {"low", Type::kDouble},
                       {"high", Type::kDouble},
                       {"reference_low", Type::kDouble},
                       {"reference_high", Type::kDouble}});
  std::string text;
  for (const auto& known : concepts.all()) {
    size_t at = 0;
    for (const auto& word : {known.name, known.label, known.group, known.unit}) {
      rows.columns[at++].AppendString(word);
      text += word + "\n";
    }
    for (double bound : {known.low, known.high, known.reference_low, known.reference_high}) {
      rows.columns[at++].AppendDouble(bound);
      text += format("{}\n", bound);
    }
  }
  TRY(engine->CreateTable("clinic_concepts", rows.schema()));
  TRY(engine->Append("clinic_concepts", rows));
  TRY(engine->Execute(
      format("create schema if not exists clinic; create or replace view {} as select * from "
             "clinic_concepts",
             ViewName(kConcepts))));
  return base::Sha256Hex(text);
}

}  // namespace codman::lakehouse
