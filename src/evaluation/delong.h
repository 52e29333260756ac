// AUROC with the variance of DeLong, DeLong & Clarke-Pearson (Biometrics 44:837–845, 1988), by the
// midranks of Sun & Xu (IEEE Signal Process Lett 21:1389–1393, 2014): O(n log n).
//
// It takes rows as independent. Where patients have many rows the interval is too narrow and the
// cluster bootstrap (bootstrap.h) is the one to believe; with one row a patient both agree, and
// this one costs no replicates.
#pragma once

#include <span>

namespace codman::evaluation {

// 95 % interval by the normal distribution, kept within 0 and 1. All NaN where a class is absent;
// variance and interval also where a class has one row.
struct DelongAuroc {
  double auroc = 0, variance = 0, low = 0, high = 0;
};
DelongAuroc JudgeDelong(std::span<const double> scores, std::span<const double> labels);

// Two models on the same rows. z = difference / its standard error, p two-sided; where the scores
// order all rows alike the difference and its variance are 0, z is 0 and p is 1.
struct DelongComparison {
  DelongAuroc a, b;
  double difference = 0, low = 0, high = 0;  // a − b
  double z = 0, p = 0;
};
DelongComparison CompareDelong(std::span<const double> a, std::span<const double> b,
                               std::span<const double> labels);

}  // namespace codman::evaluation
