/** The source of a text: its outline is there, all else is asked for when it is to be shown. */

import type { Outline } from "../outline";
import type { Source, Tab } from "../source";
import type { FamilyColours } from "../types";
import type { Asking } from "./asking";
import { newest, newestOf } from "./newest";
import { once, post } from "./server";
import type { FindingsDocument } from "./types";

export function servedSource(
  asking: Asking,
  outline: Outline,
  colours: Readonly<Record<string, FamilyColours>>,
  findings: () => Promise<FindingsDocument>,
): Source {
  const places = outline.summary.input_shape.length > 1;
  const explained = newestOf("explained", (layer) => post("explained", { ...asking, layer }));
  const fields = newestOf("fields", (layer) => post("fields", { ...asking, layer }));
  const charts = once(() => post("charts", asking));
  const conventions = once(() => post("conventions", asking).then((found) => found.conventions));
  const found = once(() => findings().then((each) => each.findings));
  const tabs: Tab[] = [
    "layers",
    "costs",
    "memory",
    ...(places ? (["fields"] as const) : []),
    "conventions",
    "findings",
  ];
  return {
    outline,
    colours,
    tabs,
    explained,
    fields: (layer) => (places ? fields(outline.summary.layers[layer]?.name ?? "") : null),
    chart: async (kind, scheme) =>
      (await charts()).charts.find((each) => each.kind === kind)?.[scheme] ?? null,
    conventions,
    findings: found,
    spec: () => null,
    proof: () => null,
    firstUnit: () => null,
    trace: (layer, unit) => newest("trace", () => post("trace", { ...asking, layer, unit: [...unit] })),
  };
}
