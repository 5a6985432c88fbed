/** Lines as CSV (RFC 4180), with raw numbers, so that a spreadsheet takes them for such. */

import type { Column } from "./columns";
import type { Row } from "./rows";

export function csv(rows: readonly Row[], columns: readonly Column[]): string {
  const head = ["layer", "type", ...columns.map((column) => column.id)];
  const lines = rows.map((row) => [row.id, row.entry.type, ...columns.map((column) => value(row, column))]);
  return [head, ...lines].map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}

function value(row: Row, column: Column): string {
  const raw = (row.entry as unknown as Record<string, unknown>)[column.id];
  if (raw === null) return "";
  return typeof raw === "number" || typeof raw === "bigint" ? String(raw) : column.text(row.entry);
}

function cell(text: string): string {
  // A spreadsheet would take such a text for a formula, and run it.
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
