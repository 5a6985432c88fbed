/**
 * The documents that stand in the file: each JSON, gzip, base64, in an element of its own. A network is
 * unpacked when it is first shown, so that a file of a hundred opens as fast as one of one.
 */

import { parsed } from "../json";
import type { NetworkPage, PageDocument } from "../types";

export function embeddedPage(): Promise<PageDocument> {
  return unpacked("document") as Promise<PageDocument>;
}

export function embeddedNetwork(position: number): Promise<NetworkPage> {
  return unpacked(`network-${position}`) as Promise<NetworkPage>;
}

async function unpacked(id: string): Promise<unknown> {
  const element = document.getElementById(id);
  if (!element) throw new Error(`this file has no data of ${id}`);
  const bytes = Uint8Array.from(atob((element.textContent ?? "").trim()), (sign) => sign.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return parsed(await new Response(stream).text());
}
