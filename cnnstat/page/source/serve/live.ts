/** Asks for the figures of a text as it is written: of the newest text alone, and of another besides where the answer to one takes long. */

import { reasonOf } from "../text";
import type { Asking } from "./asking";
import { post } from "./server";
import type { LiveDocument } from "./types";

/** Milliseconds after which a newer text no longer waits for the answer to an older one. */
const PATIENCE = 250;
/** Milliseconds that figures may stay behind a text which is being typed: older answers are shown then, too. */
const BEHIND = 200;

export class Live {
  private next: Asking | null = null;
  private asked: { readonly number: number; readonly since: number } | null = null;
  private count = 0;
  private shown = { number: 0, at: 0 };

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
    const asked = { number: ++this.count, since: performance.now() };
    this.next = null;
    this.asked = asked;
    try {
      const found = await post("live", asking);
      const wanted = !this.next || performance.now() - this.shown.at > BEHIND;
      if (wanted && asked.number > this.shown.number) {
        this.shown = { number: asked.number, at: performance.now() };
        this.show(asking, found);
      }
    } catch (error) {
      // Where a newer request took its place, the answer to that says more.
      if (this.asked === asked) this.refuse(reasonOf(error));
    }
    if (this.asked === asked) {
      this.asked = null;
      void this.send();
    }
  }
}
