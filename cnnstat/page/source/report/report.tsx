/** The page of `cnnstat report`: shows the documents that stand in the file. */

import { Page } from "../page";
import type { Source } from "../source";
import { start } from "../start";
import "../styles/page.css";
import { embeddedNetwork, embeddedPage } from "./embedded";
import { heldSource } from "./held";

async function made() {
  const page = await embeddedPage();
  const held = new Map<number, Promise<Source>>();
  const network = (position: number) => {
    const source = held.get(position) ?? embeddedNetwork(position).then((each) => heldSource(page, each));
    held.set(position, source);
    return source;
  };
  return <Page document={page} network={network} />;
}

void start(made, "This report");
