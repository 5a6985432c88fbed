/** What changed from one network to another: sums, and layer by layer. */

import { useState } from "preact/hooks";
import { Scroll } from "./scroll";
import { COLUMNS } from "./table/columns";
import { TOTALS } from "./table/total_figures";
import { count, field, named, shape } from "./text";
import type { DiffDocument, LayerChange, LayerEntry, TotalFigures } from "./types";
import { difference as less, magnitude } from "./whole";

interface Props {
  readonly difference: DiffDocument;
  readonly onNetwork: (network: number, layer: string) => void;
}

const STATUS = { added: "+", removed: "−", changed: "~", same: "" } as const;

export function Difference({ difference, onNetwork }: Props) {
  const [all, setAll] = useState(false);
  const { a, b } = difference;
  const layers = difference.layers.filter((change) => all || change.status !== "same");
  const edited = difference.layers.some((change) => change.edits.length > 0);
  const same =
    difference.layers.length - difference.layers.filter((change) => change.status !== "same").length;
  return (
    <section class="difference" aria-label="Difference">
      <h2>
        {named(a.name)} → {named(b.name)}
      </h2>
      {difference.differ ? null : <p>No layer, figure, input or output differs.</p>}
      <Scroll name="Sums of both">
        <table>
          <thead>
            <tr>
              <th scope="col">in all</th>
              <th scope="col" class="number">
                <span class="name">{named(a.name)}</span>
              </th>
              <th scope="col" class="number">
                <span class="name">{named(b.name)}</span>
              </th>
              <th scope="col" class="number">
                difference
              </th>
            </tr>
          </thead>
          <tbody>
            <Totals a={a.totals} b={b.totals} />
          </tbody>
        </table>
      </Scroll>
      <div class="tools">
        <label>
          <input type="checkbox" checked={all} onChange={() => setAll(!all)} /> Show {count(same)} layers that
          are the same
        </label>
      </div>
      <Scroll name="Layers of both">
        <table>
          <thead>
            <tr>
              <th scope="col">change</th>
              <th scope="col">layer</th>
              <th scope="col">type</th>
              {edited ? <th scope="col">what differs</th> : null}
              {SHOWN.map((column) => (
                <th key={column.id} scope="col" class={column.numeric ? "number" : undefined}>
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {layers.map((change, index) => (
              <Change key={index} change={change} edited={edited} onNetwork={onNetwork} />
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

const SHOWN = COLUMNS.filter((column) => column.atFirst);

interface ChangeProps extends Pick<Props, "onNetwork"> {
  readonly change: LayerChange;
  /** Whether any layer has what is said of it in words. */
  readonly edited: boolean;
}

function Change({ change, edited, onNetwork }: ChangeProps) {
  const { a, b, status } = change;
  const entry = (b ?? a) as LayerEntry;
  const both = (text: (entry: LayerEntry) => string) => arrow(a && text(a), b && text(b));
  return (
    <tr class={status}>
      <td class="status">
        <span aria-hidden="true">{STATUS[status]}</span> {status}
      </td>
      <th scope="row">
        <a
          href={`#network=${b ? 1 : 0}&layer=${encodeURIComponent(entry.name)}`}
          onClick={(event) => {
            event.preventDefault();
            onNetwork(b ? 1 : 0, entry.name);
          }}
        >
          {both((each) => each.name)}
        </a>
      </th>
      <td>{both((each) => each.type)}</td>
      {edited ? (
        <td>
          {change.edits.map((edit) => `${edit.what}: ${said(edit.before)} → ${said(edit.after)}`).join("; ")}
        </td>
      ) : null}
      {SHOWN.map((column) => (
        <td key={column.id} class={column.numeric ? "number" : undefined}>
          {both(column.text)}
        </td>
      ))}
    </tr>
  );
}

function arrow(before: string | null, after: string | null): string {
  if (before === null || after === null || before === after) return after ?? before ?? "";
  return `${before} → ${after}`;
}

function said(value: unknown): string {
  if (value === null || value === undefined) return "none";
  return Array.isArray(value) ? value.map(said).join(", ") : String(value);
}

function Totals({ a, b }: { a: TotalFigures; b: TotalFigures }) {
  return (
    <>
      <Total title="output" before={shape(a.output_shape)} after={shape(b.output_shape)} />
      {Object.values(TOTALS).map(({ key, title, text }) => {
        const change = less(b[key], a[key]);
        const words = change ? `${change > 0 ? "+" : "−"}${text(magnitude(change))}` : "";
        return <Total key={key} title={title} before={text(a[key])} after={text(b[key])} change={words} />;
      })}
      <Total title="field" before={field(a.receptive_field)} after={field(b.receptive_field)} />
    </>
  );
}

interface TotalProps {
  readonly title: string;
  readonly before: string;
  readonly after: string;
  readonly change?: string;
}

function Total({ title, before, after, change = "" }: TotalProps) {
  return (
    <tr>
      <th scope="row">{title}</th>
      <td class="number">{before}</td>
      <td class="number">{after}</td>
      <td class="number">{change}</td>
    </tr>
  );
}
