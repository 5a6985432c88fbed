/** Numbers and shapes as the tables of the terminal write them. */

import type { ReceptiveField } from "./types";
import type { Whole } from "./whole";

const counts = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat("en-US", {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  roundingMode: "halfEven", // as Python rounds
});

/** An unknown figure, which is never zero. */
export const UNKNOWN = "–";

export function count(value: Whole | null): string {
  return value === null ? UNKNOWN : counts.format(value);
}

export function shape(sizes: readonly Whole[] | null): string {
  return sizes === null ? UNKNOWN : sizes.join("×");
}

/** Returns bytes with a binary unit: 44.6 MiB. */
export function bytes(value: Whole): string {
  if (value < 1024) return `${count(value)} B`;
  let size = Number(value) / 1024;
  let unit = 0;
  for (; size >= 1024 && unit < 3; unit++) size /= 1024;
  return `${tenths.format(size)} ${["KiB", "MiB", "GiB", "TiB"][unit]}`;
}

/** Digits of a number of a run that are shown. */
const DIGITS = 6;

/** Returns a number of a run as Python's `.6g`, with a minus sign that is one. */
export function real(value: number | null): string {
  if (value === null) return "not finite";
  const [digits = "", exponent = "0"] = rounded(value).split("e");
  const power = Number(exponent);
  const text =
    power < -4 || power >= DIGITS
      ? `${Number(digits)}e${exponent[0] === "-" ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`
      : String(Number(`${digits}e${exponent}`));
  return text.replaceAll("-", "−");
}

/** Returns a number with an exponent; one in the middle between two goes to the even one. */
function rounded(value: number): string {
  const up = value.toExponential(DIGITS - 1);
  const [next = "", rest = ""] = value
    .toExponential(100)
    .replace(/^-?(.{7})/, "$1 ")
    .split(" ");
  const between = /^50*e/.test(rest) && Number(next.at(-1)) % 2 === 0;
  return between ? `${value < 0 ? "-" : ""}${next}e${value.toExponential().split("e")[1]}` : up;
}

type Size = Whole | readonly [Whole, Whole] | null;

/** Returns one number where all axes agree, else one per axis; a pair is a fraction. */
export function sizes(values: readonly Size[] | null): string {
  if (values === null || values.length === 0) return UNKNOWN;
  const texts = values.map((value) =>
    value === null || typeof value !== "object" ? count(value) : value.join("/"),
  );
  return texts.every((text) => text === texts[0]) ? (texts[0] ?? UNKNOWN) : texts.join("×");
}

/** Returns the size of a field as the tables have it. */
export function field(of: ReceptiveField): string {
  if (of.unseen) return "none";
  if (of.global) return "all";
  if (of.size === null) return `unknown because of ${of.unknown_because_of ?? "its input"}`;
  const size = (of.upper_bound_because_of === undefined ? "" : "at most ") + shape(of.size);
  return of.aligned ? size : `${size}, not aligned`;
}

/** Returns text on one line as the terminal has it: signs that hide, or turn round what follows, are escapes. */
export function visible(text: string): string {
  return text.replace(/(?! )[\p{C}\p{Z}]/gu, (sign) => ESCAPES[sign] ?? escape(sign.codePointAt(0) ?? 0));
}

const ESCAPES: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function escape(code: number): string {
  const digits = code.toString(16);
  if (code < 0x100) return `\\x${digits.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}

/** Returns a name that a spec gives as a title, a heading or a menu shows it: one of blanks alone is in quotes. */
export function named(name: string): string {
  return name.trim() ? visible(name) : `"${visible(name)}"`;
}

/** Says whether each word of a filter is somewhere in a line. */
export function hasWords(line: string, filter: string): boolean {
  const lower = line.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}

/** Returns what went wrong, as a line to show. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Returns arithmetic with its long numbers grouped: 120·(16·5·5 + 1) = 48,120. */
export function grouped(numbers: string): string {
  return numbers.replace(/[0-9]{5,}/g, (found) => counts.format(BigInt(found)));
}
