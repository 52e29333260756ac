import type { Report, Subgroup } from '../api/report_types';
import { Section } from '../parts/section';
import { Table, type Column } from '../parts/table';
import { count, fixed, interval, percent } from '../words/figures';
import { Gaps } from './gaps';

const group: Column<Subgroup> = {
  head: 'Group',
  names: true,
  cell: (one) => (
    <>
      <span class="quiet">{one.column.replaceAll('_', ' ')}</span> {one.level}
    </>
  ),
};
const patients: Column<Subgroup> = {
  head: 'Patients',
  number: true,
  cell: (one) => count(one.subjects),
};

const three = (value: number): string => fixed(value, 3);

const ofAmounts: Column<Subgroup>[] = [
  group,
  patients,
  { head: 'Predicted', number: true, cell: (one) => count(one.mean_predicted) },
  { head: 'Observed', number: true, cell: (one) => count(one.mean_observed) },
  { head: 'RMSE', number: true, cell: (one) => count(one.rmse) },
  { head: 'R²', number: true, cell: (one) => fixed(one.r2, 3) },
  { head: '95 % interval', cell: (one) => interval(one.r2_low, one.r2_high, three) || '–' },
  { head: 'Intervals hold', number: true, cell: (one) => percent(one.coverage) },
];

const ofClasses: Column<Subgroup>[] = [
  group,
  patients,
  { head: 'Macro AUROC', number: true, cell: (one) => fixed(one.macro_auroc, 3) },
  {
    head: '95 % interval',
    cell: (one) => interval(one.macro_auroc_low, one.macro_auroc_high, three) || '–',
  },
  { head: 'Accuracy', number: true, cell: (one) => percent(one.accuracy) },
  { head: 'Balanced accuracy', number: true, cell: (one) => percent(one.balanced_accuracy) },
];

// Subgroups of an amount or of several classes; those of a risk are in subgroups.tsx.
export function GroupTable({ report }: { report: Report }) {
  const rows = report.subgroups ?? [];
  if (rows.length === 0) return null;
  return (
    <Section title="Subgroups" note="on the same held-out patients">
      <Table
        label="Subgroups"
        columns={report.regression ? ofAmounts : ofClasses}
        rows={rows}
        keyOf={(one) => `${one.column}/${one.level}`}
      />
      <Gaps gaps={report.subgroup_gaps ?? []} />
    </Section>
  );
}
