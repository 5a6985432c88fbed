/** Which network of the text is shown, and what its memory figures are for. */

import { numberOf } from "../whole";
import type { Asking } from "./asking";
import { refusedField } from "./refused_field";
import type { StartDocument } from "./types";

interface Props {
  readonly choices: Pick<StartDocument, "dtypes" | "optimizers" | "batch_most">;
  readonly asking: Asking;
  readonly variant: string | null;
  readonly variants: readonly string[];
  /** Why what is set was refused; empty where it was not. */
  readonly refused: string;
  readonly set: (change: Partial<Asking>) => void;
}

export function Settings({ choices, asking, variant, variants, refused, set }: Props) {
  return (
    <div class="settings">
      {variants.length ? (
        <label>
          Variant{" "}
          <select
            value={variant ?? ""}
            onChange={(event) => set({ variant: event.currentTarget.value, params: {} })}
          >
            {variants.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      <label>
        Batch{" "}
        <input
          type="number"
          min={1}
          max={String(choices.batch_most)}
          step={1}
          value={String(asking.batch)}
          onChange={({ currentTarget: field }) => {
            if (field.value === "") field.value = String(asking.batch);
            else set({ batch: numberOf(field.value) });
          }}
          {...refusedField("batch", refused)}
        />
      </label>
      <label>
        Numbers{" "}
        <select value={asking.dtype} onChange={(event) => set({ dtype: event.currentTarget.value })}>
          <option value="">as the spec has them</option>
          {choices.dtypes.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </label>
      <label>
        Optimizer{" "}
        <select value={asking.optimizer} onChange={(event) => set({ optimizer: event.currentTarget.value })}>
          {choices.optimizers.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </label>
    </div>
  );
}
