/** The page of `cnnstat serve`. */

import { render } from "preact";
import "../styles/page.css";
import { keptDraft } from "./draft";
import { get } from "./server";
import "./serve.css";
import type { StartDocument } from "./types";
import { Workbench } from "./workbench";

async function start(): Promise<void> {
  const place = document.getElementById("page") as HTMLElement;
  try {
    const found = await get<StartDocument>("start");
    render(<Workbench start={found} draft={keptDraft(found.name)} />, place);
  } catch (error) {
    const line = document.createElement("p");
    line.textContent = `The page cannot be shown: ${error instanceof Error ? error.message : String(error)}`;
    place.append(line);
  }
}

void start();
