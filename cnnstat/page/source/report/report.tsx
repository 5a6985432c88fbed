/** The page of `cnnstat report`: shows the documents that stand in the file. */

import { render } from "preact";
import { Page } from "../page";
import type { Source } from "../source";
import "../styles/page.css";
import { embeddedNetwork, embeddedPage } from "./embedded";
import { heldSource } from "./held";

async function start(): Promise<void> {
  const place = document.getElementById("page") as HTMLElement;
  try {
    const page = await embeddedPage();
    const held = new Map<number, Promise<Source>>();
    const network = (position: number) => {
      const source = held.get(position) ?? embeddedNetwork(position).then((each) => heldSource(page, each));
      held.set(position, source);
      return source;
    };
    render(<Page document={page} network={network} />, place);
  } catch (error) {
    const line = document.createElement("p");
    line.textContent = `This report cannot be shown: ${error instanceof Error ? error.message : String(error)}`;
    place.append(line);
  }
}

void start();
