// "file:<64 hex>/patient-vitals.ndjson#17" → "patient-vitals.ndjson, row 17 (file 3f9a0c1d)": a
// file is known by its content; eight characters tell files apart for people.
const position = /^file:([0-9a-f]{64})\/(.*)#(\d+)$/;

export function placeWords(text: string): string {
  const parts = position.exec(text);
  if (!parts) return text;
  const [, sha256 = '', member = '', row = ''] = parts;
  return `${member}, row ${row} (file ${sha256.slice(0, 8)})`;
}

// "file <64 hex>" → "file 3f9a0c1d"; everything else as it is.
export function thingWords(name: string): string {
  return name.replace(/^file ([0-9a-f]{8})[0-9a-f]{56}$/, 'file $1');
}
