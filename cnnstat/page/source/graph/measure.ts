/** How wide texts are in the graph: measured once each, in the font of the page. */

const known = new Map<string, number>();
let context: CanvasRenderingContext2D | null | undefined;
let family = "";

export function textWidth(text: string, bold: boolean): number {
  const key = `${bold ? "b" : "n"}${text}`;
  let width = known.get(key);
  if (width === undefined) {
    context ??= document.createElement("canvas").getContext("2d");
    family ||= getComputedStyle(document.body).fontFamily;
    if (context) context.font = `${bold ? "600 13px" : "12px"} ${family}`;
    width = context ? context.measureText(text).width : text.length * 7;
    known.set(key, width);
  }
  return width;
}
