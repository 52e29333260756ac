// The one figure that lists show of a model or a run, by what was predicted.
import type { Metrics } from '../api/types';
import { fixed } from './figures';

export const headlineTerm =
  'area under the ROC curve; of several classes one against the rest; of an amount R²';

export function headlineMetric(metrics: Metrics | null | undefined): string {
  if (typeof metrics?.r2 === 'number') return `R² ${fixed(metrics.r2, 3)}`;
  return fixed(metrics?.auroc ?? metrics?.macro_auroc, 3);
}
