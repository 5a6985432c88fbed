/** Which blocks are open at first: as many levels as can be read at a glance. */

import type { Item, Tree } from "./tree";

/** A picture of about this many items can be taken in at once. */
const AT_A_GLANCE = 16;

export function openAtFirst(tree: Tree): ReadonlySet<string> {
  let open = new Set<string>();
  for (;;) {
    const more = new Set(open);
    let shown = 0;
    const walk = (items: readonly Item[]) => {
      for (const item of items) {
        if (open.has(item.id)) walk(item.children);
        else if (item.children.length) {
          more.add(item.id);
          shown += item.children.length;
        } else shown += 1;
      }
    };
    walk(tree.items);
    if (more.size === open.size || shown > AT_A_GLANCE) return open;
    open = more;
  }
}

export function allBlocks(tree: Tree): ReadonlySet<string> {
  return new Set([...tree.byId.values()].filter((item) => item.children.length).map((item) => item.id));
}

/** Returns the set with one more open, or one less. */
export function toggled(open: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const after = new Set(open);
  if (!after.delete(id)) after.add(id);
  return after;
}

/** Returns the item that stands for a path in what is drawn: itself, or the block that hides it. */
export function shownFor(tree: Tree, open: ReadonlySet<string>, path: string): string {
  let shown = "";
  let id = path;
  // A path within a repetition that is not drawn by itself has no item: the block around it has.
  while (id && !tree.byId.has(id)) id = id.includes(".") ? id.slice(0, id.lastIndexOf(".")) : "";
  for (let item = tree.byId.get(id); item; item = tree.byId.get(item.parent)) {
    const hidden = [...ancestors(tree, item)].some((each) => !open.has(each.id));
    if (!hidden) {
      shown = item.id;
      break;
    }
  }
  return shown;
}

export function* ancestors(tree: Tree, item: Item): Generator<Item> {
  for (let above = tree.byId.get(item.parent); above; above = tree.byId.get(above.parent)) yield above;
}
