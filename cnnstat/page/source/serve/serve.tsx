/** The page of `cnnstat serve`. */

import { start } from "../start";
import "../styles/page.css";
import { keptDraft } from "./draft";
import { get } from "./server";
import "./serve.css";
import type { StartDocument } from "./types";
import { Workbench } from "./workbench";

async function made() {
  const found = await get<StartDocument>("start");
  return <Workbench start={found} draft={keptDraft(found.name)} />;
}

void start(made, "The page");
