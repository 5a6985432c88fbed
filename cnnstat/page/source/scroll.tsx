/** What may be wider than there is room: it scrolls by itself, by keys too. */

import type { ComponentChildren } from "preact";

export function Scroll({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="scroll" role="region" aria-label={name} tabIndex={0}>
      {children}
    </div>
  );
}
