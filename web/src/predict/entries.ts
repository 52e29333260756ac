// What is typed into the form, and what it means. The rules are the API's, so that most mistakes
// are told without a round trip; the API stays the judge. Pure.
import type { FieldError } from '../api/problem';
import type { Feature, GivenValue, Schema } from '../api/types';
import { measured, range } from '../words/figures';
import { unitWord } from '../words/units';

// `unit` only where it was pasted and differs from the form's: the program converts it.
export interface Entry {
  text: string;
  unit?: string;
}

export type Entries = Record<string, Entry>;

const decimal = /^[-+\u2212]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;

export function featuresOf(schema: Schema): Feature[] {
  return schema.groups.flatMap((group) => group.features);
}

function withUnit(text: string, feature: Feature): string {
  const unit = unitWord(feature.unit);
  return unit ? `${text} ${unit}` : text;
}

export function acceptedWords(feature: Feature): string {
  const words = range(feature.low, feature.high);
  return words && withUnit(words, feature);
}

export function usualWords(feature: Feature): string {
  return range(feature.reference_low, feature.reference_high);
}

// Empty is allowed: an absent value is a fact the models know how to read.
export function errorOf(feature: Feature, entry: Entry | undefined): string {
  const text = entry?.text.trim() ?? '';
  if (text === '') return '';
  if (feature.levels?.length) {
    return feature.levels.includes(text)
      ? ''
      : `${feature.label} must be one of: ${feature.levels.join(', ')}`;
  }
  if (/^\d+,\d+$/.test(text)) return `Write ${text.replace(',', '.')}, with a point`;
  if (!decimal.test(text)) return `${feature.label} must be a number`;
  const value = numberOf(text);
  if (!Number.isFinite(value)) return `${feature.label} is too large`;
  if (entry?.unit !== undefined) return '';
  const { low, high } = feature;
  if ((low !== null && value < low) || (high !== null && value > high)) {
    return `${measured(value)} is not possible: ${feature.label} is accepted ${boundsWords(feature)}`;
  }
  return '';
}

function boundsWords({ low, high, ...feature }: Feature): string {
  const unit = unitWord(feature.unit);
  const tail = unit ? ` ${unit}` : '';
  if (low !== null && high !== null) return `from ${measured(low)} to ${measured(high)}${tail}`;
  return low !== null ? `from ${measured(low)}${tail} on` : `up to ${measured(high)}${tail}`;
}

function numberOf(text: string): number {
  return Number(text.trim().replace('\u2212', '-'));
}

export interface ReadForm {
  features: Record<string, GivenValue>;
  errors: FieldError[];
}

export function readForm(schema: Schema, entries: Entries): ReadForm {
  const read: ReadForm = { features: {}, errors: [] };
  for (const feature of featuresOf(schema)) {
    const entry = entries[feature.id];
    if (entry === undefined || entry.text.trim() === '') continue;
    const message = errorOf(feature, entry);
    if (message) read.errors.push({ field: feature.id, message });
    else if (feature.levels?.length) read.features[feature.id] = entry.text.trim();
    else {
      const value = numberOf(entry.text);
      read.features[feature.id] = entry.unit === undefined ? value : { value, unit: entry.unit };
    }
  }
  if (read.errors.length === 0 && Object.keys(read.features).length === 0) {
    read.errors.push({
      field: '',
      message: 'Give at least one value, or choose a sample patient.',
    });
  }
  return read;
}

export function entriesOf(schema: Schema, values: Record<string, GivenValue>): Entries {
  const known = new Map(featuresOf(schema).map((feature) => [feature.id, feature]));
  // A number that has a word is chosen by it.
  const textOf = (id: string, value: number | string) =>
    (typeof value === 'number' && known.get(id)?.levels?.[value]) || String(value);
  const entries: Entries = {};
  for (const [id, given] of Object.entries(values)) {
    if (given === null) continue;
    if (typeof given === 'number' || typeof given === 'string') entries[id] = { text: textOf(id, given) };
    else if (given.value !== null) {
      entries[id] = { text: textOf(id, given.value) };
      if (given.unit !== known.get(id)?.unit) entries[id].unit = given.unit;
    }
  }
  return entries;
}

function isGiven(feature: Feature, value: unknown): value is GivenValue {
  if (value === null || typeof value === 'number') return true;
  if (typeof value === 'string') return feature.levels !== undefined && feature.levels.length > 0;
  if (typeof value !== 'object') return false;
  const { value: number, unit } = value as Record<string, unknown>;
  return (number === null || typeof number === 'number') && typeof unit === 'string';
}

// Reads what a request to the API may hold: the whole body, or its features alone.
export function parsePasted(schema: Schema, text: string): { entries: Entries; errors: string[] } {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return { entries: {}, errors: [`This is not JSON: ${(error as Error).message}`] };
  }
  const body = document as { features?: unknown } | null;
  const features =
    typeof body === 'object' && body !== null && 'features' in body ? body.features : body;
  if (typeof features !== 'object' || features === null || Array.isArray(features)) {
    return { entries: {}, errors: ['Expected an object of features, as in {"heart_rate": 112}'] };
  }
  const known = new Map(featuresOf(schema).map((feature) => [feature.id, feature]));
  const values: Record<string, GivenValue> = {};
  const errors: string[] = [];
  for (const [id, value] of Object.entries(features)) {
    const feature = known.get(id);
    if (!feature) errors.push(`'${id}' is not a feature of this question`);
    else if (isGiven(feature, value)) values[id] = value;
    else if (feature.levels?.length)
      errors.push(`'${id}' must be one of: ${feature.levels.join(', ')}; or null`);
    else errors.push(`'${id}' must be a number, null or {"value": …, "unit": …}`);
  }
  return { entries: entriesOf(schema, values), errors };
}

// The API names fields by their place in the body; the form knows them by their feature.
export function fieldOf(path: string): string {
  return path.replace(/^\/?features[./]/, '').replace(/[./](value|unit)$/, '');
}
