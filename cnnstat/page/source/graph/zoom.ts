/** How large the graph is drawn: whole at first, then as it is asked for. To move about is to scroll. */

import { type RefObject } from "preact";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Placed } from "./layout";
import type { Size } from "./positions";

/** Smaller than the first, a whole network shows nothing; texts are read from the second on. */
const [LEAST, LEGIBLE] = [0.05, 0.7];
/** What a sheet of A4 or Letter has room for below the head of the page, in pixels of CSS. */
const SHEET = 800;
/** So small, texts are still read on paper: letters of five points. */
const LEGIBLE_ON_PAPER = 0.6;
const SMALLEST = 0.02;
const LARGEST = 4;

export interface Zoom {
  readonly scale: number;
  by(factor: number): void;
  fit(): void;
  show(placed: Placed): void;
}

export function useZoom(view: RefObject<HTMLElement | null>, width: number, height: number): Zoom {
  const [chosen, setChosen] = useState<number | null>(null);
  const [room, setRoom] = useState({ width: 0, height: 0 });
  const whole = room.width ? Math.min(room.width / width, room.height / height, 1.2) : 1;
  // What is so long that it would be a line is scrolled instead.
  const fitting = whole < LEAST ? Math.min(room.width / width, LEGIBLE) : whole;
  const scale = clamp(chosen ?? fitting);
  const now = useRef({ scale, width, height });
  now.current = { scale, width, height };
  /** What stays under the pointer, or in the middle, when the scale changes: in parts of the picture. */
  const anchor = useRef<{ x: number; y: number; left: number; top: number } | null>(null);

  useLayoutEffect(() => {
    const element = view.current;
    if (!element) return;
    const measured = () => setRoom({ width: element.clientWidth, height: element.clientHeight });
    measured();
    const observer = new ResizeObserver(measured);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const by = useCallback((factor: number, left?: number, top?: number) => {
    const element = view.current;
    if (!element) return;
    const [x, y] = [left ?? element.clientWidth / 2, top ?? element.clientHeight / 2];
    const { scale: before } = now.current;
    anchor.current = {
      x: (element.scrollLeft + x) / before,
      y: (element.scrollTop + y) / before,
      left: x,
      top: y,
    };
    setChosen(clamp(before * factor));
  }, []);

  useLayoutEffect(() => {
    const [element, kept] = [view.current, anchor.current];
    if (!element || !kept) return;
    element.scrollLeft = kept.x * scale - kept.left;
    element.scrollTop = kept.y * scale - kept.top;
    anchor.current = null;
  }, [scale]);

  useEffect(() => {
    const element = view.current;
    return element ? listen(element, by) : undefined;
  }, []);

  const fit = useCallback(() => setChosen(null), []);
  const show = useCallback(
    (placed: Placed) => view.current && reveal(view.current, placed, now.current.scale),
    [],
  );
  return { scale, by, fit, show };
}

/** Returns how wide a drawing is on paper that is wide enough: on one sheet where its texts can be read so. */
export function widthOnPaper({ width, height }: Size): number {
  const whole = Math.min(1, SHEET / height);
  return Math.round(width * (whole < LEGIBLE_ON_PAPER ? 1 : whole));
}

function clamp(scale: number): number {
  return Math.min(LARGEST, Math.max(SMALLEST, scale));
}

/** Scrolls no further than it takes to have an item in view; of an open block its head. */
function reveal(element: HTMLElement, placed: Placed, scale: number): void {
  const height = placed.open ? 40 : placed.height;
  const [left, right] = [placed.x * scale - 8, (placed.x + placed.width) * scale + 8];
  const [top, bottom] = [placed.y * scale - 8, (placed.y + height) * scale + 8];
  if (top < element.scrollTop) element.scrollTop = top;
  else if (bottom > element.scrollTop + element.clientHeight)
    element.scrollTop = bottom - element.clientHeight;
  if (left < element.scrollLeft) element.scrollLeft = left;
  else if (right > element.scrollLeft + element.clientWidth) element.scrollLeft = right - element.clientWidth;
}

/** Wheel with Ctrl (as two fingers on a trackpad send it) zooms; a drag moves; two fingers do both. */
function listen(element: HTMLElement, by: (factor: number, left: number, top: number) => void): () => void {
  const fingers = new Map<number, { x: number; y: number }>();
  let dragged = 0;
  const wheel = (event: WheelEvent) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = element.getBoundingClientRect();
    by(Math.exp(-event.deltaY / 200), event.clientX - box.left, event.clientY - box.top);
  };
  const down = (event: PointerEvent) => {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    dragged = 0;
  };
  const move = (event: PointerEvent) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    const after = { x: event.clientX, y: event.clientY };
    if (other) {
      const box = element.getBoundingClientRect();
      const factor =
        Math.hypot(after.x - other.x, after.y - other.y) / Math.hypot(before.x - other.x, before.y - other.y);
      by(factor, other.x - box.left, other.y - box.top);
    } else if (event.pointerType === "mouse") {
      element.scrollLeft -= after.x - before.x;
      element.scrollTop -= after.y - before.y;
    }
    dragged += Math.abs(after.x - before.x) + Math.abs(after.y - before.y);
    fingers.set(event.pointerId, after);
  };
  const up = (event: PointerEvent) => void fingers.delete(event.pointerId);
  // What ends a drag is no click on what happens to lie there.
  const click = (event: MouseEvent) => {
    if (dragged > 5) event.stopPropagation();
    dragged = 0;
  };
  element.addEventListener("wheel", wheel, { passive: false });
  element.addEventListener("pointerdown", down);
  element.addEventListener("click", click, true);
  addEventListener("pointermove", move);
  addEventListener("pointerup", up);
  addEventListener("pointercancel", up);
  return () => {
    element.removeEventListener("wheel", wheel);
    element.removeEventListener("pointerdown", down);
    element.removeEventListener("click", click, true);
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", up);
    removeEventListener("pointercancel", up);
  };
}
