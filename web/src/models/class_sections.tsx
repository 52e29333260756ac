import type { ClassReport, Report } from '../api/report_types';
import { ChartFigure } from '../charts/chart_figure';
import { Line, tones } from '../charts/line';
import { Plot } from '../charts/plot';
import { Section } from '../parts/section';
import { Table, type Column } from '../parts/table';
import { count, fixed, interval, percent } from '../words/figures';
import { CalibrationChart } from './calibration_chart';
import { Confusion } from './confusion';

const whole = (value: number): string => `${Math.round(value * 100)} %`;
const three = (value: number): string => fixed(value, 3);

const columns: Column<ClassReport>[] = [
  { head: 'Class', names: true, cell: (one) => one.name },
  { head: 'Patients', number: true, cell: (one) => count(one.subjects) },
  { head: 'Share of rows', number: true, cell: (one) => percent(one.prevalence) },
  {
    head: 'AUROC',
    title: 'this class against the rest',
    number: true,
    cell: (one) => fixed(one.discrimination.auroc, 3),
  },
  {
    head: '95 % interval',
    cell: ({ discrimination: of }) => interval(of.auroc_low, of.auroc_high, three) || '–',
  },
  { head: 'Found', title: 'sensitivity', number: true, cell: (one) => percent(one.sensitivity) },
  { head: 'Right', title: 'positive predictive value', number: true, cell: (one) => percent(one.ppv) },
  {
    head: 'Calibration slope',
    title: '1 is right',
    number: true,
    cell: (one) => fixed(one.calibration.slope, 2),
  },
];

// One curve a class, each named at the place where the curves lie farthest apart from the corner.
function RocByClass({ classes }: { classes: ClassReport[] }) {
  return (
    <ChartFigure
      title="Each class against the rest"
      term="receiver operating characteristic (ROC), one against the rest"
      note={classes.map((one) => `${one.name} ${three(one.discrimination.auroc ?? NaN)}`).join(', ')}
      table={{
        columns: ['class', 'threshold', 'false alarm rate', 'sensitivity'],
        rows: classes.flatMap((one) => one.roc.map((p) => [one.name, p.threshold, p.x, p.y])),
      }}
    >
      <Plot
        label="ROC curve of each class"
        x={{ label: 'false alarms among the rest', low: 0, high: 1, write: whole }}
        y={{ label: 'found (sensitivity)', low: 0, high: 1, write: whole }}
      >
        {(frame) =>
          classes.slice(0, tones.length).map((one, at) => (
            <g key={one.name}>
              <Line tone={tones[at] ?? 'model'} frame={frame} points={one.roc} />
              <text
                class={`direct direct-${tones[at] ?? 'model'}`}
                x={frame.right}
                y={frame.y(0.06 + 0.08 * (classes.length - 1 - at))}
                text-anchor="end"
              >
                {one.name}
              </text>
            </g>
          ))
        }
      </Plot>
    </ChartFigure>
  );
}

// What a model of several classes is judged by: each class against the rest, and which is taken for
// which.
export function ClassSections({ report }: { report: Report }) {
  const classes = report.classes ?? [];
  if (classes.length === 0) return null;
  return (
    <Section title="Each class" note="against the rest, on the same patients">
      <Table label="Each class" columns={columns} rows={classes} keyOf={(one) => one.name} />
      <Confusion counts={report.confusion ?? []} names={classes.map(({ name }) => name)} />
      <div class="charts">
        <RocByClass classes={classes} />
        {classes.map((one) => (
          <CalibrationChart key={one.name} calibration={one.calibration} of={one.name} />
        ))}
      </div>
    </Section>
  );
}
