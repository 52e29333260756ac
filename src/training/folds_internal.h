// Out-of-fold judgement of one division into folds: each patient is predicted by a model that
// learnt from all other folds. Calibration, intervals and threshold of a fold come from the
// out-of-fold predictions of the patients outside it. Private to training.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "training/judgement.h"
#include "training/run_internal.h"

namespace codman::training {

class Folds {
 public:
  // run.parts tells the fold of each row. Borrows the run.
  Folds(const Run& run, int folds);

  // Learns from all folds but this one, with the settings found on them where the variant declares
  // a search. Each fold is fitted once before anything is told.
  Result<> Fit(int fold);
  // How each fold's settings were found (search_internal.h); empty without a search.
  const Json& searches() const { return searches_; }
  // What there is to judge: the run's own rows, what was told of them, and who stands beside.
  Result<JudgementInputs> Inputs() const;
  Result<Json> Judge(JudgementInputs* inputs) const;

  // What models of these columns alone tell of all rows, with the folds, their settings,
  // calibration and threshold rule of the whole; laid out as the told values of Inputs(). Risks
  // that rank no better than chance outside a fold stay uncalibrated there: few columns may tell
  // nothing.
  Result<std::vector<double>> ToldBy(const std::vector<std::string>& columns) const;
  // The same of models that learnt from no other rows than these (1 where the row is one).
  Result<std::vector<double>> ToldFrom(const std::vector<uint8_t>& learnt) const;

  int count() const { return folds_; }

 private:
  std::vector<uint8_t> AllBut(int fold) const;
  std::vector<uint8_t> Only(int fold) const;
  // From those of these rows that lie outside the fold; from all that do, where there is no list.
  Result<std::unique_ptr<models::Model>> Learn(int fold, columns::MatrixSource* matrix,
                                               const std::vector<uint8_t>* learnt) const;
  // Keeps what a comparator tells of a fold.
  void PutBeside(const std::string& name, const std::vector<double>& told,
                 const std::vector<uint8_t>& judged);
  Result<std::vector<double>> ToldAgain(columns::MatrixSource* matrix,
                                        const std::vector<uint8_t>* learnt) const;
  using Tuning = Result<OperatingPoint> (*)(const registry::Task&, const registry::Target&,
                                            const feature_store::PredictionRows&,
                                            const std::vector<double>&,
                                            const std::vector<uint8_t>&);
  Result<> TellFolds(const std::vector<double>& margins, Tuning tune,
                     JudgementInputs* inputs) const;
  double Align(const std::vector<double>& thresholds, std::vector<double>* risks) const;

  const Run& run_;
  const feature_store::PredictionRows& rows_;
  const int folds_;
  const size_t width_;  // told values a row
  std::vector<uint8_t> all_;
  std::vector<double> margins_;                        // out of fold
  std::map<std::string, std::vector<double>> beside_;  // comparators, likewise
  std::vector<Json> settings_;                         // by fold
  Json searches_ = Json::Array();
};

}  // namespace codman::training
