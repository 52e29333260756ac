// Runs of training and what is compared between two of them, or between two versions.
import type { AblationPart, Finding, LearningCurve, Search } from './report_types';
import type { Repeated } from '../runs/repeats';
import type { Metrics, ModelVersion, Transition } from './types';

export interface Difference {
  name: string;
  a: unknown;
  b: unknown;
  difference?: number | null;
}

export interface Run {
  id: number;
  task: string;
  variant: string;
  source: string;
  kind: 'train' | 'folds' | 'transfer';
  status: 'running' | 'done' | 'failed' | 'interrupted';
  version: string | null;
  actor: string;
  started_at: string;
  ended_at: string | null;
  config: Record<string, unknown>;
  results: {
    metrics?: Metrics & Record<string, unknown>;
    parameters?: Record<string, unknown>;
    rows?: number | null;
    subjects?: number | null;
    events?: number | null;
    search?: Search[];
    ablation?: AblationPart[];
    learning_curve?: LearningCurve;
    repeated?: Repeated;
  } | null;
  error: string | null;
  held_out_look: number | null;
}

export interface RunList {
  total: number;
  runs: Run[];
}

export interface RunComparison {
  a: Run;
  b: Run;
  config: Difference[];
  parameters: Difference[];
  metrics: Difference[];
}

export interface ModelDiff {
  task: string;
  a: ModelVersion;
  b: ModelVersion;
  data: { same_snapshot: boolean; same_source: boolean; differences: Difference[] };
  features: {
    same_set: boolean;
    added: string[];
    removed: string[];
    kept: number;
    differences: Difference[];
  };
  training: Difference[];
  parameters: Difference[];
  metrics: Difference[];
  leakage: { appeared: Finding[]; gone: Finding[]; kept: number };
}

// What the challenger would have answered where the champion did.
export interface Shadow {
  task: string;
  variant: string;
  champion: string | null;
  challenger: string;
  challenger_since: string;
  from: string | null;
  until: string | null;
  predictions: number;
  left_out: number;
  difference: { mean: number; mean_absolute: number; p95_absolute: number } | null;
  largest: { id: string; champion: number; challenger: number }[];
  // Of a 0/1 question.
  alerts?: { both: number; champion_only: number; challenger_only: number; neither: number };
  bands?: number[][]; // rows by the champion's band, columns by the challenger's, from low
  // Of several classes.
  classes?: { same: number; different: number };
}

export interface LiveModels {
  task: string;
  at: string;
  live: Transition[];
}
