// What the program answers, as the pages read it. Members that may be absent are optional; the
// pages show their absence.

export interface Session {
  actor: string;
  csrf: string;
}

export interface Metrics {
  auroc?: number | null;
  macro_auroc?: number | null;
  r2?: number | null;
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
  fixture?: boolean;
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
  tables: TableEntry[];
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
  levels?: string[]; // what it may be: texts of a categorical value, or the words for 0, 1, …
}

export interface FeatureGroup {
  name: string;
  features: Feature[];
}

export interface GivenWithUnit {
  value: number | null;
  unit: string;
}

export type GivenValue = number | string | null | GivenWithUnit;

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
  objective?: 'binary' | 'regression' | 'multiclass';
  threshold: number;
  synthetic: boolean;
  groups: FeatureGroup[];
  samples?: Sample[];
}

export interface Bar {
  feature: string;
  value: number | string | null;
  unit: string;
  change: number;
}

export interface Explanation {
  method: string;
  base: number;
  contributions: {
    feature: string;
    value: number | string | null;
    unit: string;
    contribution: number;
  }[];
  rest: number;
  // Of risks only.
  probability?: { base: number; bars: Bar[]; rest: number; calibration: number; risk: number };
}

export type Band = 'low' | 'moderate' | 'high' | 'critical';

export interface Prediction {
  id: string;
  task: string;
  variant: string;
  // Of a 0/1 question.
  risk?: number;
  margin?: number;
  band?: Band;
  threshold?: number;
  alert?: boolean;
  // Of an amount.
  value?: number;
  unit?: string;
  interval?: { lower: number; upper: number; coverage: number } | null;
  // Of several classes.
  class?: string;
  classes?: { class: string; risk: number }[];
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
  risk: number; // or the amount, or the probability of the class that leads
  band: Band | null; // of a risk only
  alert: boolean | null;
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
  approvals: number;
  champions: Record<string, string>;
  challengers: Record<string, string>;
  versions: ModelVersion[];
  history: Transition[];
}

export interface PredictionList {
  predictions: PastPrediction[];
  next_before?: string;
}

export interface Replayed {
  equal: boolean;
  same_model: boolean;
  margin: number;
  risk: number;
  margin_then: number;
  risk_then: number;
}

export interface TableEntry {
  name: string;
  layer: string;
  rows: number;
  version: number;
  files: number;
  bytes: number;
  committed_at?: string;
}

export interface TableColumn {
  name: string;
  type: string;
  nulls: number;
  least: string | null;
  greatest: string | null;
}

export interface TableVersion {
  version: number;
  committed_at?: string | null;
  operation?: string | null;
  rows: number;
  files: number;
}

export interface TableDetails extends TableEntry {
  columns: TableColumn[];
  history: TableVersion[];
  sample: Record<string, string | number | boolean | null>[];
}

export interface Quality {
  records: number;
  measurements: number;
  stored: number;
  superseded: number;
  duplicates: number;
  quarantined: number;
  score: number;
  completeness: number;
}

export interface FeedQuality extends Quality {
  feed: string;
  source: string;
}

export interface QualityReport {
  feeds: FeedQuality[];
  overall: Quality;
}

export interface QuarantineCount {
  feed: string;
  source: string;
  reason: string;
  field: string;
  count: number;
}

export interface QuarantinePlace {
  feed: string;
  source_position: string;
  received_time: string;
  field: string;
  reason: string;
  rule: string;
}

export interface QuarantineAnswer {
  total: number;
  counts: QuarantineCount[];
  places: QuarantinePlace[];
}

export interface Redriven {
  looked_at: number;
  accepted: number;
  still_refused: number;
}

export interface UnmappedCode {
  code: string;
  source: string;
  unit: string;
  count: number;
  subjects: number;
  p05: number | null;
  median: number | null;
  p95: number | null;
  suggested: string | null;
  because: string;
}

export interface LineageNode {
  name: string;
  version: number;
  rows: number;
}

export interface LineageEdge {
  from: string;
  to: string;
  job: string;
  at: string;
}

export interface LineageAnswer {
  nodes: LineageNode[];
  edges: LineageEdge[];
}

export interface LineageTree extends LineageNode {
  made_by?: { job: string; at: string };
  shown?: boolean;
  from?: LineageTree[];
  into?: LineageTree[];
}
