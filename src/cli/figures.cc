#include "cli/figures.h"

#include "base/text.h"
#include "evaluation/comparison.h"
#include "training/card.h"

namespace codman::cli {
namespace {

std::string WithInterval(const Json& object, const std::string& name, const std::string& low,
                         const std::string& high) {
  return format("{:.4f} ({:.4f} to {:.4f})", object[name].AsDouble(), object[low].AsDouble(),
                object[high].AsDouble());
}

std::string WithInterval(const Json& object, const std::string& name) {
  return WithInterval(object, name, name + "_low", name + "_high");
}

std::string OfAmounts(const Json& report) {
  const Json& regression = report["regression"];
  std::string text = format("R² {}  RMSE {:.1f}  MAE {:.1f}", WithInterval(regression, "r2"),
                            regression["rmse"].AsDouble(), regression["mae"].AsDouble());
  if (const Json& interval = report["interval"]; interval.is_object()) {
    text += format("  90 % intervals hold {:.1f} % (mean width {:.0f} {})",
                   100 * interval["coverage"].AsDouble(), interval["mean_width"].AsDouble(),
                   report["unit"].AsString());
  }
  return text;
}

std::string OfClasses(const Json& report) {
  const Json& classes = report["multiclass"];
  return format("macro AUROC {}  accuracy {}  balanced accuracy {:.4f}",
                WithInterval(classes, "macro_auroc"), WithInterval(classes, "accuracy"),
                classes["balanced_accuracy"].AsDouble());
}

}  // namespace

std::string HeadFigure(const Json& metrics) {
  for (auto [name, words] :
       {std::pair("auroc", "AUROC"), {"macro_auroc", "macro AUROC"}, {"r2", "R²"}}) {
    if (metrics.Find(name) != nullptr) return format("{} {:.4f}", words, metrics[name].AsDouble());
  }
  return "";
}

std::string FiguresOf(const Json& report) {
  if (report["kind"].AsString() == "regression") return OfAmounts(report);
  if (report["kind"].AsString() == "multiclass") return OfClasses(report);
  const Json& discrimination = report["discrimination"];
  std::string text =
      format("AUROC {}  AUPRC {}  slope {:.3f}", WithInterval(discrimination, "auroc"),
             WithInterval(discrimination, "auprc"), report["calibration"]["slope"].AsDouble());
  if (const Json& utility = report["utility"]; !utility.is_null())
    text += "  utility " + WithInterval(utility, "value", "low", "high");
  return text;
}

std::string BesideIt(const Json& report) {
  std::string text;
  for (const auto& other : report["comparators"].items()) {
    const char* figure = training::FigureOf(other);
    text += format("  beside it: {:<13} {} {:.4f}\n", other["name"].AsString(), figure,
                   other[figure].AsDouble());
  }
  for (const auto& compared : report["comparisons"].items()) {
    text += format("  against {}:", compared["other"].AsString());
    for (const auto& measure : compared["measures"].items()) {
      text += format("  {} {:+.4f} ({:+.4f} to {:+.4f}) {}", measure["name"].AsString(),
                     measure["difference"].AsDouble(), measure["difference_low"].AsDouble(),
                     measure["difference_high"].AsDouble(), measure["verdict"].AsString());
    }
    text += "\n";
  }
  return text;
}

std::string AblationLines(const Json& report) {
  const Json& parts = report["ablation"];
  if (parts.size() == 0) return "";
  const Json& head = evaluation::HeadMeasure(parts.items()[0]["without"]);
  std::string text =
      format("  {:<28} {:>6}  {:<28} {:<30} {:<10} {}\n", "ablation", "inputs",
             head["name"].AsString() + " without it", "lost without it", "", "alone");
  for (const auto& part : parts.items()) {
    const Json& without = evaluation::HeadMeasure(part["without"]);
    text += format("  {:<28} {:>6}  {:<28} {:+.4f} ({:+.4f} to {:+.4f})    {:<10} {}\n",
                   part["kind"].AsString() + " " + part["name"].AsString(), part["inputs"].AsInt(),
                   WithInterval(without, "other"), without["difference"].AsDouble(),
                   without["difference_low"].AsDouble(), without["difference_high"].AsDouble(),
                   without["verdict"].AsString() == "not shown" ? "not shown" : "shown",
                   WithInterval(evaluation::HeadMeasure(part["alone"]), "other"));
  }
  return text;
}

std::string LearningCurveLines(const Json& report) {
  const Json& curve = report["learning_curve"];
  std::string text;
  if (curve["points"].size() > 0) {
    text = format("  {:<15} {:>20}  {:<28} {}\n", "learning curve", "patients learnt from",
                  curve["measure"].AsString(), "lost against all");
  }
  for (const auto& point : curve["points"].items()) {
    text += format("  {:>13.1f} % {:>20.0f}  {:<28} {}\n", 100 * point["share"].AsDouble(),
                   point["subjects"].AsDouble(), WithInterval(point, "value"),
                   point["lost"].is_null() ? "" : WithInterval(point, "lost"));
  }
  for (const auto& left_out : curve["left_out"].items()) {
    text += format("  {:>13.1f} % not learnt from: {}\n", 100 * left_out["share"].AsDouble(),
                   left_out["why"].AsString());
  }
  return text;
}

}  // namespace codman::cli
