/** The receptive field of one unit, drawn on the input; the unit is clicked, typed, or moved by arrow keys. */

import { useAsked } from "../asked";
import type { Source } from "../source";
import { Unanswered } from "../unanswered";
import type { LayerEntry } from "../types";
import { difference, type Whole } from "../whole";
import { type AxisRegion, regionOf, type Span, words } from "./region";
import { placesOf } from "./unit";

interface Props {
  readonly source: Source;
  /** The position of the layer. */
  readonly layer: number;
  readonly entry: LayerEntry;
  readonly unit: readonly Whole[];
  readonly onUnit: (unit: readonly Whole[]) => void;
}

export function Field({ source, layer, entry, unit, onUnit }: Props) {
  const asked = useAsked(() => source.fields(layer), [source, layer]);
  const fields = asked.value;
  if (!fields) return <Unanswered asked={asked} />;
  const { summary } = source.outline;
  const input = summary.input_shape;
  const axes = regionOf(fields, unit, input);
  return (
    <section aria-label="Receptive field">
      <h3>Receptive field</h3>
      {axes.length === 0 ? (
        <p>Unknown because of {fields.unknown_because_of}.</p>
      ) : (
        <>
          <div class="maps">
            <OutputMap shape={entry.output_shape} unit={unit} onUnit={onUnit} />
            <InputMap input={input} axes={axes} name={summary.fields_of ?? "input"} />
          </div>
          <p role="status">
            {said(input, axes)}
            {fields.upper_bound_because_of ? ` At most: ${fields.upper_bound_because_of} may read less.` : ""}
          </p>
        </>
      )}
    </section>
  );
}

const NAMES: Readonly<Record<number, readonly string[]>> = {
  1: ["positions"],
  2: ["rows", "columns"],
  3: ["slices", "rows", "columns"],
};

function said(input: readonly Whole[], axes: readonly AxisRegion[]): string {
  if (axes.some(({ whole }) => whole.last < whole.first)) return "This unit sees nothing of the input.";
  const names = NAMES[axes.length] ?? axes.map((_, axis) => `axis ${axis + 1}`);
  const padding = axes.some(({ clipped }) => clipped.last < clipped.first);
  const on = axes.map(({ clipped }, axis) => `${names[axis]} ${words(clipped)}`).join(", ");
  const beyond = axes.some(
    ({ whole, clipped }) => whole.first !== clipped.first || whole.last !== clipped.last,
  );
  const padded = axes.map(({ whole }, axis) => `${names[axis]} ${words(whole)}`).join(", ");
  if (padding) return `This unit sees nothing of the input, padding alone: ${padded}.`;
  return `It sees ${on} of ${placesOf(input).join("×")}${beyond ? `; with padding ${padded}` : ""}.`;
}

/** Height and width of what is drawn: a signal is one row, of a volume the last two axes are drawn. */
/** It is a drawing: what a browser's numbers round is less than a pixel. */
function plane(shape: readonly Whole[]): [number, number] {
  const places = placesOf(shape).map(Number);
  return [places.length > 1 ? (places[places.length - 2] as number) : 1, places[places.length - 1] ?? 1];
}

const SIDE = 180;

function fitted([height, width]: [number, number]): { height: number; width: number; unit: number } {
  const unit = SIDE / Math.max(height, width);
  // A signal is one row of many: it is drawn high enough to be hit.
  return { height: Math.max(height * unit, 24), width: Math.max(width * unit, 24), unit };
}

interface OutputProps {
  readonly shape: readonly Whole[];
  readonly unit: readonly Whole[];
  readonly onUnit: (unit: readonly Whole[]) => void;
}

function OutputMap({ shape, unit, onUnit }: OutputProps) {
  const size = plane(shape);
  const box = fitted(size);
  const row = unit.length > 2 ? Number(unit[unit.length - 2]) : 0;
  const column = Number(unit[unit.length - 1] ?? 0);
  const [across, down] = [box.width / size[1], box.height / size[0]];
  const move = (rows: number, columns: number) => {
    const next = [...unit];
    next[unit.length - 1] = clamp(columns, size[1]);
    if (unit.length > 2) next[unit.length - 2] = clamp(rows, size[0]);
    onUnit(next);
  };
  const clicked = (event: MouseEvent) => {
    const target = (event.currentTarget as Element).getBoundingClientRect();
    const at = (from: number, extent: number, count: number) => Math.floor((from / extent) * count);
    move(
      at(event.clientY - target.top, target.height, size[0]),
      at(event.clientX - target.left, target.width, size[1]),
    );
  };
  const pressed = (event: KeyboardEvent) => {
    const steps: Record<string, [number, number]> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    move(row + step[0], column + step[1]);
  };
  return (
    <figure>
      <svg
        class="map output"
        viewBox={`-1 -1 ${box.width + 2} ${box.height + 2}`}
        width={box.width + 2}
        height={box.height + 2}
        role="application"
        aria-roledescription="map of units"
        aria-label={`Output map: unit ${unit.join(", ")}. Arrow keys move it.`}
        tabindex={0}
        onClick={clicked}
        onKeyDown={pressed}
      >
        <rect class="ground" width={box.width} height={box.height} />
        <rect
          class="unit"
          x={column * across}
          y={row * down}
          width={Math.max(across, 3)}
          height={Math.max(down, 3)}
        />
      </svg>
      <figcaption>
        unit {unit.join(", ")} of {shape.join("×")}. Click another, type it, or move it by arrow keys.
      </figcaption>
    </figure>
  );
}

function clamp(value: number, count: number): number {
  return Math.min(Math.max(value, 0), count - 1);
}

function extent({ first, last }: Span): number {
  return Number(difference(last, first)) + 1;
}

interface InputProps {
  readonly input: readonly Whole[];
  readonly axes: readonly AxisRegion[];
  readonly name: string;
}

/** The input with the field on it; what reaches into padding is drawn outside, and paler. */
function InputMap({ input, axes, name }: InputProps) {
  const size = plane(input);
  const last = axes[axes.length - 1] as AxisRegion;
  const before: AxisRegion =
    axes.length > 1
      ? (axes[axes.length - 2] as AxisRegion)
      : { whole: { first: 0, last: 0 }, clipped: { first: 0, last: 0 } };
  const box = fitted(size);
  const [across, down] = [box.width / size[1], box.height / size[0]];
  const rect = (part: "whole" | "clipped") => {
    const [x, y] = [Number(last[part].first) * across, Number(before[part].first) * down];
    const width = extent(last[part]) * across;
    const height = extent(before[part]) * down;
    return { x, y, width: Math.max(width, 0), height: Math.max(height, 0) };
  };
  const whole = rect("whole");
  const left = Math.min(0, whole.x);
  const top = Math.min(0, whole.y);
  const right = Math.max(box.width, whole.x + whole.width);
  const bottom = Math.max(box.height, whole.y + whole.height);
  // However far a field reaches beyond the input, the picture stays as large as it is.
  const scale = Math.min(1, (SIDE * 1.25) / Math.max(right - left, bottom - top));
  return (
    <figure>
      <svg
        class="map"
        viewBox={`${left - 1} ${top - 1} ${right - left + 2} ${bottom - top + 2}`}
        width={(right - left + 2) * scale}
        height={(bottom - top + 2) * scale}
        aria-hidden="true"
      >
        <rect class="ground" width={box.width} height={box.height} />
        <rect class="padded" {...whole} />
        <rect class="clipped" {...rect("clipped")} />
      </svg>
      <figcaption>
        {name} {input.join("×")}
      </figcaption>
    </figure>
  );
}
