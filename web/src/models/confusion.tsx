import { TableFrame } from '../parts/table_frame';
import { count, percent } from '../words/figures';

interface Props {
  counts: number[][]; // rows by truth, columns by prediction
  names: string[];
}

// Which class is taken for which: rows, and their share of the true class.
export function Confusion({ counts, names }: Props) {
  if (counts.length === 0) return null;
  return (
    <div class="below">
      <h3 title="confusion matrix">Which class is taken for which</h3>
      <TableFrame label="Which class is taken for which">
        <thead>
          <tr>
            <th scope="col">Is</th>
            {names.map((name) => (
              <th key={name} scope="col" class="number">
                told {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {counts.map((row, truth) => {
            const all = row.reduce((sum, rows) => sum + rows, 0);
            return (
              <tr key={truth}>
                <th scope="row">{names[truth]}</th>
                {row.map((rows, told) => (
                  <td key={told} class={`number${truth === told ? ' same' : ''}`}>
                    {count(rows)} <span class="unit">{percent(all > 0 ? rows / all : null)}</span>
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </TableFrame>
    </div>
  );
}
