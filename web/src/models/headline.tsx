import type { Report } from '../api/report_types';
import { Figure } from '../parts/figure';
import { Quantity } from '../parts/quantity';
import { count, fixed, interval, isFigure, ordinal, percent } from '../words/figures';

type Write = (value: number) => string;

const three: Write = (value) => fixed(value, 3);
const two: Write = (value) => fixed(value, 2);
const one: Write = (value) => fixed(value, 1);

interface Row {
  label: string;
  term: string;
  from: object | null | undefined;
  name: string;
  write: Write;
  unit?: string;
  low?: string;
  high?: string;
}

function Cell({ label, term, from, name, write, unit, ...ends }: Row) {
  const { low = `${name}_low`, high = `${name}_high` } = ends;
  const of = (from ?? {}) as Record<string, number | null>;
  const value = of[name];
  if (!isFigure(value)) return null;
  return (
    <Figure
      label={label}
      term={term}
      value={<Quantity value={write(value)} unit={unit ?? ''} />}
      note={interval(of[low], of[high], write)}
    />
  );
}

// Whoever tries often enough finds a model that is good on the same patients by chance.
function Looks({ at }: { at: number }) {
  return (
    <>
      {' '}
      This was the{' '}
      <b title="runs that judged on the same patients, whatever became of them">
        {ordinal(at)} look
      </b>{' '}
      at these patients{at > 1 && ': the more looks, the more of a lead may be chance'}.
    </>
  );
}

// The numbers to know a model by, each with its 95 % interval.
export function Headline({ report, serving }: { report: Report; serving: number | null }) {
  const rows: Row[] = [
    {
      label: 'AUROC',
      term: 'area under the ROC curve',
      from: report.discrimination,
      name: 'auroc',
      write: three,
    },
    {
      label: 'AUPRC',
      term: 'area under the precision-recall curve',
      from: report.discrimination,
      name: 'auprc',
      write: three,
    },
    {
      label: 'Utility',
      term: 'PhysioNet 2019 normalised utility',
      from: report.utility,
      name: 'value',
      write: three,
      low: 'low',
      high: 'high',
    },
    {
      label: 'Calibration slope',
      term: '1 is right; below 1 the risks are too extreme',
      from: report.calibration,
      name: 'slope',
      write: two,
    },
    {
      label: 'Events found',
      term: 'sensitivity over rows at the threshold',
      from: report.operating_point,
      name: 'sensitivity',
      write: percent,
    },
    {
      label: 'Alarms that are right',
      term: 'positive predictive value over rows',
      from: report.operating_point,
      name: 'ppv',
      write: percent,
    },
    {
      label: 'Alerts per 100 patient-days',
      term: 'with silencing after an alert',
      from: report.alert_burden?.silenced,
      name: 'per_100_patient_days',
      write: one,
    },
  ];
  const unit = report.unit ?? '';
  rows.push(
    { label: 'R²', term: 'share of the variance', from: report.regression, name: 'r2', write: three },
    {
      label: 'RMSE',
      term: 'root mean squared error',
      from: report.regression,
      name: 'rmse',
      write: count,
      unit,
    },
    {
      label: 'MAE',
      term: 'mean absolute error',
      from: report.regression,
      name: 'mae',
      write: count,
      unit,
    },
    {
      label: '90 % intervals hold',
      term: 'share of truths within their interval',
      from: report.interval,
      name: 'coverage',
      write: percent,
    },
    {
      label: 'Macro AUROC',
      term: 'one class against the rest, averaged',
      from: report.multiclass,
      name: 'macro_auroc',
      write: three,
    },
    {
      label: 'Accuracy',
      term: 'share of rows whose class is right',
      from: report.multiclass,
      name: 'accuracy',
      write: percent,
    },
  );
  return (
    <>
      <dl class="figures headline">
        {rows.map((row) => (
          <Cell key={row.label} {...row} />
        ))}
      </dl>
      <p class="quiet">
        {count(report.subjects)} patients,{' '}
        {isFigure(report.event_subjects) && `${count(report.event_subjects)} with an event, `}
        {count(report.rows)} rows; below each number its 95 % interval, resampled by patient.
        {isFigure(report.held_out_look) && <Looks at={report.held_out_look} />}
        {report.operating_point && ` Threshold ${percent(report.operating_point.threshold)}`}
        {report.operating_point?.rule ? ` (${report.operating_point.rule}).` : ''}
        {serving !== null && report.operating_point && serving !== report.operating_point?.threshold && (
          <>
            {' '}
            In service it alerts at {percent(serving)}: the threshold was chosen anew when the model
            was fitted again.
          </>
        )}
      </p>
    </>
  );
}
