/** What stands in place of an answer: why there is none, or that it is being worked on. */

import type { Asked } from "./asked";

export function Unanswered({ asked }: { asked: Asked<unknown> }) {
  if (asked.refusal) return <p class="refusal">{asked.refusal}</p>;
  return asked.waiting ? (
    <p class="waiting" aria-busy="true">
      Working…
    </p>
  ) : null;
}
