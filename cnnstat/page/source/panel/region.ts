/** What one unit sees of the input, from the runs of a document. */

import type { AxisField, LayerFields } from "../types";
import { difference, type Whole, whole } from "../whole";
import { placesOf } from "./unit";

/** First and last position along one axis; nothing where the last stands before the first. */
export interface Span {
  readonly first: Whole;
  readonly last: Whole;
}

export interface AxisRegion {
  /** Padding included. */
  readonly whole: Span;
  /** What of it is on the input. */
  readonly clipped: Span;
}

export function regionOf(fields: LayerFields, unit: readonly Whole[], input: readonly Whole[]): AxisRegion[] {
  const places = placesOf(unit);
  const sizes = placesOf(input);
  return fields.axes.map((axis, index) => {
    // Units go by their coordinate on the same axis, and by their last one where they have fewer.
    const at = places[Math.min(index, places.length - 1)] ?? 0;
    const all = spanOf(axis.region, at);
    const clipped = axis.region_on_input ? spanOf(axis.region_on_input, at) : cutOff(all, sizes[index] ?? 1);
    return { whole: all, clipped };
  });
}

/** What of a span is on an input of a size. */
function cutOff({ first, last }: Span, size: Whole): Span {
  const end = step(size, 1, -1);
  return { first: first < 0 ? 0 : first, last: last > end ? end : last };
}

function spanOf(runs: AxisField["region"], unit: Whole): Span {
  let found = runs[0];
  for (const run of runs) if (run[0] <= unit) found = run;
  if (!found) return { first: 0, last: -1 };
  const [start, first, last, firstStep, lastStep] = found;
  const on = difference(unit, start);
  return { first: step(first, on, firstStep), last: step(last, on, lastStep) };
}

/** Returns where one stands who went so many times so far. */
function step(from: Whole, times: Whole, by: Whole): Whole {
  return whole(BigInt(from) + BigInt(times) * BigInt(by));
}

export function words(span: Span): string {
  if (span.last < span.first) return "nothing";
  return span.first === span.last ? String(span.first) : `${span.first} to ${span.last}`.replaceAll("-", "−");
}
