import { modelPath } from '../app/route';
import type { ModelVersion } from '../api/types';
import { Link } from '../parts/link';
import { StateMark } from '../parts/state_mark';
import { TableFrame } from '../parts/table_frame';
import { When } from '../parts/when';
import { fixed } from '../words/figures';

interface Props {
  label: string;
  models: ModelVersion[];
  withTask?: boolean;
}

export function VersionTable({ label, models, withTask = false }: Props) {
  return (
    <TableFrame label={label}>
      <thead>
        <tr>
          <th scope="col">Version</th>
          <th scope="col">State</th>
          <th scope="col">Trained on</th>
          <th scope="col">Made</th>
          <th scope="col" class="number" title="area under the ROC curve">
            AUROC
          </th>
          <th scope="col" class="number" title="area under the precision-recall curve">
            AUPRC
          </th>
          <th scope="col" class="number" title="PhysioNet 2019 normalised utility">
            Utility
          </th>
          <th scope="col" class="number" title="1 is right">
            Calibration slope
          </th>
        </tr>
      </thead>
      <tbody>
        {models.map((model) => (
          <tr key={`${model.task}/${model.version}`}>
            <th scope="row">
              {withTask && <span class="quiet">{model.label ?? model.task} </span>}
              <Link href={modelPath(model.task, model.version)}>{model.version}</Link>
            </th>
            <td>
              <StateMark state={model.state} />
            </td>
            <td>
              {model.source}
              {model.synthetic && model.source !== 'synthetic' && (
                <span class="quiet"> (synthetic)</span>
              )}
            </td>
            <td>
              <When iso={model.created_at} as="day" />
            </td>
            <td class="number">{fixed(model.metrics?.auroc, 3)}</td>
            <td class="number">{fixed(model.metrics?.auprc, 3)}</td>
            <td class="number">{fixed(model.metrics?.utility, 3)}</td>
            <td class="number">{fixed(model.metrics?.calibration_slope, 2)}</td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}
