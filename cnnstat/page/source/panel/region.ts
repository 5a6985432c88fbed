/** What one unit sees of the input, from the runs of a document. */

import type { AxisField, LayerFields } from "../types";
import { placesOf } from "./unit";

/** First and last position along one axis; nothing where the last stands before the first. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

export interface AxisRegion {
  /** Padding included. */
  readonly whole: Span;
  /** What of it is on the input. */
  readonly clipped: Span;
}

export function regionOf(
  fields: LayerFields,
  unit: readonly number[],
  input: readonly number[],
): AxisRegion[] {
  const places = placesOf(unit);
  const sizes = placesOf(input);
  return fields.axes.map((axis, index) => {
    // Units go by their coordinate on the same axis, and by their last one where they have fewer.
    const at = places[Math.min(index, places.length - 1)] ?? 0;
    const whole = spanOf(axis.region, at);
    const clipped = axis.region_on_input
      ? spanOf(axis.region_on_input, at)
      : { first: Math.max(whole.first, 0), last: Math.min(whole.last, (sizes[index] ?? 1) - 1) };
    return { whole, clipped };
  });
}

function spanOf(runs: AxisField["region"], unit: number): Span {
  let found = runs[0];
  for (const run of runs) if (run[0] <= unit) found = run;
  if (!found) return { first: 0, last: -1 };
  const [start, first, last, firstStep, lastStep] = found;
  return { first: first + (unit - start) * firstStep, last: last + (unit - start) * lastStep };
}

export function words(span: Span): string {
  if (span.last < span.first) return "nothing";
  return span.first === span.last ? String(span.first) : `${span.first} to ${span.last}`.replaceAll("-", "−");
}
