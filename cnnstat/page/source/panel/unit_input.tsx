/** A field to type a unit into: one number for each axis. */

import { difference, type Whole } from "../whole";
import { axisNames, unitOf } from "./unit";

interface Props {
  readonly shape: readonly Whole[];
  readonly unit: readonly Whole[];
  readonly onUnit: (unit: readonly Whole[]) => void;
}

export function UnitInput({ shape, unit, onUnit }: Props) {
  const names = axisNames(shape.length);
  const typed = (axis: number, input: HTMLInputElement) => {
    const typed = unitOf(input.value, [shape[axis] as Whole]);
    if (typed) onUnit(unit.map((each, index) => (index === axis ? (typed[0] as Whole) : each)));
  };
  return (
    <fieldset class="unit-input">
      <legend>Unit</legend>
      {shape.map((size, axis) => (
        <label key={axis}>
          {names[axis]}{" "}
          <input
            type="number"
            min={0}
            max={String(difference(size, 1))}
            value={String(unit[axis])}
            disabled={size === 1}
            onInput={(event) => typed(axis, event.currentTarget)}
          />
        </label>
      ))}
    </fieldset>
  );
}
