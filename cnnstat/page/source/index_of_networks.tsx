/** All networks of a page in one table. */

import { useState } from "preact/hooks";
import type { Source } from "./source";
import { bytes, count, shape } from "./text";
import type { AnalysisDocument } from "./types";

interface Column {
  readonly title: string;
  readonly text: (of: AnalysisDocument) => string;
  readonly rank: (of: AnalysisDocument) => number | string;
}

const COLUMNS: readonly Column[] = [
  { title: "network", text: (of) => of.name, rank: (of) => of.name.toLowerCase() },
  { title: "input", text: (of) => shape(of.input_shape), rank: (of) => of.input_shape.reduce((all, each) => all * each, 1) },
  { title: "layers", text: (of) => count(of.layers.length), rank: (of) => of.layers.length },
  { title: "params", text: (of) => count(of.totals.params), rank: (of) => of.totals.params },
  { title: "MACs", text: (of) => count(of.totals.macs), rank: (of) => of.totals.macs },
  { title: "inference memory", text: (of) => bytes(of.totals.inference_memory_bytes), rank: (of) => of.totals.inference_memory_bytes },
  { title: "training memory", text: (of) => bytes(of.totals.training_memory_bytes), rank: (of) => of.totals.training_memory_bytes },
];

interface Props {
  readonly sources: readonly Source[];
  readonly onNetwork: (network: number) => void;
}

export function Index({ sources, onNetwork }: Props) {
  const [filter, setFilter] = useState("");
  const [order, setOrder] = useState<{ column: number; down: boolean } | null>(null);
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = sources
    .map((source, index) => ({ index, of: source.outline.summary }))
    .filter(({ of }) => words.every((word) => of.name.toLowerCase().includes(word)));
  const rank = order && COLUMNS[order.column]?.rank;
  if (rank) rows.sort((a, b) => (rank(a.of) < rank(b.of) ? -1 : rank(a.of) > rank(b.of) ? 1 : 0) * (order.down ? -1 : 1));
  return (
    <section class="index" aria-label="All networks">
      <div class="tools">
        <label>
          Filter <input type="search" value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
        </label>
        <span role="status">
          {rows.length} of {sources.length} networks
        </span>
      </div>
      <div class="scroll" tabIndex={0} role="region" aria-label="Table of networks">
        <table>
          <thead>
            <tr>
              {COLUMNS.map((column, index) => (
                <th
                  key={column.title}
                  scope="col"
                  class={index > 1 ? "number" : undefined}
                  aria-sort={order?.column === index ? (order.down ? "descending" : "ascending") : "none"}
                >
                  <button type="button" onClick={() => setOrder({ column: index, down: order?.column === index ? !order.down : index > 0 })}>
                    {column.title}
                    <span aria-hidden="true">{order?.column === index ? (order.down ? " ▼" : " ▲") : ""}</span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ index, of }) => (
              <tr key={index}>
                <th scope="row">
                  <a href={`#network=${index}`} onClick={(event) => { event.preventDefault(); onNetwork(index); }}>
                    {of.name}
                  </a>
                </th>
                {COLUMNS.slice(1).map((column, position) => (
                  <td key={column.title} class={position > 0 ? "number" : undefined}>
                    {column.text(of)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
