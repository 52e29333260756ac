import type { TaskModels } from '../api/types';
import { useLoaded } from '../api/use_loaded';
import { Answer } from '../parts/answer';
import { TableFrame } from '../parts/table_frame';
import { When } from '../parts/when';

// Who put which version in service, when and why.
export function History({ task }: { task: string }) {
  const loaded = useLoaded<TaskModels>(`/api/v1/models/${encodeURIComponent(task)}`);
  return (
    <Answer of={loaded} rows={2}>
      {({ history }) => (
        <TableFrame label={`History of ${task}`}>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Version</th>
              <th scope="col">Change</th>
              <th scope="col">By</th>
              <th scope="col">Reason</th>
            </tr>
          </thead>
          <tbody>
            {history.map((move, at) => (
              <tr key={at}>
                <td>
                  <When iso={move.at} />
                </td>
                <td>{move.version}</td>
                <td>{move.from ? `${move.from} → ${move.to}` : move.to}</td>
                <td>{move.actor}</td>
                <td class="wide">{move.reason}</td>
              </tr>
            ))}
          </tbody>
        </TableFrame>
      )}
    </Answer>
  );
}
