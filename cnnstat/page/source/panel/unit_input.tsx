/** A field to type a unit into: one number for each axis. */

import { axisNames } from "./unit";

interface Props {
  readonly shape: readonly number[];
  readonly unit: readonly number[];
  readonly onUnit: (unit: readonly number[]) => void;
}

export function UnitInput({ shape, unit, onUnit }: Props) {
  const names = axisNames(shape.length);
  const typed = (axis: number, input: HTMLInputElement) => {
    const value = input.valueAsNumber;
    if (!Number.isInteger(value) || value < 0 || value >= (shape[axis] as number)) return;
    onUnit(unit.map((each, index) => (index === axis ? value : each)));
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
            max={size - 1}
            value={unit[axis]}
            disabled={size === 1}
            onInput={(event) => typed(axis, event.currentTarget)}
          />
        </label>
      ))}
    </fieldset>
  );
}
