// Builds what the wheel ships: ../built/. The same source gives the same bytes on every machine, so that
// `.ci/run` can remake and compare; `--check` says which files would differ, and changes none.

import { build } from "esbuild";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { licences } from "./licences.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, "..", "built");
const pages = ["report", "serve"];

const made = await build({
  absWorkingDir: here,
  entryPoints: Object.fromEntries(pages.map((name) => [name, `${name}/${name}.tsx`])),
  outdir: built,
  bundle: true,
  write: false,
  metafile: true,
  minify: true,
  format: "iife",
  // Browsers that know light-dark() and DecompressionStream, which the page needs anyway.
  target: ["chrome123", "firefox120", "safari17.5"],
  jsx: "automatic",
  jsxImportSource: "preact",
  // Scripts stand within HTML: no character beyond ASCII, whatever the encoding of what holds them.
  charset: "ascii",
  legalComments: "none", // LICENCES.txt has the licences in full
  logLevel: "warning",
});

const files = new Map(made.outputFiles.map((file) => [file.path, Buffer.from(file.contents)]));
files.set(join(built, "LICENCES.txt"), Buffer.from(licences(here, made.metafile)));

let stale = 0;
for (const [path, contents] of files) {
  const same = existsSync(path) && contents.equals(readFileSync(path));
  if (process.argv.includes("--check")) {
    if (!same) console.error(`${path}: another build; run: npm run build`);
    stale += Number(!same);
  } else if (!same) {
    writeFileSync(path, contents);
    console.log(`${path}: ${contents.length} bytes`);
  }
}
process.exit(stale ? 1 : 0);
