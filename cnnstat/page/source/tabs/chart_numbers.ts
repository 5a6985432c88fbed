/**
 * A chart as Vega takes it. Its numbers are a browser's, which is near enough for a drawing; but d3 writes no
 * more than twelve digits. So tooltips get texts in place of numbers.
 */

import { count } from "../text";

type Part = Readonly<Record<string, unknown>>;

export function drawable(chart: Part): Part {
  return drawn(chart) as Part;
}

function drawn(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(drawn);
  if (typeof value !== "object" || value === null) return value;
  const part = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, drawn(each)]));
  const tooltip = tooltipOf(value);
  if (!tooltip) return part;
  const numbers = tooltip.flatMap((each) => (each["format"] === "," ? [String(each["field"])] : []));
  return {
    ...part,
    data: { values: valuesOf(value).map((each) => ({ ...(drawn(each) as Part), ...inFull(each, numbers) })) },
    encoding: {
      ...(part["encoding"] as Part),
      tooltip: tooltip.map((each) =>
        each["format"] === "," ? { field: full(String(each["field"])), title: each["title"] } : each,
      ),
    },
  };
}

/** Returns what the tooltips of a layer of a chart say; nothing of other parts. */
function tooltipOf(part: object): readonly Part[] | null {
  const encoding = (part as Part)["encoding"];
  const tooltip = typeof encoding === "object" && encoding ? (encoding as Part)["tooltip"] : undefined;
  return Array.isArray(tooltip) ? tooltip : null;
}

function valuesOf(layer: object): readonly Part[] {
  return ((layer as Part)["data"] as { values: readonly Part[] }).values;
}

function inFull(values: Part, fields: readonly string[]): Part {
  return Object.fromEntries(fields.map((field) => [full(field), text(values[field])]));
}

function full(field: string): string {
  return `${field} in full`;
}

function text(value: unknown): string {
  if (typeof value === "bigint" || Number.isInteger(value)) return count(value as number | bigint);
  return typeof value === "number"
    ? value.toLocaleString("en-US", { maximumSignificantDigits: 12 })
    : String(value);
}
