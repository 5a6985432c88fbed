/** Files that are made of the network, which the browser saves where it saves all. */

import { encoded } from "../json";
import type { Asking } from "./asking";
import type { Share } from "./bar";
import { posted } from "./server";

export async function shared(what: Share, asking: Asking, name: string, written: string): Promise<void> {
  const stem =
    (name.split(/[/\\]/).pop() ?? "").replace(/\.(ya?ml|onnx)$/i, "").replace(/[^\w.-]+/g, "_") || "network";
  if (what === "spec") return saved(new Blob([written], { type: "application/yaml" }), `${stem}.yaml`);
  if (what === "report") return saved(await (await posted("report", encoded(asking))).blob(), `${stem}.html`);
  const [to = "", shapes] = what.split("-");
  const body = encoded({ ...asking, to, weights: shapes === undefined });
  saved(await (await posted("export", body)).blob(), `${stem}${to === "onnx" ? ".onnx" : ".py"}`);
}

function saved(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
