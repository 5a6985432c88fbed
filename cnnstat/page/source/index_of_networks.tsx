/** All networks of a page in one table. */

import { useMemo, useState } from "preact/hooks";
import { Scroll } from "./scroll";
import { SortedHead } from "./sorted_head";
import { TOTALS, type TotalFigure } from "./table/total_figures";
import { count, hasWords, named, shape, visible } from "./text";
import type { IndexEntry } from "./types";
import { product, type Whole } from "./whole";

interface Column {
  readonly title: string;
  readonly numeric: boolean;
  readonly text: (of: IndexEntry) => string;
  /** By what lines are put in order; a file that could not be read has nothing, and stands at the end. */
  readonly rank: (of: IndexEntry) => Whole | string;
}

function total({ key, title, text }: TotalFigure): Column {
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
  total(TOTALS.params),
  total(TOTALS.macs),
  total(TOTALS.inference),
  total(TOTALS.training),
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
  const names = useMemo(() => namesOf(entries), [entries]);
  const rows = entries
    .map((of, index) => ({ index, of }))
    .filter(({ of }) => hasWords(`${of.name} ${of.file}`, filter));
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
                <SortedHead
                  key={column.title}
                  title={column.title}
                  numeric={column.numeric}
                  order={order?.column !== index ? "none" : order.down ? "descending" : "ascending"}
                  onSort={() =>
                    setOrder({ column: index, down: order?.column === index ? !order.down : index > 0 })
                  }
                />
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
