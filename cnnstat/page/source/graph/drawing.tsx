/** The graph as SVG: items and ways in their places. Nothing here knows what may be done with them. */

import { type Colours, coloursOf } from "../colour";
import { memo } from "../memo";
import { BESIDE_SIGN, HEAD, headOf, INSET, LINE, SIGN, type Laid, type Placed, type Way } from "./layout";
import type { Point } from "./positions";
import type { Item } from "./tree";
import { widthOnPaper } from "./zoom";

interface Props {
  readonly laid: Laid;
  readonly colours: Colours;
  readonly selected: string;
  /** The item that the Tab key leads to. */
  readonly focused: string;
  readonly scale: number;
  readonly name: string;
  readonly onPick: (item: Item) => void;
  readonly onFold: (item: Item) => void;
}

export function Drawing({ laid, colours, selected, focused, scale, name, onPick, onFold }: Props) {
  return (
    <svg
      class="drawing"
      role="tree"
      aria-label={name}
      viewBox={`0 0 ${laid.width} ${laid.height}`}
      width={laid.width * scale}
      height={laid.height * scale}
      style={{ "--width-on-paper": `${widthOnPaper(laid)}px` }}
    >
      <g aria-hidden="true">
        {laid.placed
          .filter((each) => each.open)
          .map((each) => (
            <Room key={each.item.id} placed={each} />
          ))}
        <Ways ways={laid.ways} />
      </g>
      {laid.placed.map((each) => (
        <Node
          key={each.item.id}
          placed={each}
          colours={colours}
          selected={each.item.id === selected}
          reachable={each.item.id === focused}
          onPick={onPick}
          onFold={onFold}
        />
      ))}
    </svg>
  );
}

/** What a block that is open stands on. */
function Room({ placed }: { placed: Placed }) {
  const { x, y, width, height } = placed;
  return <rect class="room" x={x} y={y} width={width} height={height} rx={6} />;
}

const Ways = memo(({ ways }: { ways: readonly Way[] }) => (
  <>
    {ways.map((way, index) => (
      <path key={index} class={way.skip ? "way skip" : "way"} d={curve(way.points)} />
    ))}
    {ways
      .filter((way) => way.tip)
      .map((way, index) => (
        <path key={index} class="tip" d={tip(way.points)} />
      ))}
  </>
));

interface NodeProps {
  readonly placed: Placed;
  readonly colours: Colours;
  readonly selected: boolean;
  readonly reachable: boolean;
  readonly onPick: (item: Item) => void;
  readonly onFold: (item: Item) => void;
}

const Node = memo(({ placed, colours, selected, reachable, onPick, onFold }: NodeProps) => {
  const { item, x, y, width, height, open, depth } = placed;
  const block = item.children.length > 0;
  const names = [
    "node",
    item.kind,
    open ? "open" : "",
    selected ? "selected" : "",
    item.output ? "output" : "",
  ];
  const lines = open ? [headOf(item)] : [item.title, item.operation, item.shape].filter(Boolean);
  return (
    <g
      class={names.filter(Boolean).join(" ")}
      transform={`translate(${x} ${y})`}
      role="treeitem"
      data-id={item.id}
      tabindex={reachable ? 0 : -1}
      aria-level={depth + 1}
      aria-posinset={placed.number}
      aria-setsize={placed.beside}
      aria-selected={selected}
      aria-expanded={block ? open : undefined}
      aria-label={[...lines, item.words].join(" ")}
      onClick={() => onPick(item)}
      onDblClick={block ? () => onFold(item) : undefined}
    >
      {block && !open ? <rect class="behind" x={4} y={4} width={width} height={height} rx={5} /> : null}
      <rect
        class="face"
        width={width}
        height={open ? HEAD : height}
        rx={5}
        style={open ? undefined : coloursOf(colours, item.family)}
      />
      {lines.map((line, index) => (
        <Text
          key={index}
          index={index}
          x={open ? INSET : (width - (block ? BESIDE_SIGN : 0)) / 2}
          line={line}
          open={open}
        />
      ))}
      <title>{item.words}</title>
      {block ? <Sign width={width} open={open} onFold={() => onFold(item)} /> : null}
    </g>
  );
});

/** Where the first line of an item stands, from its top. */
const BASE = 18;

function Text({ index, x, line, open }: { index: number; x: number; line: string; open: boolean }) {
  // The space is for who reads the lines aloud: it parts them.
  return (
    <text
      class={index ? undefined : "title"}
      x={x}
      y={open ? BASE - 2 : BASE + LINE * index}
      text-anchor={open ? undefined : "middle"}
    >
      {`${line} `}
    </text>
  );
}

/** A sign to unfold or fold by pointer; keys do so at the item itself. */
function Sign({ width, open, onFold }: { width: number; open: boolean; onFold: () => void }) {
  const clicked = (event: Event) => {
    event.stopPropagation();
    onFold();
  };
  return (
    <g
      class="sign"
      transform={`translate(${width - SIGN} 0)`}
      onClick={clicked}
      onDblClick={(event) => event.stopPropagation()}
    >
      <rect width={SIGN} height={HEAD} />
      <path d={open ? "M7 12h10" : "M7 12h10M12 7v10"} />
    </g>
  );
}

const round = (value: number) => Math.round(value * 10) / 10;
const at = (point: Point) => `${round(point.x)} ${round(point.y)}`;

/** Returns a smooth line through points: straight at the ends, bent between. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${at(first)}`;
  for (let index = 0; index < rest.length - 1; index++) {
    const [here, next] = [rest[index] as Point, rest[index + 1] as Point];
    const end = index === rest.length - 2 ? next : { x: (here.x + next.x) / 2, y: (here.y + next.y) / 2 };
    path += `Q${at(here)} ${at(end)}`;
  }
  return rest.length === 1 ? `${path}L${at(rest[0] as Point)}` : path;
}

/** Length of a tip, and half its angle in radians: slim enough that the line goes on into it. */
const [TIP, HALF] = [7, 0.45];

/** Returns the tip of an arrow, turned the way that the line comes. */
function tip(points: readonly Point[]): string {
  const [end, before] = [points[points.length - 1], points[points.length - 2]];
  if (!end || !before) return "";
  const angle = Math.atan2(end.y - before.y, end.x - before.x);
  const corner = (turn: number) => ({
    x: end.x - TIP * Math.cos(angle + turn),
    y: end.y - TIP * Math.sin(angle + turn),
  });
  return `M${at(end)}L${at(corner(HALF))}L${at(corner(-HALF))}Z`;
}
