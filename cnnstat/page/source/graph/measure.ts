/** How wide texts are in the graph: measured once each, for the font that the styles give it. */

const known = new Map<string, number>();
let context: CanvasRenderingContext2D | null | undefined;

export const FONT = "system-ui, 'Segoe UI', Helvetica, Arial, sans-serif";

export function textWidth(text: string, bold: boolean): number {
  const key = `${bold ? "b" : "n"}${text}`;
  let width = known.get(key);
  if (width === undefined) {
    context ??= document.createElement("canvas").getContext("2d");
    if (context) context.font = `${bold ? "600 13px" : "12px"} ${FONT}`;
    width = context ? context.measureText(text).width : text.length * 7;
    known.set(key, width);
  }
  return width;
}
