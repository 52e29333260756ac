// What the history is narrowed to. It lives in the page's address, so that a search can be
// bookmarked and shared; it never holds a patient's value.
export const filterNames = [
  'task',
  'variant',
  'version',
  'band',
  'alert',
  'from',
  'until',
  'id',
] as const;
export type FilterName = (typeof filterNames)[number];
export type Filters = Partial<Record<FilterName, string>>;

export function parseFilters(search: string): Filters {
  const given = new URLSearchParams(search);
  const filters: Filters = {};
  for (const name of filterNames) {
    const value = given.get(name)?.trim();
    if (value) filters[name] = value;
  }
  return filters;
}

function written(filters: Filters): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of filterNames) {
    const value = filters[name]?.trim();
    if (value) query.set(name, value);
  }
  return query;
}

export function pagePath(filters: Filters): string {
  const query = written(filters).toString();
  return query ? `/predictions?${query}` : '/predictions';
}

// Days of the form are local days; the program wants instants. `until` is the end of its day.
function instant(day: string, end: boolean): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  return new Date(year, month - 1, date + (end ? 1 : 0)).toISOString();
}

export function apiPath(filters: Filters, limit: number, before: string): string {
  const query = written(filters);
  if (filters.from) query.set('from', instant(filters.from, false));
  if (filters.until) query.set('until', instant(filters.until, true));
  query.set('limit', String(limit));
  if (before) query.set('before', before);
  return `/api/v1/predictions?${query}`;
}
