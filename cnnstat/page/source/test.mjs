// Bundles what tests/ has and runs it by node: functions of the page that need no browser.

import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const names = readdirSync(join(here, "tests")).filter((name) => name.endsWith(".test.mjs"));
const outdir = mkdtempSync(join(tmpdir(), "cnnstat-page-"));
try {
  await build({
    absWorkingDir: here,
    entryPoints: names.map((name) => join("tests", name)),
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "warning",
  });
  const files = names.map((name) => join(outdir, name));
  process.exitCode =
    spawnSync(process.execPath, ["--test", "--test-reporter=spec", ...files], { cwd: here, stdio: "inherit" })
      .status ?? 1;
} finally {
  rmSync(outdir, { recursive: true });
}
