// Runs of training and what is compared between two of them, or between two versions.
import type { Finding } from './report_types';
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
  } | null;
  error: string | null;
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

export interface LiveModels {
  task: string;
  at: string;
  live: Transition[];
}
