// Where the things of a lineage graph stand: one column per layer, left to right as data flow, and
// within a column next to what they come from.
import type { LineageEdge, LineageNode } from '../api/types';

const layers = ['file', 'bronze', 'silver', 'gold', 'model'];

export function layerOf(name: string): number {
  const word = name.split(/[ .]/)[0] ?? '';
  const at = layers.indexOf(word);
  return at < 0 ? 2 : at;
}

export interface Placed {
  node: LineageNode;
  column: number;
  row: number;
}

export interface Layout {
  placed: Placed[];
  columns: number;
  rows: number;
}

// A table that reads one of its own layer stands a column further: silver.patients comes after
// silver.events. Columns without anything are left out.
function columnsOf(nodes: LineageNode[], edges: LineageEdge[]): Map<string, number> {
  const depth = new Map(nodes.map((node) => [node.name, layerOf(node.name) * nodes.length]));
  for (let round = 0; round < nodes.length; round += 1) {
    let moved = false;
    for (const { from, to } of edges) {
      const wanted = (depth.get(from) ?? 0) + 1;
      if (wanted > (depth.get(to) ?? 0) && wanted < (layerOf(to) + 1) * nodes.length) {
        depth.set(to, wanted);
        moved = true;
      }
    }
    if (!moved) break;
  }
  const used = [...new Set(depth.values())].sort((a, b) => a - b);
  return new Map([...depth].map(([name, at]) => [name, used.indexOf(at)]));
}

export function layOut(nodes: LineageNode[], edges: LineageEdge[]): Layout {
  const columns = columnsOf(nodes, edges);
  const rowOf = new Map<string, number>();
  const placed: Placed[] = [];
  const last = Math.max(-1, ...columns.values());
  let rows = 0;
  for (let column = 0; column <= last; column += 1) {
    const here = nodes.filter((node) => columns.get(node.name) === column);
    const pull = (node: LineageNode): number => {
      const from = edges.filter((edge) => edge.to === node.name && rowOf.has(edge.from));
      if (from.length === 0) return Number.POSITIVE_INFINITY;
      return from.reduce((sum, edge) => sum + (rowOf.get(edge.from) ?? 0), 0) / from.length;
    };
    const pulls = new Map(here.map((node) => [node.name, pull(node)]));
    const order = (a: LineageNode, b: LineageNode): number => {
      const pa = pulls.get(a.name) ?? 0;
      const pb = pulls.get(b.name) ?? 0;
      return pa === pb ? a.name.localeCompare(b.name) : pa - pb;
    };
    [...here].sort(order).forEach((node, row) => {
      rowOf.set(node.name, row);
      placed.push({ node, column, row });
    });
    rows = Math.max(rows, here.length);
  }
  return { placed, columns: last + 1, rows };
}
