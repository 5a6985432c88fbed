/** Files that are made of the network, which the browser saves where it saves all. */

import type { Asking } from "./asking";
import { asked } from "./server";
import type { AsFile } from "./types";

/** What a file can be, by its words in the menu: the text itself, a report, or a target of `export`. */
export const SHARES: Readonly<Record<string, "report" | "spec" | Pick<AsFile, "to" | "weights">>> = {
  "Report (HTML)": "report",
  "Spec (YAML)": "spec",
  PyTorch: { to: "pytorch" },
  Keras: { to: "keras" },
  ONNX: { to: "onnx" },
  "ONNX without weights": { to: "onnx", weights: false },
};

/** Makes the file of a name in the menu; of the spec, the text as it is written, under the name of the network. */
export async function shared(what: string, asking: Asking, stem: string, written: string): Promise<void> {
  const share = SHARES[what];
  if (share === undefined) return;
  if (share === "spec") return saved(new Blob([written], { type: "application/yaml" }), `${stem}.yaml`);
  const response =
    share === "report" ? await asked("report", asking) : await asked("export", { ...asking, ...share });
  // The server says what the file is called.
  const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1];
  saved(await response.blob(), name ?? stem);
}

function saved(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
