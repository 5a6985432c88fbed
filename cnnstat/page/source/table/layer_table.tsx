/** The layers of a network as a table: to sort, to filter, to fold, to copy. */

import { useCallback, useEffect, useMemo, useRef } from "preact/hooks";
import { announce } from "../announce";
import { copy } from "../clipboard";
import { SortedHead } from "../sorted_head";
import type { Source } from "../source";
import { COLUMNS, type Column } from "./columns";
import { csv } from "./csv";
import { Line } from "./line";
import { useTable } from "./model";
import type { Row } from "./rows";
import { Totals } from "./totals";

interface Props {
  readonly source: Source;
  readonly selected: string;
  readonly onSelect: (path: string) => void;
}

export function LayerTable({ source, selected, onSelect }: Props) {
  const { table, sorted } = useTable(source.outline);
  const body = useRef<HTMLTableSectionElement>(null);
  const rows = table.getRowModel().rows;
  const columns = COLUMNS.filter((column) => table.getColumn(column.id)?.getIsVisible());
  const ids = useMemo(() => new Set(rows.map((row) => row.id)), [rows]);
  const reachable = ids.has(selected) ? selected : (rows[0]?.id ?? "");
  const filter = String(table.store.state.globalFilter ?? "");
  const now = useRef({ onSelect, table });
  now.current = { onSelect, table };

  const pick = useCallback((row: Row) => now.current.onSelect(row.id), []);
  const fold = useCallback((row: Row) => now.current.table.getRow(row.id).toggleExpanded(), []);

  useEffect(() => {
    const line = body.current?.querySelector<HTMLElement>('[aria-selected="true"]');
    line?.scrollIntoView({ block: "nearest" });
  }, [selected]);

  const go = (place: number) => {
    const row = rows[place];
    if (!row) return;
    onSelect(row.id);
    (body.current?.rows[place] as HTMLElement | undefined)?.focus();
  };
  const pressed = (event: KeyboardEvent) => {
    const at = (event.target as Element).closest("tr")?.sectionRowIndex ?? -1;
    const here = rows[at];
    if (!here || event.ctrlKey || event.metaKey || event.altKey) return;
    const folds = here.original.children.length > 0;
    const keys: Record<string, () => void> = {
      ArrowDown: () => go(at + 1),
      ArrowUp: () => go(at - 1),
      ArrowRight: () =>
        folds && !here.getIsExpanded() ? here.toggleExpanded(true) : folds ? go(at + 1) : undefined,
      ArrowLeft: () => {
        if (folds && here.getIsExpanded()) here.toggleExpanded(false);
        else if (here.parentId) go(rows.findIndex((row) => row.id === here.parentId));
      },
      Home: () => go(0),
      End: () => go(rows.length - 1),
      Enter: () => onSelect(here.id),
      " ": () => (folds ? here.toggleExpanded() : onSelect(here.id)),
    };
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };
  const copied = async () => {
    const done = await copy(
      csv(
        rows.map((row) => row.original),
        columns,
      ),
    );
    announce(done ? `${rows.length} lines copied as CSV` : "the browser does not let the page copy");
  };

  const shown = rows.filter((row) => row.original.children.length === 0).length;
  return (
    <section class="layers" aria-label="Layers">
      <div class="tools">
        <label>
          Filter{" "}
          <input
            type="search"
            value={filter}
            onInput={(event) => {
              table.setGlobalFilter(event.currentTarget.value || undefined);
            }}
          />
        </label>
        <details class="choice">
          <summary>Columns</summary>
          <fieldset>
            <legend class="unseen">Columns</legend>
            {COLUMNS.map((column) => (
              <label key={column.id} title={column.meaning}>
                <input
                  type="checkbox"
                  checked={columns.includes(column)}
                  onChange={() => table.getColumn(column.id)?.toggleVisibility()}
                />{" "}
                {column.title}
              </label>
            ))}
          </fieldset>
        </details>
        {sorted ? (
          <button type="button" onClick={() => table.resetSorting(true)}>
            Order of the spec
          </button>
        ) : source.outline.blocks.length ? (
          <>
            <button type="button" onClick={() => table.toggleAllRowsExpanded(true)}>
              Unfold all
            </button>
            <button type="button" onClick={() => table.toggleAllRowsExpanded(false)}>
              Fold all
            </button>
          </>
        ) : null}
        <button type="button" onClick={() => void copied()}>
          Copy as CSV
        </button>
      </div>
      <p class="unseen" role="status">
        {filter ? `${shown} layers match` : ""}
      </p>
      <div class="scroll">
        <table role="treegrid" aria-label={`Layers of ${source.outline.summary.name}`}>
          <thead>
            <tr>
              <Head id="layer" title="layer" table={table} />
              <th scope="col">type</th>
              {columns.map((column) => (
                <Head key={column.id} id={column.id} title={column.title} column={column} table={table} />
              ))}
            </tr>
          </thead>
          <tbody ref={body} onKeyDown={pressed}>
            {rows.map((row) => (
              <Line
                key={row.id}
                row={row.original}
                depth={sorted ? 0 : row.depth}
                open={row.getIsExpanded()}
                columns={columnKey(columns)}
                selected={row.id === selected}
                reachable={row.id === reachable}
                whole={sorted || row.depth === 0}
                onPick={pick}
                onFold={fold}
              />
            ))}
          </tbody>
          <Totals totals={source.outline.summary.totals} columns={columns} />
        </table>
        {rows.length ? null : <p>No layer matches “{filter}”.</p>}
      </div>
    </section>
  );
}

/** The columns as one text: lines are drawn anew only where it changes. */
function columnKey(columns: readonly Column[]): string {
  return columns.map((column) => column.id).join(" ");
}

interface HeadProps {
  readonly id: string;
  readonly title: string;
  readonly column?: Column;
  readonly table: ReturnType<typeof useTable>["table"];
}

function Head({ id, title, column, table }: HeadProps) {
  const direction = table.getColumn(id)?.getIsSorted() || "none";
  return (
    <SortedHead
      title={title}
      meaning={column?.meaning}
      numeric={column?.numeric === true}
      order={ORDERS[direction]}
      onSort={() => table.getColumn(id)?.toggleSorting()}
    />
  );
}

const ORDERS = { asc: "ascending", desc: "descending", none: "none" } as const;
