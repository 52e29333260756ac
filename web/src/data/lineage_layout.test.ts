import { expect, it } from 'vitest';
import { layerOf, layOut } from './lineage_layout';

const node = (name: string) => ({ name, version: 0, rows: 1 });
const edge = (from: string, to: string) => ({ from, to, job: '', at: '' });

it('knows the layer of a thing by its name', () => {
  expect(['file ab', 'bronze.x', 'silver.x', 'gold.x', 'model a/b-1'].map(layerOf)).toEqual([
    0, 1, 2, 3, 4,
  ]);
});

it('sets things left to right, a derived table after the one it reads', () => {
  const names = ['model s/v-1', 'gold.a', 'silver.patients', 'silver.events', 'bronze.v', 'file ab'];
  const { placed, columns } = layOut(names.map(node), [
    edge('file ab', 'bronze.v'),
    edge('bronze.v', 'silver.events'),
    edge('silver.events', 'silver.patients'),
    edge('silver.patients', 'gold.a'),
    edge('silver.events', 'model s/v-1'),
  ]);
  const columnOf = Object.fromEntries(placed.map((one) => [one.node.name, one.column]));
  expect(columnOf).toEqual({
    'file ab': 0,
    'bronze.v': 1,
    'silver.events': 2,
    'silver.patients': 3,
    'gold.a': 4,
    'model s/v-1': 5,
  });
  expect(columns).toBe(6);
});

it('sets what comes from the upper thing above what comes from the lower one', () => {
  const { placed } = layOut(
    ['bronze.b', 'bronze.a', 'file 2', 'file 1'].map(node),
    [edge('file 1', 'bronze.b'), edge('file 2', 'bronze.a')],
  );
  const rowOf = Object.fromEntries(placed.map((one) => [one.node.name, one.row]));
  expect(rowOf['bronze.b']).toBe(rowOf['file 1']);
  expect(rowOf['bronze.a']).toBe(rowOf['file 2']);
});

it('lays out nothing', () => {
  expect(layOut([], [])).toEqual({ placed: [], columns: 0, rows: 0 });
});
