/** Questions of which the page wants the newest answer alone: a key that is held down asks when it is left. */

import { RefusedError } from "./server";

/** Milliseconds without another question of its kind after which one is sent. */
const QUIET = 150;

interface Last {
  readonly at: number;
  /** Gives up what has not been sent yet. */
  readonly drop: () => void;
}

const last = new Map<string, Last>();

/** Asks at once where the last question of its kind is a while ago, else when no newer one comes for a moment. */
export function newest<T>(kind: string, ask: () => Promise<T>): Promise<T> {
  const before = last.get(kind);
  const at = performance.now();
  before?.drop();
  if (!before || at - before.at > QUIET) {
    last.set(kind, { at, drop: () => {} });
    return ask();
  }
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => ask().then(resolve, reject), QUIET);
    const drop = () => {
      clearTimeout(timer);
      reject(new RefusedError(0, "a newer request took its place", "superseded"));
    };
    last.set(kind, { at, drop });
  });
}

/** Asks of one thing after another, and keeps what is answered; what is not answered yet is asked again. */
export function newestOf<T>(
  kind: string,
  ask: (name: string) => Promise<T>,
): (name: string) => T | Promise<T> {
  const known = new Map<string, T>();
  let pending: { readonly name: string; readonly answer: Promise<T> } | null = null;
  return (name) => {
    const answer = known.get(name);
    if (answer !== undefined) return answer;
    if (pending?.name === name) return pending.answer;
    const asked = newest(kind, () => ask(name));
    const mine = (pending = {
      name,
      answer: asked.finally(() => {
        if (pending === mine) pending = null;
      }),
    });
    mine.answer.then(
      (value) => known.set(name, value),
      () => {},
    );
    return mine.answer;
  };
}
