/** JSON with whole numbers of any size: JSON.parse alone rounds those beyond 2^53, and JSON.stringify has none. */

import { whole } from "./whole";

/** A number that may be one of them. It finds some too many, in texts, and never one too few. */
const LONG = /[[:,]\s*-?\d{16}|^\s*-?\d{16}/;
/** A text (with what makes a key of it), or a number. */
const PARTS = /"((?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*/g;

export function parsed(text: string): unknown {
  if (!LONG.test(text)) return JSON.parse(text);
  // What is long becomes a text that begins with "n", and every other text gets an "s" before it: whatever
  // a spec says, none is taken for a number. Newer browsers hand a number's digits to a reviver, older do not.
  const marked = text.replace(PARTS, (part: string, rest: string | undefined, colon: string | undefined) => {
    if (rest !== undefined) return colon === undefined ? `"s${rest}` : part;
    return /^-?\d{16,}$/.test(part) ? `"n${part}"` : part;
  });
  return JSON.parse(marked, (_, value: unknown) => {
    if (typeof value !== "string") return value;
    return value.startsWith("n") ? whole(BigInt(value.slice(1))) : value.slice(1);
  });
}

export function encoded(value: unknown): string {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return `[${value.map(encoded).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{${fields.map(([key, each]) => `${JSON.stringify(key)}:${encoded(each)}`).join()}}`;
}
