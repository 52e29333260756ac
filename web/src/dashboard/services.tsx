import type { Health } from '../api/types';
import { useLoaded } from '../api/use_loaded';
import { Answer } from '../parts/answer';
import { Section } from '../parts/section';
import { TableFrame } from '../parts/table_frame';
import { fixed, isFigure } from '../words/figures';

const good = (status: string): boolean => status === 'ok' || status === 'up';

export function Services() {
  const loaded = useLoaded<Health>('/health', 15);
  const note = loaded.data && `${loaded.data.status}, score ${fixed(loaded.data.score, 2)}`;
  return (
    <Section title="Health" note={note}>
      <Answer of={loaded}>
        {({ services }) => (
          <TableFrame label="Health of the parts">
            <thead>
              <tr>
                <th scope="col">Part</th>
                <th scope="col">State</th>
                <th scope="col" class="number">
                  Answers in
                </th>
              </tr>
            </thead>
            <tbody>
              {services.map((service) => (
                <tr key={service.name}>
                  <th scope="row">{service.name.replaceAll('_', ' ')}</th>
                  <td>
                    <span aria-hidden="true">{good(service.status) ? '✓' : '▲'}</span>{' '}
                    {service.status}
                  </td>
                  <td class="number">
                    {isFigure(service.latency_ms) ? (
                      <>
                        {fixed(service.latency_ms, 2)}
                        <span class="unit"> ms</span>
                      </>
                    ) : (
                      '–'
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </TableFrame>
        )}
      </Answer>
    </Section>
  );
}
