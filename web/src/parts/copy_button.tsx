import { useEffect, useState } from 'preact/hooks';

interface Props {
  label: string;
  text: () => string;
}

// Outside a secure context there is no clipboard: then the text is selected through a field, as of
// old.
async function copy(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement('textarea');
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  if (!done) throw new Error('no clipboard');
}

export function CopyButton({ label, text }: Props) {
  const [told, setTold] = useState('');
  useEffect(() => {
    if (!told) return undefined;
    const timer = setTimeout(() => setTold(''), 2000);
    return () => clearTimeout(timer);
  }, [told]);
  const run = (): void => {
    copy(text()).then(
      () => setTold('Copied'),
      () => setTold('The browser refused to copy'),
    );
  };
  return (
    <span class="copy">
      <button type="button" class="quiet-button" onClick={run}>
        {label}
      </button>
      <span role="status" class="quiet">
        {told}
      </span>
    </span>
  );
}
