import { expect, it } from 'vitest';
import { addressOf, curlOf, fieldsOf, operationsOf, type OpenApi } from './openapi';

const document: OpenApi = {
  info: { title: 'Codman', version: '1', description: '' },
  paths: {
    '/api/v1/predict/sepsis': {
      post: {
        summary: 'One patient',
        security: [{}],
        parameters: [{ name: 'explain', in: 'query' }],
        requestBody: {
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Ask' } } },
        },
        responses: { '200': { description: 'done' } },
      },
    },
    '/api/v1/models/{task}': {
      get: {
        summary: 'Versions',
        parameters: [{ name: 'task', in: 'path', required: true }],
        responses: { '200': { description: 'done' }, '404': { description: 'nothing' } },
      },
    },
  },
  components: {
    schemas: {
      Ask: {
        type: 'object',
        required: ['features'],
        properties: {
          variant: { enum: ['a', null] },
          features: { $ref: '#/components/schemas/Features' },
        },
      },
      Features: {
        type: 'object',
        properties: {
          lactate: {
            description: 'Lactate, mmol/L',
            anyOf: [
              { type: 'number', minimum: 0.1, maximum: 30 },
              { type: 'null' },
              { type: 'object', properties: { unit: { const: 'mg/dL' } } },
            ],
          },
        },
      },
    },
  },
};

it('lists operations with group, openness and statuses', () => {
  const [predict, models] = operationsOf(document);
  expect(predict).toMatchObject({ method: 'POST', group: 'Predict', open: false });
  expect(models).toMatchObject({ group: 'Models', open: true });
  expect(models?.statuses).toEqual([
    ['200', 'done'],
    ['404', 'nothing'],
  ]);
});

it('tells the fields of a body through references, with range and units', () => {
  const body = operationsOf(document)[0]?.body ?? null;
  expect(fieldsOf(document, body)).toEqual([
    { name: 'variant', required: false, type: 'a | null', note: '' },
    { name: 'features', required: true, type: 'object', note: '' },
    {
      name: 'features.lactate',
      required: false,
      type: 'number 0.1 to 30',
      note: 'Lactate, mmol/L · or {"value", "unit"} in mg/dL',
    },
  ]);
});

it('writes addresses and curl lines that a shell takes', () => {
  const [predict, models] = operationsOf(document);
  if (!predict || !models) throw new Error('two operations');
  expect(addressOf(models, { task: 'a/b' })).toBe('/api/v1/models/a%2Fb');
  expect(addressOf(predict, { explain: 'none' })).toBe('/api/v1/predict/sepsis?explain=none');
  expect(addressOf(predict, { explain: '' })).toBe('/api/v1/predict/sepsis');
  expect(curlOf('http://h', predict, '/p', `{"a": "it's"}`)).toBe(
    `curl -s -H @codman-data/secrets/auth_header -H 'Content-Type: application/json' -d '{"a": "it'\\''s"}' 'http://h/p'`,
  );
});
