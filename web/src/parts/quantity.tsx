import { unitWord } from '../words/units';

// A value with its unit in a lighter weight beside it.
export function Quantity({ value, unit = '' }: { value: string; unit?: string }) {
  const word = unitWord(unit);
  return (
    <span class="quantity">
      {value}
      {word && <span class="unit"> {word}</span>}
    </span>
  );
}
