/** All networks of a page in one table. */

import { useMemo, useState } from "preact/hooks";
import { Scroll } from "./scroll";
import { bytes, count, named, shape, visible } from "./text";
import type { IndexEntry } from "./types";
import { product, type Whole } from "./whole";

interface Column {
  readonly title: string;
  readonly numeric: boolean;
  readonly text: (of: IndexEntry) => string;
  /** By what lines are put in order; a file that could not be read has nothing, and stands at the end. */
  readonly rank: (of: IndexEntry) => Whole | string;
}

type Total = "params" | "macs" | "inference_memory_bytes" | "training_memory_bytes";

function total(key: Total, title: string, text: (value: Whole) => string = count): Column {
  const value = (of: IndexEntry) => of.totals?.[key] ?? -1;
  return { title, numeric: true, text: (of) => (of.totals ? text(of.totals[key]) : ""), rank: value };
}

const COLUMNS: readonly Column[] = [
  { title: "network", numeric: false, text: (of) => of.name, rank: (of) => of.name.toLowerCase() },
  {
    title: "input",
    numeric: false,
    text: (of) => shape(of.input_shape),
    rank: (of) => product(of.input_shape),
  },
  {
    title: "layers",
    numeric: true,
    text: (of) => (of.totals ? count(of.layers) : ""),
    rank: (of) => of.layers,
  },
  total("params", "params"),
  total("macs", "MACs"),
  total("inference_memory_bytes", "inference memory", bytes),
  total("training_memory_bytes", "training memory", bytes),
  {
    title: "findings",
    numeric: false,
    text: findings,
    rank: (of) => -Object.values(of.findings).reduce<number>((all, each) => all + Number(each), 0),
  },
];

function findings(of: IndexEntry): string {
  if (of.problems.length) return "cannot be read";
  const parts = Object.entries(of.findings).map(([severity, times]) => `${times} ${severity}`);
  if (of.proved !== null) parts.push(of.proved ? "proved" : "not proved");
  return parts.join(", ");
}

/** The names of networks as they are shown: with its file where another has the same one. */
export function namesOf(entries: readonly IndexEntry[]): string[] {
  const shown = entries.map((of) => named(of.name));
  const times = new Map<string, number>();
  for (const name of shown) times.set(name, (times.get(name) ?? 0) + 1);
  return entries.map(({ file }, index) => {
    const name = shown[index] as string;
    return (times.get(name) ?? 0) > 1 ? `${name} (${visible(file)})` : name;
  });
}

interface Props {
  readonly entries: readonly IndexEntry[];
  readonly onNetwork: (position: number) => void;
}

export function Index({ entries, onNetwork }: Props) {
  const [filter, setFilter] = useState("");
  const [order, setOrder] = useState<{ column: number; down: boolean } | null>(null);
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const names = useMemo(() => namesOf(entries), [entries]);
  const rows = entries
    .map((of, index) => ({ index, of }))
    .filter(({ of }) => words.every((word) => `${of.name} ${of.file}`.toLowerCase().includes(word)));
  const rank = order && COLUMNS[order.column]?.rank;
  if (rank)
    rows.sort(
      (a, b) => (rank(a.of) < rank(b.of) ? -1 : rank(a.of) > rank(b.of) ? 1 : 0) * (order.down ? -1 : 1),
    );
  return (
    <section class="index" aria-label="All networks">
      <div class="tools">
        <label>
          Filter{" "}
          <input type="search" value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
        </label>
        <span role="status">
          {rows.length} of {entries.length} networks
        </span>
      </div>
      <Scroll name="Table of networks">
        <table>
          <thead>
            <tr>
              {COLUMNS.map((column, index) => (
                <th
                  key={column.title}
                  scope="col"
                  class={column.numeric ? "number" : undefined}
                  aria-sort={order?.column === index ? (order.down ? "descending" : "ascending") : "none"}
                >
                  <button
                    type="button"
                    onClick={() =>
                      setOrder({ column: index, down: order?.column === index ? !order.down : index > 0 })
                    }
                  >
                    {column.title}
                    <span aria-hidden="true">
                      {order?.column === index ? (order.down ? " ▼" : " ▲") : ""}
                    </span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ index, of }) => (
              <tr key={index}>
                <th scope="row">
                  <span class="name" title={visible(of.file)}>
                    {of.totals ? (
                      <Link name={names[index] ?? ""} position={index} onNetwork={onNetwork} />
                    ) : (
                      visible(of.file)
                    )}
                  </span>
                </th>
                {of.problems.length ? (
                  <td colSpan={COLUMNS.length - 1}>
                    {findings(of)}
                    {of.problems.map((problem, line) => (
                      <pre key={line} class="problem">
                        {problem}
                      </pre>
                    ))}
                  </td>
                ) : (
                  COLUMNS.slice(1).map((column) => (
                    <td key={column.title} class={column.numeric ? "number" : undefined}>
                      {column.text(of)}
                    </td>
                  ))
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

function Link({
  name,
  position,
  onNetwork,
}: {
  name: string;
  position: number;
  onNetwork: Props["onNetwork"];
}) {
  const clicked = (event: Event) => {
    event.preventDefault();
    onNetwork(position);
  };
  return (
    <a href={`#network=${position}`} onClick={clicked}>
      {name}
    </a>
  );
}
