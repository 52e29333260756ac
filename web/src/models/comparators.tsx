import type { Report } from '../api/report_types';
import { Section } from '../parts/section';
import { TableFrame } from '../parts/table_frame';
import { fixed, interval } from '../words/figures';
import { Comparisons } from './comparisons';
import { IntervalMark } from './interval_mark';

const three = (value: number): string => fixed(value, 3);

export function Comparators({ report }: { report: Report }) {
  const rows = report.comparators ?? [];
  if (rows.length === 0) return null;
  const farthest = Math.max(
    ...rows.flatMap((r) => [Math.abs(r.difference_low ?? 0), Math.abs(r.difference_high ?? 0)]),
  );
  const binary = !report.regression && !report.multiclass;
  const figure = report.regression ? 'R²' : report.multiclass ? 'macro AUROC' : 'AUROC';
  return (
    <Section
      title="Against simpler rules"
      note={`on the same rows; the difference is in ${figure}, paired by patient`}
    >
      <TableFrame label="Comparators">
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col" class="number">
              {figure}
            </th>
            {binary && (
              <th scope="col" class="number">
                AUPRC
              </th>
            )}
            <th scope="col" class="number">
              Model is better by
            </th>
            <th scope="col">95 % interval</th>
            <th scope="col">
              <span class="hidden">Interval drawn</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row">{row.name.replaceAll('_', ' ')}</th>
              <td class="number">{fixed(row.r2 ?? row.macro_auroc ?? row.auroc, 3)}</td>
              {binary && <td class="number">{fixed(row.auprc, 3)}</td>}
              <td class="number">{fixed(row.difference, 3)}</td>
              <td>{interval(row.difference_low, row.difference_high, three) || '–'}</td>
              <td>
                <IntervalMark
                  value={row.difference}
                  low={row.difference_low}
                  high={row.difference_high}
                  from={-farthest}
                  to={farthest}
                  reference={0}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </TableFrame>
      <Comparisons of={report.comparisons} />
    </Section>
  );
}
