// The evaluation report of a model version. Numbers that do not exist are null.
import type { ModelVersion } from './types';

export type Figure = number | null;

export interface Burden {
  threshold: number;
  alerts: number;
  right_alerts: number;
  per_100_patient_days: Figure;
  per_100_encounters: Figure;
  ppv: Figure;
  sensitivity: Figure;
  ppv_any_time: Figure;
  sensitivity_any_time: Figure;
  median_lead_hours: Figure;
  per_100_patient_days_low?: Figure;
  per_100_patient_days_high?: Figure;
}

export interface BurdenPoint {
  threshold: number;
  first_alert: Burden;
  silenced: Burden;
}

export interface AlertBurden {
  horizon_hours: number;
  silence_hours: number;
  event_encounters: number;
  patient_days: number;
  every_alert: Burden;
  first_alert: Burden;
  silenced: Burden;
  curve: BurdenPoint[];
}

export interface CurvePoint {
  threshold: Figure;
  x: number;
  y: number;
}

export interface CalibrationBin {
  mean_risk: number;
  observed: number;
  low: Figure;
  high: Figure;
  rows: number;
}

export interface Subgroup {
  column: string;
  level: string;
  rows: number;
  events: number;
  subjects: number;
  event_subjects: number;
  auroc: Figure;
  auroc_low: Figure;
  auroc_high: Figure;
  mean_risk: Figure;
  observed: Figure;
  alert_rate: Figure;
  sensitivity: Figure;
  ppv: Figure;
  // Of an amount; of several classes.
  mean_predicted?: Figure;
  mean_observed?: Figure;
  rmse?: Figure;
  r2?: Figure;
  r2_low?: Figure;
  r2_high?: Figure;
  coverage?: Figure;
  macro_auroc?: Figure;
  macro_auroc_low?: Figure;
  macro_auroc_high?: Figure;
  accuracy?: Figure;
  balanced_accuracy?: Figure;
}

export interface Comparator {
  name: string;
  auroc: Figure;
  auroc_low: Figure;
  auroc_high: Figure;
  auprc: Figure;
  difference: Figure;
  difference_low: Figure;
  difference_high: Figure;
  best_utility?: Figure;
  r2?: Figure;
  macro_auroc?: Figure;
}

export interface Finding {
  check: string;
  severity: string;
  subject: string;
  message: string;
}

// Flat members with their _low and _high beside them: read through interval() in words/figures.ts.
export type WithIntervals = Record<string, Figure | string>;

// The gap between the highest and the lowest level of a column of subgroups.
export interface Gap {
  column: string;
  measure: string;
  value: Figure;
  low: Figure;
  high: Figure;
}

// Two models on the same patients, measure by measure.
export interface Comparison {
  other: string;
  measures: {
    name: string;
    higher_is_better: boolean;
    model: Figure;
    other: Figure;
    difference: Figure;
    difference_low: Figure;
    difference_high: Figure;
    verdict: string;
  }[];
}

// What is lost without a group of inputs, and what it tells alone.
export interface AblationPart {
  kind: string;
  name: string;
  inputs: number;
  without: Comparison;
  alone: Comparison;
}

// What is reached by models that learnt from parts of the patients; the last point learnt from all.
export interface LearningCurve {
  measure: string;
  points: {
    share: number;
    subjects: number;
    value: Figure;
    value_low: Figure;
    value_high: Figure;
    lost?: Figure;
    lost_low?: Figure;
    lost_high?: Figure;
    verdict?: string;
  }[];
  left_out: { share: number; why: string }[];
}

export interface Search {
  measure: string;
  folds: number;
  patients: number;
  grid_size: number;
  of: string;
  tried: { settings: Record<string, unknown>; loss: Figure; chosen: boolean }[];
}

export interface Calibration {
  slope: Figure;
  slope_low: Figure;
  slope_high: Figure;
  ece: Figure;
  in_the_large: Figure;
  curve: CalibrationBin[];
  histogram?: { upper: number; counts: number[] };
}

export interface ClassReport {
  name: string;
  rows: number;
  subjects: number;
  prevalence: number;
  sensitivity: Figure;
  ppv: Figure;
  discrimination: { auroc: Figure; auroc_low: Figure; auroc_high: Figure };
  calibration: Calibration;
  roc: CurvePoint[];
}

export interface Decile {
  mean_predicted: number;
  mean_observed: number;
  mean_observed_low: Figure;
  mean_observed_high: Figure;
  coverage: Figure;
  coverage_low: Figure;
  coverage_high: Figure;
  mean_width: Figure;
  rows: number;
}

export interface Report {
  title?: string;
  rows?: number;
  subjects?: number;
  encounters?: number;
  events?: number;
  event_subjects?: number;
  prevalence?: number;
  bootstrap?: { replicates: number };
  discrimination?: WithIntervals;
  brier?: WithIntervals;
  calibration?: Calibration;
  operating_point?: WithIntervals & { threshold: number; rule?: string };
  utility?: { value: Figure; low: Figure; high: Figure; at: number } | null;
  alert_burden?: AlertBurden | null;
  decision_curve?: { threshold: number; model: number; treat_all: number }[];
  roc?: CurvePoint[];
  pr?: CurvePoint[];
  subgroups?: Subgroup[];
  subgroup_gaps?: Gap[];
  comparators?: Comparator[];
  comparisons?: Comparison[];
  ablation?: AblationPart[];
  search?: Search[];
  held_out_look?: number;
  leakage?: Finding[];
  importance?: Importance[];
  // Of an amount; of several classes.
  regression?: WithIntervals;
  interval?: WithIntervals | null;
  unit?: string;
  deciles?: Decile[];
  scatter?: {
    low: number;
    high: number;
    cells: { predicted: number; observed: number; rows: number }[];
  };
  residuals?: { from: number; to: number; counts: number[] };
  multiclass?: WithIntervals;
  classes?: ClassReport[];
  confusion?: number[][]; // rows by truth, columns by prediction
  warnings?: string[];
}

export interface Importance {
  feature: string;
  label: string;
  unit: string;
  mean_abs: number;
  share: number;
  interaction?: number;
  dependence?: { value: number | string | null; contribution: number; rows: number }[];
}

export interface Approvals {
  needed: number;
  given: { actor: string; at: string; reason: string }[];
}

export interface ModelPage {
  model: ModelVersion;
  approvals: Approvals;
  manifest?: Record<string, unknown> | null;
  card?: string | null;
  report?: Report | null;
}
