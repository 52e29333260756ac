// What was predicted on these pages since they were opened; newest first. Lives in memory only.
import { signal } from '@preact/signals';
import type { Prediction, Schema } from '../api/types';
import type { Entries } from './entries';

export interface Made {
  prediction: Prediction;
  schema: Schema;
  entries: Entries;
  from: string;
}

const most = 50;

export const made = signal<Made[]>([]);

export function remember(one: Made): void {
  made.value = [one, ...made.value].slice(0, most);
}
