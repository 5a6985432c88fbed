/** Waiting for an answer: what was there before stays until the next is, so that nothing flickers. */

import { useEffect, useState } from "preact/hooks";
import { reasonOf } from "./text";
import type { Answer } from "./source";

export interface Asked<T> {
  /** The last answer; undefined until there is one. */
  readonly value: T | undefined;
  readonly waiting: boolean;
  /** Why there is none; empty where there is. */
  readonly refusal: string;
}

/** Asks whenever one of `inputs` changes; an answer that comes after the next question is dropped. */
export function useAsked<T>(ask: () => Answer<T>, inputs: readonly unknown[]): Asked<T> {
  const [state, setState] = useState<Asked<T>>(() => begun(ask()));
  const [seen, setSeen] = useState(inputs);
  let now = state;
  if (seen.length !== inputs.length || seen.some((each, index) => each !== inputs[index])) {
    const answer = ask();
    now = begun(answer, state.value);
    setSeen(inputs);
    setState(now);
  }
  const pending = promises.get(now);
  useEffect(() => {
    if (!pending) return;
    let left = false;
    // A question that the next one gave up may be refused before this is left: it is no answer to the next.
    const show = (answer: Asked<T>) =>
      left || setState((state) => (promises.get(state) === pending ? answer : state));
    (pending as Promise<T>).then(
      (value) => show({ value, waiting: false, refusal: "" }),
      (error: unknown) =>
        show({
          value: undefined,
          waiting: false,
          refusal: reasonOf(error),
        }),
    );
    return () => {
      left = true;
    };
  }, [pending]);
  return now;
}

/** The promise that a state waits for: no part of what is shown. */
const promises = new WeakMap<object, Promise<unknown>>();

function begun<T>(answer: Answer<T>, before?: T): Asked<T> {
  if (!(answer instanceof Promise)) return { value: answer, waiting: false, refusal: "" };
  const state: Asked<T> = { value: before, waiting: true, refusal: "" };
  promises.set(state, answer);
  // A refusal is shown, however soon it comes: it is none of the browser's business.
  answer.catch(() => {});
  return state;
}
