/** The page of `cnnstat report`: shows the document that stands in the file. */

import { render } from "preact";
import { Page } from "../page";
import "../styles/page.css";
import { embedded } from "./embedded";
import { heldSource } from "./held";

async function start(): Promise<void> {
  const place = document.getElementById("page") as HTMLElement;
  try {
    const page = await embedded();
    const sources = page.networks.map((network) => heldSource(page, network));
    place.replaceChildren();
    render(<Page title={page.title} version={page.version} sources={sources} difference={page.difference} />, place);
  } catch (error) {
    const line = document.createElement("p");
    line.textContent = `This report cannot be shown: ${error instanceof Error ? error.message : String(error)}`;
    place.append(line);
  }
}

void start();
