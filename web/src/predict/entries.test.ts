import { describe, expect, it } from 'vitest';
import type { Schema } from '../api/types';
import { entriesOf, errorOf, featuresOf, fieldOf, parsePasted, readForm } from './entries';

const schema = {
  groups: [
    {
      name: 'Vital signs',
      features: [
        { id: 'heart_rate', label: 'Heart rate', unit: '/min', low: 10, high: 350 },
        { id: 'lactate', label: 'Lactate', unit: 'mmol/L', low: 0, high: null },
        { id: 'sex', label: 'Sex', unit: '', low: null, high: null, levels: ['female', 'male'] },
      ],
    },
  ],
} as unknown as Schema;
const [heartRate] = featuresOf(schema);

describe('one field', () => {
  it.each(['', ' ', '72', '72.5', '+72', '7.2e1', ' 72 '])('accepts %j', (text) => {
    expect(errorOf(heartRate!, { text })).toBe('');
  });
  it.each([
    ['seventy', 'Heart rate must be a number'],
    ['NaN', 'Heart rate must be a number'],
    ['Infinity', 'Heart rate must be a number'],
    ['0x48', 'Heart rate must be a number'],
    ['72,5', 'Write 72.5, with a point'],
    ['1e999', 'Heart rate is too large'],
    ['900', '900 is not possible: Heart rate is accepted from 10 to 350 /min'],
    ['−5', '−5 is not possible: Heart rate is accepted from 10 to 350 /min'],
  ])('refuses %j', (text, message) => {
    expect(errorOf(heartRate!, { text })).toBe(message);
  });
});

describe('the form', () => {
  it('sends numbers, leaves empty fields out and keeps a pasted unit', () => {
    const entries = { heart_rate: { text: '112' }, lactate: { text: '30', unit: 'mg/dL' } };
    expect(readForm(schema, entries)).toEqual({
      features: { heart_rate: 112, lactate: { value: 30, unit: 'mg/dL' } },
      errors: [],
    });
  });
  it('asks for at least one value', () => {
    expect(readForm(schema, { heart_rate: { text: ' ' } }).errors).toHaveLength(1);
  });
  it("drops the unit where it is the form's own", () => {
    expect(entriesOf(schema, { lactate: { value: 2, unit: 'mmol/L' } })).toEqual({
      lactate: { text: '2' },
    });
  });
});

describe('pasting', () => {
  it('reads a whole request and features alone', () => {
    const expected = { entries: { heart_rate: { text: '112' } }, errors: [] };
    expect(parsePasted(schema, '{"features": {"heart_rate": 112}}')).toEqual(expected);
    expect(parsePasted(schema, '{"heart_rate": 112, "lactate": null}')).toEqual(expected);
  });
  it('takes the words of a field that has words', () => {
    expect(parsePasted(schema, '{"sex": "male"}').entries).toEqual({ sex: { text: 'male' } });
    expect(parsePasted(schema, '{"sex": 1}').entries).toEqual({ sex: { text: 'male' } });
    expect(errorOf(featuresOf(schema)[2]!, { text: 'other' })).toBe(
      'Sex must be one of: female, male',
    );
  });
  it.each([
    '',
    '[]',
    '{"features": 3}',
    'null',
    '{"pulse": 3}',
    '{"heart_rate": "NaN"}',
    '{"heart_rate": NaN}',
  ])('refuses %j', (text) => {
    expect(parsePasted(schema, text).errors).toHaveLength(1);
  });
});

it('finds the field of an error of the API', () => {
  expect(['heart_rate', 'features.heart_rate', '/features/lactate/unit'].map(fieldOf)).toEqual([
    'heart_rate',
    'heart_rate',
    'lactate',
  ]);
});
