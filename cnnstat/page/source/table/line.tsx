/** One line of the table: a layer, or the head of a block. */

import { memo } from "../memo";
import { COLUMNS } from "./columns";
import type { Row } from "./rows";

interface Props {
  readonly row: Row;
  readonly depth: number;
  readonly open: boolean;
  /** The keys of the columns, with spaces between them. */
  readonly columns: string;
  readonly selected: boolean;
  /** Whether the Tab key leads here. */
  readonly reachable: boolean;
  /** Whether the whole path is shown: under the head of its block the own name is enough. */
  readonly whole: boolean;
  readonly onPick: (row: Row) => void;
  readonly onFold: (row: Row) => void;
}

const byId = new Map(COLUMNS.map((column) => [column.id, column]));

export const Line = memo(
  ({ row, depth, open, columns, selected, reachable, whole, onPick, onFold }: Props) => {
    const block = row.children.length > 0;
    const shown = columns.split(" ").flatMap((id) => byId.get(id) ?? []);
    const folded = (event: Event) => {
      event.stopPropagation();
      onFold(row);
    };
    return (
      <tr
        class={block ? "block" : undefined}
        aria-level={depth + 1}
        aria-expanded={block ? open : undefined}
        aria-selected={selected}
        tabIndex={reachable ? 0 : -1}
        onClick={() => onPick(row)}
      >
        <th scope="row" style={{ paddingInlineStart: `${0.5 + depth}rem` }} title={row.id}>
          {block ? (
            <span class="fold" aria-hidden="true" onClick={folded}>
              {open ? "▾" : "▸"}
            </span>
          ) : null}
          {whole ? row.id : row.id.slice(row.id.lastIndexOf(".") + 1)}
        </th>
        <td title={cut(row.operation)}>{row.operation}</td>
        {shown.map((column) => {
          const text = column.text(row.entry);
          return (
            <td key={column.id} class={column.numeric ? "number" : undefined} title={cut(text)}>
              {text}
            </td>
          );
        })}
      </tr>
    );
  },
);

/** A text that has no room in its cell, to be shown when a pointer rests there. */
function cut(text: string): string | undefined {
  return text.length > 30 ? text : undefined;
}
