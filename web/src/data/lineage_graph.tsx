import type { LineageAnswer } from '../api/types';
import { goTo, tablePath } from '../app/route';
import { shortened } from '../charts/text_width';
import { DataTable } from '../parts/data_table';
import { count } from '../words/figures';
import { thingWords } from './place_words';
import { layerOf, layOut, type Placed } from './lineage_layout';

const boxWidth = 176;
const boxHeight = 40;
const columnStep = boxWidth + 56;
const rowStep = boxHeight + 16;

const xOf = (at: Placed): number => at.column * columnStep;
const yOf = (at: Placed): number => at.row * rowStep + 1;

const isTable = (name: string): boolean => /^(bronze|silver|gold)\./.test(name);

function Box({ at }: { at: Placed }) {
  const { name, rows, version } = at.node;
  const opens = isTable(name);
  const open = (): void => goTo(tablePath(name));
  return (
    <g
      class={opens ? 'thing thing-opens' : 'thing'}
      transform={`translate(${xOf(at)} ${yOf(at)})`}
      onClick={opens ? open : undefined}
    >
      <title>{`${name}${version >= 0 ? `, version ${version}` : ''}`}</title>
      <rect width={boxWidth} height={boxHeight} rx={4} />
      <text x={10} y={17}>
        {shortened(thingWords(name), boxWidth - 20)}
      </text>
      <text class="thing-note" x={10} y={32}>
        {rows > 0 ? `${count(rows)} rows` : layerOf(name) === 4 ? 'model' : 'declared'}
      </text>
    </g>
  );
}

function curve(from: Placed, to: Placed): string {
  const [x1, y1] = [xOf(from) + boxWidth, yOf(from) + boxHeight / 2];
  const [x2, y2] = [xOf(to), yOf(to) + boxHeight / 2];
  const bend = (x1 + x2) / 2;
  return `M${x1} ${y1}C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`;
}

// What was made from what: drawn, and as a table for reading and copying.
export function LineageGraph({ graph }: { graph: LineageAnswer }) {
  const { placed, columns, rows } = layOut(graph.nodes, graph.edges);
  const at = new Map(placed.map((one) => [one.node.name, one]));
  if (placed.length === 0) return <p class="notice">Nothing was made from anything yet.</p>;
  return (
    <figure class="chart lineage">
      <div class="table-frame" role="region" aria-label="Lineage graph" tabIndex={0}>
        <svg
          role="img"
          aria-label={`Lineage of ${placed.length} things in ${columns} steps; the table below holds every arrow`}
          width={columns * columnStep - 56 + 2}
          height={rows * rowStep - 16 + 2}
        >
          {graph.edges.map((edge) => {
            const from = at.get(edge.from);
            const to = at.get(edge.to);
            return from && to && <path key={`${edge.from}>${edge.to}`} d={curve(from, to)} />;
          })}
          {placed.map((one) => (
            <Box key={one.node.name} at={one} />
          ))}
        </svg>
      </div>
      <DataTable
        label="Lineage"
        table={{
          columns: ['from', 'to', 'made by', 'at'],
          rows: graph.edges.map((edge) => [edge.from, edge.to, edge.job, edge.at]),
        }}
      />
    </figure>
  );
}
