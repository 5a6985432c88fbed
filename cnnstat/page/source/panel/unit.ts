/** Units of a layer: as they are typed, channel first, and which of them stands for all. */

import { half, type Whole, whole } from "../whole";

/** Returns the middle unit of a shape: the one of which a report has the numbers where none is named. */
export function middle(shape: readonly Whole[]): Whole[] {
  return shape.map(half);
}

/** Returns the unit that a text names; null where it is none of this shape. */
export function unitOf(text: string, shape: readonly Whole[]): Whole[] | null {
  const parts = text.split(/[\s,]+/).filter(Boolean);
  if (parts.length !== shape.length || !parts.every((part) => /^\d{1,30}$/.test(part))) return null;
  const unit = parts.map((part) => whole(BigInt(part)));
  return unit.every((value, axis) => value < (shape[axis] as Whole)) ? unit : null;
}

/** Returns the unit's places, without its channel; a vector has its one coordinate. */
export function placesOf(unit: readonly Whole[]): readonly Whole[] {
  return unit.length > 1 ? unit.slice(1) : unit;
}

const AXES: Readonly<Record<number, readonly string[]>> = {
  1: ["unit"],
  2: ["channel", "position"],
  3: ["channel", "row", "column"],
  4: ["channel", "slice", "row", "column"],
};

export function axisNames(count: number): readonly string[] {
  return AXES[count] ?? Array.from({ length: count }, (_, axis) => `axis ${axis + 1}`);
}
