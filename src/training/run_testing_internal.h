// A run over planted rows, without a lake: two rows a patient, inputs and labels by a rule of the
// test. Only tests include it.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/text.h"
#include "base/yaml.h"
#include "training/run_internal.h"

namespace codman::training {

// Uniform in [0, 1): the raw output of the engine, which is the same everywhere.
inline double Uniform(std::mt19937* engine) { return double((*engine)()) / 4294967296.0; }

class PlantedRun {
 public:
  // `features` is a feature set of columns, as YAML; `row` gives the label of a row and writes its
  // inputs in the order of the plan. `concepts`: a file of concepts, as YAML.
  PlantedRun(const std::string& features, const std::vector<std::string>& blocks, int patients,
             const std::function<double(std::mt19937*, std::vector<double>*)>& row,
             const std::string& concepts = "concepts: []")
      : concepts_(events::Concepts::FromDocuments(
                      {{"concepts.yaml", base::ParseYaml(concepts, "concepts.yaml").value()}})
                      .value()) {
    task_.name = "planted";
    task_.seed = 11;
    variant_.name = "only";
    variant_.blocks = blocks;
    variant_.learner = "logistic";
    source_.name = "made_up";
    variant_.from.push_back({.source = source_.name});
    request_ = {.task = &task_, .variant = &variant_, .source = &source_};
    place_.concepts = &concepts_;
    auto set = features::FeatureSet::FromDocument(
                   "planted.yaml", base::ParseYaml(features, "planted.yaml").value(), concepts_)
                   .value();
    auto plan = set.Compile(blocks).value();
    run_ = std::make_unique<Run>(Run{place_, request_, {}, plan, std::move(set)});
    run_->fit = {.learner = "logistic", .seed = task_.seed};
    AddRows(patients, row);
    run_->lesson = LessonOf(variant_, run_->offline.rows).value();
  }

  // The run refers to what lies in here.
  PlantedRun(const PlantedRun&) = delete;
  PlantedRun& operator=(const PlantedRun&) = delete;

  Run& run() { return *run_; }
  registry::Task& task() { return task_; }
  registry::TaskVariant& variant() { return variant_; }
  TrainingRequest& request() { return request_; }

 private:
  void AddRows(int patients,
               const std::function<double(std::mt19937*, std::vector<double>*)>& row) {
    std::mt19937 engine(5);
    std::vector<double> values;
    auto& rows = run_->offline.rows;
    for (int patient = 0; patient < patients; ++patient) {
      rows.subjects.ids.push_back(patient);
      rows.subjects.identifiers.push_back(format("p{}", patient));
      for (int visit = 0; visit < 2; ++visit) {
        rows.subject.push_back(patient);
        rows.time_us.push_back(visit * int64_t{3'600'000'000});
        rows.source_row.push_back(visit + 1);
        rows.hours.push_back(std::nan(""));
        rows.excluded.push_back(feature_store::kIncluded);
        rows.label.push_back(row(&engine, &values));
      }
    }
    run_->offline.columns = run_->plan->column_names();
    run_->offline.matrix =
        std::make_unique<columns::DenseMatrix>(run_->offline.columns, std::move(values));
  }

  events::Concepts concepts_;
  registry::Task task_;
  registry::TaskVariant variant_;
  events::SourceMapping source_;
  TrainingPlace place_;
  TrainingRequest request_;
  std::unique_ptr<Run> run_;
};

}  // namespace codman::training
