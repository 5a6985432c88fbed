// The licences of all that is bundled, word for word from the packages themselves.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Packages that come within others, which bundle them: no file of theirs is seen here. */
const WITHIN = {
  "@dagrejs/dagre": ["@dagrejs/graphlib"],
  "d3-delaunay": ["delaunator", "robust-predicates"],
};

/** Returns the text of LICENCES.txt: each licence once, under the packages that it is of. */
export function licences(folder, metafile) {
  const names = new Set();
  for (const input of Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs))) {
    const found = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) names.add(found[0]);
    for (const name of WITHIN[found?.[1]] ?? []) names.add(`node_modules/${name}/`);
  }
  const texts = new Map();
  for (const path of [...names].sort()) {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, path, "package.json"), "utf8"));
    const text = textOf(join(folder, path), name);
    if (!texts.has(text)) texts.set(text, []);
    texts.get(text).push(`${name} ${version} (${license})`);
  }
  const head = "What is bundled in the scripts of this folder, and under which licences.\n";
  const parts = [...texts].map(([text, packages]) => `${packages.join("\n")}\n\n${text}\n`);
  return [head, ...parts].join(`\n${"-".repeat(78)}\n\n`);
}

function textOf(folder, name) {
  const file = readdirSync(folder)
    .sort()
    .find((each) => /^licen[cs]e/i.test(each));
  if (!file) throw new Error(`${name} has no licence file: nothing without one is shipped`);
  return readFileSync(join(folder, file), "utf8").replace(/\r\n/g, "\n").trim();
}
