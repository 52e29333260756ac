import type { Band } from '../api/types';
import { BandMark } from '../parts/band';
import { TableFrame } from '../parts/table_frame';
import { count } from '../words/figures';

const names: Band[] = ['low', 'moderate', 'high', 'critical'];

// How the champion's bands became the challenger's: counts of answers.
export function ShadowBands({ bands }: { bands: number[][] }) {
  return (
    <>
      <h3>Bands</h3>
      <TableFrame label="Bands of champion and challenger">
        <thead>
          <tr>
            <th scope="col">Champion said</th>
            {names.map((name) => (
              <th key={name} scope="col" class="number">
                challenger {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bands.map((counts, row) => (
            <tr key={row}>
              <th scope="row">
                <BandMark band={names[row] ?? 'low'} />
              </th>
              {counts.map((answers, column) => (
                <td key={column} class={`number${row === column ? ' same' : ''}`}>
                  {count(answers)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </TableFrame>
    </>
  );
}
