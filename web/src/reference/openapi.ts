// The program's OpenAPI document as the reference page reads it: references resolved, fields in
// one flat list, a curl line to copy.
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  default?: unknown;
}

export interface Parameter {
  name: string;
  in: 'path' | 'query';
  required?: boolean;
  description?: string;
  schema?: JsonSchema;
}

interface Media {
  schema?: JsonSchema;
  example?: unknown;
}

interface RawOperation {
  summary: string;
  parameters?: Parameter[];
  security?: unknown[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { description: string; content?: Record<string, Media> }>;
}

export interface OpenApi {
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, RawOperation>>;
  components: { schemas: Record<string, JsonSchema> };
}

export interface Operation {
  id: string;
  method: string;
  path: string;
  group: string;
  summary: string;
  open: boolean;
  parameters: Parameter[];
  body: JsonSchema | null;
  example: unknown;
  answer: JsonSchema | null;
  statuses: [status: string, description: string][];
}

export interface Field {
  name: string;
  required: boolean;
  type: string;
  note: string;
}

export function resolve(document: OpenApi, schema: JsonSchema | undefined): JsonSchema {
  let found = schema ?? {};
  for (let hops = 0; found.$ref && hops < 8; hops += 1) {
    found = document.components.schemas[found.$ref.replace('#/components/schemas/', '')] ?? {};
  }
  return found;
}

const groupWords: Record<string, string> = {
  predict: 'Predict',
  predictions: 'Predictions',
  models: 'Models',
  tasks: 'Questions',
  data: 'Data',
  lineage: 'Data',
};

function groupOf(path: string): string {
  const word = path.startsWith('/api/v1/') ? (path.split('/')[3] ?? '') : '';
  return groupWords[word] ?? 'Program';
}

export function operationsOf(document: OpenApi): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, raw]) => {
      const media = raw.requestBody?.content['application/json'];
      const answer = raw.responses['200']?.content?.['application/json']?.schema;
      return {
        id: `${method} ${path}`,
        method: method.toUpperCase(),
        path,
        group: groupOf(path),
        summary: raw.summary,
        open: raw.security === undefined,
        parameters: raw.parameters ?? [],
        body: media?.schema ?? null,
        example: media?.example,
        answer: answer ?? null,
        statuses: Object.entries(raw.responses).map(([status, { description }]) => [
          status,
          description,
        ]),
      };
    }),
  );
}

function bounds({ minimum, maximum }: JsonSchema): string {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  if (minimum !== undefined) return `≥ ${minimum}`;
  return maximum !== undefined ? `≤ ${maximum}` : '';
}

function typeWords(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((word) => String(word ?? 'null')).join(' | ');
  if (schema.const !== undefined) return String(schema.const);
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : schema.type;
  return [type ?? 'any', schema.format].filter(Boolean).join(', ');
}

// A number that may also come with a unit is told as its number with the units that are known.
function fieldOf(document: OpenApi, name: string, given: JsonSchema, required: boolean): Field {
  const schema = resolve(document, given);
  const note = schema.description ?? '';
  if (schema.anyOf) {
    const choices = schema.anyOf.map((one) => resolve(document, one));
    const number = choices.find((one) => one.type === 'number');
    const units = choices
      .map((one) => one.properties?.['unit']?.const)
      .filter((unit): unit is string => typeof unit === 'string');
    const type = number ? `number ${bounds(number)}`.trim() : choices.map(typeWords).join(' or ');
    const also = units.length > 0 ? ` · or {"value", "unit"} in ${units.join(', ')}` : '';
    return { name, required, type, note: note + also };
  }
  return { name, required, type: `${typeWords(schema)} ${bounds(schema)}`.trim(), note };
}

// The members of an object, those of inner objects with a dot before them; of an object with several
// shapes the members of any.
export function fieldsOf(document: OpenApi, given: JsonSchema | null, prefix = ''): Field[] {
  const schema = resolve(document, given ?? {});
  if (schema.anyOf) {
    const all = schema.anyOf.flatMap((shape) => fieldsOf(document, shape, prefix));
    return [...new Map(all.map((field) => [field.name, field])).values()];
  }
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const own = resolve(document, member);
    const path = prefix + name;
    const field = fieldOf(document, path, member, schema.required?.includes(name) ?? false);
    if (own.type === 'object' && own.properties) {
      return [field, ...fieldsOf(document, own, `${path}.`)];
    }
    if (own.type === 'array' && own.items) {
      return [field, ...fieldsOf(document, own.items, `${path}[].`)];
    }
    return [field];
  });
}

// The address with its parameters filled in; what is empty stays out of the query.
export function addressOf(operation: Operation, values: Record<string, string>): string {
  let path = operation.path;
  const query = new URLSearchParams();
  for (const { name, in: place } of operation.parameters) {
    const value = values[name] ?? '';
    if (place === 'path') path = path.replace(`{${name}}`, encodeURIComponent(value));
    else if (value) query.set(name, value);
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

export function curlOf(origin: string, operation: Operation, address: string, body: string): string {
  const parts = ['curl -s'];
  if (!operation.open) parts.push('-H @codman-data/secrets/auth_header');
  if (operation.body) parts.push("-H 'Content-Type: application/json'", `-d ${quoted(body)}`);
  parts.push(quoted(origin + address));
  return parts.join(' ');
}
