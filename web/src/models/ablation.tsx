import type { AblationPart, Comparison } from '../api/report_types';
import { extent } from '../charts/scale';
import { TableFrame } from '../parts/table_frame';
import { count, fixed, interval, isFigure } from '../words/figures';
import { measureWords } from '../words/measures';
import { IntervalMark } from './interval_mark';

type Measure = Comparison['measures'][number];

const heads = ['auroc', 'macro_auroc', 'r2'];
const three = (value: number): string => fixed(value, 3);

function headOf(of: Comparison): Measure | undefined {
  return of.measures.find(({ name }) => heads.includes(name));
}

const worth: Record<string, string> = { better: 'adds', worse: 'harms' };

function Part({ part, reach }: { part: AblationPart; reach: [number, number] }) {
  const without = headOf(part.without);
  const alone = headOf(part.alone);
  return (
    <tr>
      <th scope="row">
        {part.name} <span class="quiet">{part.kind === 'block' ? 'block' : ''}</span>
      </th>
      <td class="number">{count(part.inputs)}</td>
      <td class="number">{fixed(without?.other, 3)}</td>
      <td class="number">{fixed(without?.difference, 3)}</td>
      <td>{interval(without?.difference_low, without?.difference_high, three) || '–'}</td>
      <td>
        <IntervalMark
          value={without?.difference}
          low={without?.difference_low}
          high={without?.difference_high}
          from={reach[0]}
          to={reach[1]}
          reference={0}
        />
      </td>
      <td>{worth[without?.verdict ?? ''] ?? 'not shown'}</td>
      <td class="number">{fixed(alone?.other, 3)}</td>
    </tr>
  );
}

// What each group of inputs adds: the same learner and settings on the same folds, without it and
// with nothing else.
export function Ablation({ parts }: { parts: AblationPart[] }) {
  const first = parts[0] && headOf(parts[0].without);
  if (!first) return null;
  const figure = measureWords(first.name);
  const reach = extent([
    0,
    ...parts
      .map(({ without }) => headOf(without))
      .flatMap((head) => [head?.difference_low, head?.difference_high])
      .filter(isFigure),
  ]);
  return (
    <>
      <p class="quiet">
        all inputs reach {figure} {fixed(first.model, 3)}; differences are paired by patient, each
        interval by itself: of many groups some leave 0 out by chance
      </p>
      <TableFrame label="What each group of inputs adds">
        <thead>
          <tr>
            <th scope="col">Inputs</th>
            <th scope="col" class="number">
              How many
            </th>
            <th scope="col" class="number">
              {figure} without
            </th>
            <th scope="col" class="number">
              Lost without
            </th>
            <th scope="col">95 % interval</th>
            <th scope="col">
              <span class="hidden">Interval drawn</span>
            </th>
            <th scope="col">Shown</th>
            <th scope="col" class="number">
              {figure} alone
            </th>
          </tr>
        </thead>
        <tbody>
          {parts.map((part) => (
            <Part key={`${part.kind}/${part.name}`} part={part} reach={reach} />
          ))}
        </tbody>
      </TableFrame>
    </>
  );
}
