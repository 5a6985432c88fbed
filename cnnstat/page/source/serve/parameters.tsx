/** The parameters of a spec as sliders; what they are set to is asked for, and written into the text on demand. */

import { encoded } from "../json";
import { numberOf } from "../whole";
import type { Asking, Setting } from "./asking";
import { listOf, nearest, written } from "./setting_text";
import { refusedField } from "./refused_field";
import type { Parameter } from "./types";

interface Props {
  readonly parameters: readonly Parameter[];
  /** Why what is set was refused; empty where it was not. */
  readonly refused: string;
  readonly onSet: (name: string, value: Setting) => void;
  readonly onReset: () => void;
  /** Null where the text has changed since, so that places are no longer known. */
  readonly onWrite: (() => void) | null;
}

export function Parameters({ parameters, refused, onSet, onReset, onWrite }: Props) {
  if (parameters.length === 0) return null;
  const changed = parameters.filter((each) => !same(each.value, each.own));
  return (
    <section class="parameters" aria-label="Parameters">
      <ul>
        {parameters.map((each) => (
          <li key={each.name} class={changed.includes(each) ? "changed" : ""}>
            <One parameter={each} refused={refused} onSet={(value) => onSet(each.name, value)} />
          </li>
        ))}
      </ul>
      {changed.length ? (
        <div class="tools">
          <button type="button" onClick={onReset}>
            As written
          </button>
          <button
            type="button"
            disabled={!onWrite || changed.some((each) => !each.place)}
            onClick={() => onWrite?.()}
          >
            Write into the spec
          </button>
        </div>
      ) : null}
    </section>
  );
}

interface OneProps extends Pick<Props, "refused"> {
  readonly parameter: Parameter;
  readonly onSet: (value: Setting) => void;
}

function One({ parameter, refused, onSet }: OneProps) {
  const { name, kind, value, stops } = parameter;
  const marked = refusedField(name, refused);
  if (kind === "switch") {
    return (
      <label>
        <code>{name}</code>
        <input
          type="checkbox"
          checked={value === true}
          onChange={(event) => onSet(event.currentTarget.checked)}
        />
      </label>
    );
  }
  const numeric = kind === "whole" || kind === "number";
  return (
    <>
      <label>
        <code>{name}</code>
        {numeric ? (
          <input
            type="number"
            step={kind === "whole" ? 1 : "any"}
            value={String(value)}
            onChange={({ currentTarget: field }) => {
              if (field.value === "") field.value = String(value);
              else onSet(numberOf(field.value));
            }}
            {...marked}
          />
        ) : (
          <input
            type="text"
            value={written(value)}
            onChange={(event) =>
              onSet(kind === "list" ? listOf(event.currentTarget.value) : event.currentTarget.value)
            }
            {...marked}
          />
        )}
      </label>
      {stops.length > 1 ? (
        <input
          type="range"
          aria-label={`${name}${parameter.bounded ? ", within the space of the spec" : ""}`}
          aria-valuetext={written(value)}
          min={0}
          max={stops.length - 1}
          step={1}
          value={nearest(stops, value)}
          onInput={(event) => onSet(stops[Number(event.currentTarget.value)] ?? null)}
        />
      ) : null}
    </>
  );
}

export function same(one: Setting, other: Setting): boolean {
  return encoded(one) === encoded(other);
}

/** Returns parameters with what they are set to, whether it is answered already or refused. */
export function asSet(parameters: readonly Parameter[], params: Asking["params"]): readonly Parameter[] {
  return parameters.map((each) => {
    const value = Object.hasOwn(params, each.name) ? params[each.name] : undefined;
    return value === undefined ? each : { ...each, value };
  });
}
