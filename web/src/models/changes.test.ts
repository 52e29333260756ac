import { expect, it } from 'vitest';
import { changesFor } from './changes';

const model = (state: string, fixture = false) => ({
  task: 'sepsis',
  variant: 'process',
  version: 'process-1',
  state,
  fixture,
  source: 's',
  synthetic: false,
  created_at: '',
});
const names = (state: string, given = 0, needed = 1, fixture = false) =>
  changesFor(model(state, fixture), given, needed).map((change) => change.name);

it('offers what the state allows, the likeliest first', () => {
  expect(names('champion')).toEqual(['rollback']);
  expect(names('candidate')).toEqual(['activate', 'approve', 'challenge', 'retire']);
  expect(names('approved')).toEqual(['activate', 'challenge', 'retire']);
  expect(names('challenger')).toEqual(['activate', 'retire']);
  expect(names('retired')).toEqual(['activate', 'challenge']);
});

it('does not offer service before the approvals are there', () => {
  expect(names('candidate', 0, 2)).toEqual(['approve', 'challenge', 'retire']);
  expect(names('candidate', 1, 2)).toEqual(['approve', 'challenge', 'retire']);
  expect(names('approved', 2, 2)).toEqual(['activate', 'challenge', 'retire']);
});

it('offers no service to a fixture', () => {
  expect(names('candidate', 2, 2, true)).toEqual(['retire']);
  expect(names('retired', 0, 1, true)).toEqual([]);
});
