import { useEffect, useRef } from 'preact/hooks';
import type { FieldError } from '../api/problem';
import { fieldId } from './feature_field';

// All that is wrong, in one place, each line leading to its field. It takes the focus when it
// appears.
export function ErrorSummary({ errors }: { errors: FieldError[] }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), [errors]);
  const lead = (event: MouseEvent, field: string): void => {
    event.preventDefault();
    const input = document.getElementById(fieldId(field));
    input?.closest('details')?.setAttribute('open', '');
    input?.focus();
  };
  return (
    <div class="notice bad" role="alert" tabIndex={-1} ref={box}>
      <p>
        <b>Nothing was predicted.</b>
      </p>
      <ul>
        {errors.map(({ field, message }) => (
          <li key={field + message}>
            {field && document.getElementById(fieldId(field)) ? (
              <a href={`#${fieldId(field)}`} onClick={(event) => lead(event, field)}>
                {message}
              </a>
            ) : (
              message
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
