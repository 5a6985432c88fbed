/** Asks for the figures of a text as it is written: one request at a time, of the newest text alone. */

import type { Asking } from "./asking";
import { post, RefusedError } from "./server";
import type { LiveDocument } from "./types";

/** Milliseconds after which a newer text no longer waits for the answer to an older one. */
const PATIENCE = 250;

export class Live {
  private next: Asking | null = null;
  private asked: { readonly since: number } | null = null;

  constructor(
    private readonly show: (asking: Asking, found: LiveDocument) => void,
    private readonly refuse: (why: string) => void,
  ) {}

  /** Asks for it at once, or as soon as what is asked already is answered or takes long. */
  ask(asking: Asking): void {
    this.next = asking;
    const left = this.asked ? this.asked.since + PATIENCE - performance.now() : 0;
    if (left <= 0) void this.send();
    else setTimeout(() => this.next === asking && void this.send(), left);
  }

  private async send(): Promise<void> {
    const asking = this.next;
    if (!asking) return;
    const asked = { since: performance.now() };
    this.next = null;
    this.asked = asked;
    try {
      const found = await post<LiveDocument>("live", asking);
      // Nobody wants the figures of an older text: those of the newer are on their way.
      if (this.asked === asked && !this.next) this.show(asking, found);
    } catch (error) {
      if (this.asked === asked && !(error instanceof RefusedError && error.code === "superseded")) {
        this.refuse(error instanceof Error ? error.message : String(error));
      }
    }
    if (this.asked === asked) {
      this.asked = null;
      void this.send();
    }
  }
}
