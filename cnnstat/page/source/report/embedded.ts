/** The document that stands in the file: JSON, gzip, base64. */

import type { PageDocument } from "../types";

/** The id of the element that holds it, a script of a type that no browser runs. */
export const ELEMENT = "cnnstat-document";

export async function embedded(): Promise<PageDocument> {
  const element = document.getElementById(ELEMENT);
  if (!element) throw new Error(`this file has no element ${ELEMENT}`);
  const packed = Uint8Array.from(atob((element.textContent ?? "").trim()), (sign) => sign.charCodeAt(0));
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return (await new Response(unpacked).json()) as PageDocument;
}
