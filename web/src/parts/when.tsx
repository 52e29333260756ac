import { ageWords, clockWords, dayWords, fullWords, parseTime } from '../words/times';

interface Props {
  iso: string | null | undefined;
  as?: 'clock' | 'day' | 'age';
}

export function When({ iso, as = 'clock' }: Props) {
  const at = parseTime(iso);
  if (at === null) return <>–</>;
  const text =
    as === 'age' ? ageWords(at, new Date()) : as === 'day' ? dayWords(at) : clockWords(at);
  return (
    <time dateTime={at.toISOString()} title={fullWords(at)}>
      {text}
    </time>
  );
}
