/** The figures of a layer or a block, all that are known. */

import { COLUMNS } from "../table/columns";
import { count, sizes } from "../text";
import type { LayerEntry } from "../types";

export function Figures({ entry }: { entry: LayerEntry }) {
  const { operations, receptive_field: of } = entry;
  const kinds = operations ? Object.entries(operations).filter(([, value]) => value > 0) : [];
  return (
    <dl class="figures">
      {COLUMNS.map((column) => {
        const text = column.text(entry);
        return text === "" || text === "0" ? null : (
          <div key={column.id} title={column.meaning}>
            <dt>{column.title}</dt>
            <dd>{text}</dd>
          </div>
        );
      })}
      {of.padding ? (
        <div title="effective padding of the field, in input pixels">
          <dt>field padding</dt>
          <dd>{sizes(of.padding)}</dd>
        </div>
      ) : null}
      {kinds.length ? (
        <div title="what one sample costs at inference">
          <dt>operations</dt>
          <dd>{kinds.map(([kind, value]) => `${count(value)} ${kind.replaceAll("_", "-")}`).join(", ")}</dd>
        </div>
      ) : null}
      {entry.weights_of ? (
        <div>
          <dt>weights of</dt>
          <dd>{entry.weights_of}</dd>
        </div>
      ) : null}
      {entry.folded_layers > 1 ? (
        <div>
          <dt>layers</dt>
          <dd>{count(entry.folded_layers)}</dd>
        </div>
      ) : null}
    </dl>
  );
}
