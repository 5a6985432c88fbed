/** The source of a report: everything is in the document that stands in the file. */

import type { ChartKind, Scheme, Source, Tab } from "../source";
import type { NetworkPage, PageDocument, UnitTrace } from "../types";
import type { Whole } from "../whole";

export function heldSource(page: PageDocument, network: NetworkPage): Source {
  const explained = new Map((network.explained ?? []).map((entry) => [entry.name, entry]));
  const charts = new Map((network.charts ?? []).map((entry) => [entry.kind, entry]));
  const tabs: [Tab, boolean][] = [
    ["layers", true],
    ["costs", charts.has("layers")],
    ["memory", charts.has("memory")],
    ["fields", charts.has("rf")],
    ["conventions", network.conventions !== null],
    ["findings", network.findings !== null],
    ["spec", network.spec !== null],
    ["proof", network.proof !== null || network.proof_reason !== ""],
  ];
  return {
    outline: network,
    colours: page.colours,
    tabs: tabs.filter(([, shown]) => shown).map(([tab]) => tab),
    explained: (name) => explained.get(name) ?? null,
    fields: (layer) => network.fields?.[layer] ?? null,
    chart: (kind: ChartKind, scheme: Scheme) => charts.get(kind)?.[scheme] ?? null,
    conventions: () => network.conventions,
    findings: () => network.findings,
    spec: () => network.spec,
    proof: () => (network.proof_reason ? Promise.reject(new Error(network.proof_reason)) : network.proof),
    firstUnit: (layer) => network.traces?.find((trace) => trace.layer === layer)?.unit ?? null,
    trace: (layer, unit) => heldTrace(network, layer, unit),
  };
}

function heldTrace(network: NetworkPage, layer: string, unit: readonly Whole[]): UnitTrace {
  const traces = (network.traces ?? []).filter((trace) => trace.layer === layer);
  const own = traces.find((trace) => trace.unit.join() === unit.join());
  if (own) return own;
  const named = `${layer}:${unit.join(",")}`;
  const others = traces.map((trace) => trace.unit.join(",")).join(" and ");
  const reason = others
    ? `This file has the numbers of unit ${others}; others: cnnstat report --trace ${named}`
    : network.traces_reason || `This file has no numbers of this layer: cnnstat report --trace ${named}`;
  return { layer, unit: [...unit], trace: null, reason };
}
