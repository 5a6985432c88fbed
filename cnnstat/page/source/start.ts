/** How a page begins: what it is made of has to be got first, and where that fails a line says why. */

import { type ComponentChild, render } from "preact";
import { reasonOf } from "./text";

export async function start(made: () => Promise<ComponentChild>, what: string): Promise<void> {
  const place = document.getElementById("page") as HTMLElement;
  try {
    render(await made(), place);
  } catch (error) {
    const line = document.createElement("p");
    line.textContent = `${what} cannot be shown: ${reasonOf(error)}`;
    place.append(line);
  }
}
