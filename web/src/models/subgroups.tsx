import type { Report } from '../api/report_types';
import { extent } from '../charts/scale';
import { Section } from '../parts/section';
import { TableFrame } from '../parts/table_frame';
import { count, fixed, interval, isFigure, percent } from '../words/figures';
import { Gaps } from './gaps';
import { IntervalMark } from './interval_mark';

const three = (value: number): string => fixed(value, 3);

export function Subgroups({ report }: { report: Report }) {
  const rows = report.subgroups ?? [];
  if (rows.length === 0) return null;
  const overall = (report.discrimination?.['auroc'] as number | null | undefined) ?? 0.5;
  const ends = rows.flatMap((r) => [r.auroc, r.auroc_low, r.auroc_high]).filter(isFigure);
  const [low, high] = extent([...ends, overall]);
  return (
    <Section
      title="Subgroups"
      note="the fine line is the AUROC of all; groups with few events have none"
    >
      <TableFrame label="Subgroups">
        <thead>
          <tr>
            <th scope="col">Group</th>
            <th scope="col" class="number">
              Patients
            </th>
            <th scope="col" class="number">
              with event
            </th>
            <th scope="col" class="number">
              AUROC
            </th>
            <th scope="col">95 % interval</th>
            <th scope="col">
              <span class="hidden">Interval drawn</span>
            </th>
            <th scope="col" class="number">
              Predicted
            </th>
            <th scope="col" class="number">
              Observed
            </th>
            <th scope="col" class="number" title="sensitivity">
              Found
            </th>
            <th scope="col" class="number" title="positive predictive value">
              Right
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.column}/${row.level}`}>
              <th scope="row">
                <span class="quiet">{row.column.replaceAll('_', ' ')}</span> {row.level}
              </th>
              <td class="number">{count(row.subjects)}</td>
              <td class="number">{count(row.event_subjects)}</td>
              <td class="number">{fixed(row.auroc, 3)}</td>
              <td>{interval(row.auroc_low, row.auroc_high, three) || '–'}</td>
              <td>
                <IntervalMark
                  value={row.auroc}
                  low={row.auroc_low}
                  high={row.auroc_high}
                  from={low}
                  to={high}
                  reference={overall}
                />
              </td>
              <td class="number">{percent(row.mean_risk)}</td>
              <td class="number">{percent(row.observed)}</td>
              <td class="number">{percent(row.sensitivity)}</td>
              <td class="number">{percent(row.ppv)}</td>
            </tr>
          ))}
        </tbody>
      </TableFrame>
      <Gaps gaps={report.subgroup_gaps ?? []} />
    </Section>
  );
}
