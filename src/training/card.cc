#include "training/card.h"

#include "base/text.h"
#include "training/held_out_look_internal.h"

namespace codman::training {
namespace {

std::string WithInterval(const Json& object, const std::string& name) {
  return format("{:.4f} ({:.4f} to {:.4f})", object[name].AsDouble(),
                object[name + "_low"].AsDouble(), object[name + "_high"].AsDouble());
}

std::string Quality(const CardInputs& in) {
  const Json& report = in.report;
  std::string text = "| measure | value (95 % interval, resampled by patient) |\n|---|---|\n";
  auto add = [&](const char* group, const char* name, const char* label) {
    if (report[group].Find(name) == nullptr) return;
    text += format("| {} | {} |\n", label, WithInterval(report[group], name));
  };
  add("discrimination", "auroc", "AUROC");
  add("discrimination", "auprc", "AUPRC");
  add("calibration", "slope", "calibration slope");
  add("regression", "r2", "R²");
  add("regression", "rmse", "RMSE");
  add("regression", "mae", "MAE");
  add("interval", "coverage", "share of truths in the 90 % interval");
  add("multiclass", "macro_auroc", "macro AUROC, one class against the rest");
  add("multiclass", "accuracy", "accuracy");
  add("multiclass", "balanced_accuracy", "balanced accuracy");
  const Json& utility = report["utility"];
  if (!utility.is_null()) {
    text +=
        format("| PhysioNet 2019 utility | {:.4f} ({:.4f} to {:.4f}) |\n",
               utility["value"].AsDouble(), utility["low"].AsDouble(), utility["high"].AsDouble());
  }
  for (const auto& other : report["comparators"].items()) {
    const char* figure = FigureOf(other);
    text += format("| {} of {} on the same rows | {} |\n", figure, other["name"].AsString(),
                   WithInterval(other, figure));
  }
  return text;
}

// What each of the settings lost on the patients it was judged on, and which was taken.
std::string Search(const Json& searches) {
  std::string text;
  for (const auto& search : searches.items()) {
    text += format(
        "\n## Settings search\n\n{} of {} settings tried in {} folds of the {} {} alone; "
        "taken: least {}.\n\n| settings | {} | |\n|---|---|---|\n",
        search["tried"].size(), search["grid_size"].AsInt(), search["folds"].AsInt(),
        search["patients"].AsInt(), search["of"].AsString(),
        base::ReplaceAll(search["measure"].AsString(), "_", " "),
        base::ReplaceAll(search["measure"].AsString(), "_", " "));
    for (const auto& tried : search["tried"].items()) {
      text += format("| `{}` | {:.6g} | {} |\n", tried["settings"].ToString(),
                     tried["loss"].AsDouble(), tried["chosen"].AsBool() ? "taken" : "");
    }
  }
  return text;
}

std::string Findings(const CardInputs& in) {
  std::string text;
  for (const auto& finding : in.findings.items()) {
    text += format("- {}: {}\n", finding["check"].AsString(), finding["message"].AsString());
  }
  if (!in.override_reason.empty())
    text += format("\nRegistered in spite of the audit by {}: {}\n", in.actor, in.override_reason);
  return text;
}

}  // namespace

const char* FigureOf(const Json& comparator) {
  for (const char* name : {"r2", "macro_auroc"}) {
    if (comparator.Find(name) != nullptr) return name;
  }
  return "auroc";
}

std::string WriteCard(const CardInputs& in) {
  std::string text =
      format("# {} / {}\n\n{}\n\n", in.task->name, in.variant->name, in.task->question);
  if (in.synthetic) {
    text +=
        "**Trained on synthetic data: this proves the plumbing and carries no claim of accuracy "
        "for patients.**\n\n";
  }
  text += "Not a medical device; for research and validation.\n\n## What it is\n\n";
  text += format(
      "- predicts: {}\n- variant: {} ({})\n- feature set: {}, blocks {}\n- learner: {}\n- trained "
      "by {} at {}\n",
      in.task->label, in.variant->name, in.variant->description, in.variant->feature_set,
      base::Join(in.variant->blocks, " + "), in.learner, in.actor, in.created_at);
  if (in.variant->learns_utility)
    text +=
        "- learns: what an alert gains by the PhysioNet 2019 utility, calibrated to the label\n";
  text += format("\n## Data\n\n- source: {} ({})\n", in.source, in.source_description);
  if (!in.licence.empty()) text += format("- licence: {}\n", in.licence);
  for (const auto& [part, counts] : in.flow.members()) {
    if (counts.Find("subjects") == nullptr) continue;
    text += format("- {} patients: {} ({} rows)\n", part, counts["subjects"].AsInt(),
                   counts["rows"].AsInt());
  }
  for (const auto& [why, rows] : in.flow["excluded"].members())
    text += format("- left out, {}: {} rows\n", why, rows.AsInt());
  text += "\n## Quality on held-out patients\n\n";
  text += in.refitted ? "Measured before the registered model was refitted on train + held-out "
                        "patients with the same settings; "
                        "tuning patients still set calibration and threshold.\n\n"
                      : "Measured on patients this model never saw.\n\n";
  if (const Json& look = in.report["held_out_look"]; look.is_number()) {
    text += format("This was {}{}.\n\n", LookWords(look.AsInt()),
                   look.AsInt() == 1 ? "" : ": the more looks, the more of a lead may be chance");
  }
  text += Quality(in);
  if (const Json& point = in.report["operating_point"]; point.is_object())
    text += format("\nAlert where risk >= {:.4f} ({}).\n", in.threshold, point["rule"].AsString());
  text += "\n## Leakage audit\n\n" + Findings(in);
  text +=
      "\n## Limits\n\nPart of what a model with process features gains is a clock and the "
      "suspicion of clinicians; read the\n"
      "variants side by side. On another hospital expect less, and choose the operating point "
      "anew.\n";
  text += Search(in.report["search"]);
  text += "\n## Settings\n\n```json\n" + in.parameters.ToPrettyString() + "```\n";
  return text;
}

}  // namespace codman::training
