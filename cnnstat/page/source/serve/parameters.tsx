/** The parameters of a spec as sliders; what they are set to is asked for, and written into the text on demand. */

import { encoded } from "../json";
import type { Setting } from "./asking";
import type { Parameter } from "./types";

interface Props {
  readonly parameters: readonly Parameter[];
  readonly onSet: (name: string, value: Setting) => void;
  readonly onReset: () => void;
  /** Null where the text has changed since, so that places are no longer known. */
  readonly onWrite: (() => void) | null;
}

export function Parameters({ parameters, onSet, onReset, onWrite }: Props) {
  if (parameters.length === 0) return null;
  const changed = parameters.filter((each) => !same(each.value, each.own));
  return (
    <section class="parameters" aria-label="Parameters">
      <ul>
        {parameters.map((each) => (
          <li key={each.name} class={changed.includes(each) ? "changed" : ""}>
            <One parameter={each} onSet={(value) => onSet(each.name, value)} />
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

function One({ parameter, onSet }: { parameter: Parameter; onSet: (value: Setting) => void }) {
  const { name, kind, value, stops } = parameter;
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
  const at = Math.max(
    0,
    stops.findIndex((stop) => same(stop, value)),
  );
  return (
    <>
      <label>
        <code>{name}</code>
        {numeric ? (
          <input
            type="number"
            step={kind === "whole" ? 1 : "any"}
            value={String(value)}
            onChange={(event) => event.currentTarget.value !== "" && onSet(Number(event.currentTarget.value))}
          />
        ) : (
          <input
            type="text"
            value={written(value)}
            onChange={(event) => onSet(read(event.currentTarget.value, kind))}
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
          value={at}
          onInput={(event) => onSet(stops[Number(event.currentTarget.value)] ?? null)}
        />
      ) : null}
    </>
  );
}

export function same(one: Setting, other: Setting): boolean {
  return encoded(one) === encoded(other);
}

/** A value as a spec has it. */
export function written(value: Setting): string {
  if (Array.isArray(value)) return `[${value.map((each) => written(each as Setting)).join(", ")}]`;
  return value === null ? "" : String(value);
}

/** Reads a list of plain values, or a word. */
function read(text: string, kind: Parameter["kind"]): Setting {
  if (kind !== "list") return text;
  const words = text.replace(/^\s*\[|\]\s*$/g, "").split(",");
  return words
    .map((word) => word.trim())
    .filter(Boolean)
    .map((word) =>
      word === "true" ? true : word === "false" ? false : Number.isNaN(Number(word)) ? word : Number(word),
    );
}
