/** What may be typed at a place of a spec: keys, types, options and values, from the schema and the text itself. */

import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import type { SyntaxNode } from "@lezer/common";
import { propertiesOf, type Schema, schemaAt, type Step, valuesOf } from "./schema";
import { once, post } from "./server";

const schema = once(() => post("schema", {}));
const MAPPINGS = new Set(["BlockMapping", "FlowMapping"]);

export async function completions(context: CompletionContext): Promise<CompletionResult | null> {
  const word = context.matchBefore(/[\w$.:*-]*/);
  if (!word || (word.from === word.to && !context.explicit)) return null;
  const root = await schema();
  const text = (node: SyntaxNode) => context.state.sliceDoc(node.from, node.to);
  const inner = syntaxTree(context.state).resolveInner(context.pos, -1);
  if (word.text.startsWith("$")) return offered(word.from, paramsOf(context.state.doc.toString()));
  const { path, asKey, present } = placeOf(inner, word.from, text);
  const at = schemaAt(root, path);
  if (!at) return null;
  if (asKey) {
    const keys = Object.entries(propertiesOf(root, at)).filter(([key]) => !present.has(key));
    return offered(
      word.from,
      keys.map(([key, each]) => option(key, "property", each, `${key}: `)),
    );
  }
  const last = path.at(-1)?.key;
  const blocks = last === "type" ? blocksOf(context.state.doc.toString()) : [];
  const values = valuesOf(root, at).map(([value, said]) => option(value, "enum", { description: said }));
  return offered(word.from, [...blocks, ...values]);
}

interface Where {
  readonly path: Step[];
  readonly asKey: boolean;
  /** The keys that stand beside already. */
  readonly present: ReadonlySet<string>;
}

/** Finds the way from the root to a place, and whether a key or a value is typed there. */
function placeOf(inner: SyntaxNode, from: number, text: (node: SyntaxNode) => string): Where {
  const steps: Step[] = [];
  let present: ReadonlySet<string> = new Set();
  let asKey: boolean | null = null;
  let kind: string | null = null;
  for (let node: SyntaxNode | null = inner; node; node = node.parent) {
    if (MAPPINGS.has(node.name)) {
      const pairs = pairsOf(node, text);
      if (asKey === null) {
        asKey = true;
        present = new Set(pairs.keys());
      }
      kind ??= pairs.get("type") ?? null;
    } else if (node.name === "Pair") {
      const key = node.getChild("Key");
      if (key && from > key.to) {
        asKey ??= false;
        steps.unshift({ key: text(key), kind });
        kind = null;
      } else if (asKey === null) {
        asKey = true;
        present = new Set(
          [...pairsOf(node.parent ?? node, text).keys()].filter((each) => !key || each !== text(key)),
        );
        kind = pairsOf(node.parent ?? node, text).get("type") ?? null;
      }
    } else if (node.name === "Item" || node.name === "FlowSequence") {
      asKey ??= false;
      steps.unshift({ key: null, kind });
      kind = null;
    }
  }
  return { path: steps, asKey: asKey ?? true, present };
}

function pairsOf(mapping: SyntaxNode, text: (node: SyntaxNode) => string): Map<string, string> {
  const found = new Map<string, string>();
  for (const pair of mapping.getChildren("Pair")) {
    const key = pair.getChild("Key");
    const value = pair.lastChild;
    if (key) found.set(text(key), value && value.from > key.to ? text(value) : "");
  }
  return found;
}

/** The names under a key of the root, as far as they begin a line: the text may be broken elsewhere. */
function namesUnder(section: string, text: string): string[] {
  const body = new RegExp(`^${section}:(.*(?:\n(?:[ \t#].*)?)*)`, "m").exec(text)?.[1] ?? "";
  return [...body.matchAll(/(?:^ {1,4}|[{,] *)([A-Za-z][\w-]*) *:/gm)].map((found) => found[1] ?? "");
}

function blocksOf(text: string): Completion[] {
  return namesUnder("blocks", text).map((name) => ({ label: name, type: "class", detail: "block" }));
}

function paramsOf(text: string): Completion[] {
  return namesUnder("params", text).map((name) => ({
    label: `$${name}`,
    type: "variable",
    detail: "parameter",
  }));
}

function option(label: string, type: string, said: Schema, apply?: string): Completion {
  const words = said.title ?? said.description ?? "";
  return { label, type, ...(apply ? { apply } : {}), ...(words ? { info: words } : {}) };
}

function offered(from: number, options: Completion[]): CompletionResult | null {
  return options.length ? { from, options, validFor: /^[\w$.*-]*$/ } : null;
}
