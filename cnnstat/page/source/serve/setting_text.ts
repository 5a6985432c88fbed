/** Values of parameters as texts: in a field, in a spec, and as a place on a slider. */

import { numberOf } from "../whole";
import type { Setting } from "./asking";

/** A value as a field shows it. */
export function written(value: Setting): string {
  if (Array.isArray(value)) return `[${value.map((each) => written(each as Setting)).join(", ")}]`;
  return value === null ? "" : String(value);
}

/** A value as a spec has it: a text that YAML would read as something else stands in quotes. */
export function inYaml(value: Setting): string {
  if (Array.isArray(value)) return `[${value.map((each) => inYaml(each as Setting)).join(", ")}]`;
  if (value === null) return "null";
  if (typeof value !== "string") return String(value);
  return /^[A-Za-z][\w-]*$/.test(value) && !OTHER_THAN_TEXT.test(value) ? value : JSON.stringify(value);
}

const OTHER_THAN_TEXT = /^(y|n|yes|no|on|off|true|false|null)$/i;

/** Reads a list of plain values and of lists, with or without the outermost brackets. */
export function listOf(text: string): Setting[] {
  const parts = text.match(/[[\]]|[^[\],]+/g)?.map((part) => part.trim()) ?? [];
  const items = (): Setting[] => {
    const found: Setting[] = [];
    for (let part = parts.shift(); part !== undefined && part !== "]"; part = parts.shift())
      if (part === "[") found.push(items());
      else if (part) found.push(plain(part));
    return found;
  };
  const found = items();
  const [only] = found;
  return text.trimStart().startsWith("[") && found.length === 1 && Array.isArray(only)
    ? (only as Setting[])
    : found;
}

function plain(word: string): Setting {
  if (word === "true" || word === "false") return word === "true";
  return Number.isNaN(Number(word)) ? word : numberOf(word);
}

/** Returns the stop of a slider where its thumb stands: the one of the value, else the next to it. */
export function nearest(stops: readonly Setting[], value: Setting): number {
  const exact = stops.findIndex((stop) => written(stop) === written(value));
  if (exact >= 0 || typeof value === "string") return Math.max(0, exact);
  const away = stops.map((stop) => Math.abs(Number(stop) - Number(value)));
  return Math.max(0, away.indexOf(Math.min(...away)));
}
