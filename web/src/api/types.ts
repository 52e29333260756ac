// What the program answers, as the pages read it. Members that may be absent are optional; the
// pages show their absence.

export interface Session {
  actor: string;
  csrf: string;
}

export interface Metrics {
  auroc?: number | null;
  auprc?: number | null;
  utility?: number | null;
  calibration_slope?: number | null;
}

export interface ModelVersion {
  task: string;
  label?: string;
  variant: string;
  version: string;
  state: string;
  source: string;
  synthetic: boolean;
  created_at: string;
  created_by?: string;
  metrics?: Metrics | null;
}

export interface Status {
  version: string;
  synthetic_only: boolean;
  data: {
    measurements: number;
    patients: number;
    encounters: number;
    quarantined: number;
    duplicates: number;
    quality_score?: number | null;
    newest_received?: string | null;
  };
  predictions: { today: number; total: number };
  tables: { name: string; rows: number; version: number }[];
  models: ModelVersion[];
}

export interface Health {
  status: string;
  score: number;
  services: { name: string; status: string; latency_ms?: number | null }[];
}

export interface TaskVariant {
  name: string;
  description: string;
  ready: boolean;
  version?: string | null;
  trained_on?: string | null;
  synthetic?: boolean | null;
}

export interface Task {
  name: string;
  question: string;
  label: string;
  horizon_hours: number;
  live: string;
  variants: TaskVariant[];
}

export interface Feature {
  id: string;
  label: string;
  unit: string;
  low: number | null;
  high: number | null;
  reference_low?: number | null;
  reference_high?: number | null;
  description?: string | null;
  derived?: boolean;
  process?: boolean;
}

export interface FeatureGroup {
  name: string;
  features: Feature[];
}

export interface GivenWithUnit {
  value: number | null;
  unit: string;
}

export type GivenValue = number | null | GivenWithUnit;

export interface Sample {
  name: string;
  description: string;
  features: Record<string, GivenValue>;
}

export interface Schema {
  name: string;
  question: string;
  label: string;
  horizon_hours: number;
  variant: string;
  version: string;
  threshold: number;
  synthetic: boolean;
  groups: FeatureGroup[];
  samples?: Sample[];
}

export interface Bar {
  feature: string;
  value: number | null;
  unit: string;
  change: number;
}

export interface Explanation {
  method: string;
  base: number;
  contributions: { feature: string; value: number | null; unit: string; contribution: number }[];
  rest: number;
  probability: { base: number; bars: Bar[]; rest: number; calibration: number; risk: number };
}

export type Band = 'low' | 'moderate' | 'high' | 'critical';

export interface Prediction {
  id: string;
  task: string;
  variant: string;
  risk: number;
  margin: number;
  band: Band;
  threshold: number;
  alert: boolean;
  model: { version: string; trained_on: string; synthetic: boolean };
  feature_set: string;
  explanation?: Explanation | null;
  missing: string[];
  warnings: string[];
  predicted_at: string;
  horizon_hours: number;
}

export interface PastPrediction {
  id: string;
  task: string;
  variant: string;
  version: string;
  risk: number;
  band: Band;
  alert: boolean;
  predicted_at: string;
}

export interface Transition {
  variant: string;
  version: string;
  from?: string | null;
  to: string;
  at: string;
  actor: string;
  reason: string;
}

export interface TaskModels {
  task: string;
  champions: Record<string, string>;
  versions: ModelVersion[];
  history: Transition[];
}
