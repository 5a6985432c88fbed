/** A component that is drawn anew only when one of its properties is another. */

import { Component, createElement, type FunctionComponent } from "preact";

export function memo<P extends object>(draw: FunctionComponent<P>): FunctionComponent<P> {
  class Kept extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      const [before, after] = [this.props as Record<string, unknown>, next as Record<string, unknown>];
      const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
      keys.delete("children");
      return [...keys].some((key) => before[key] !== after[key]);
    }

    override render() {
      return createElement(draw, this.props as P & { key?: string });
    }
  }
  return Kept as unknown as FunctionComponent<P>;
}
