/** What changed, for who does not see it: a region that screen readers read out. */

import { useEffect, useState } from "preact/hooks";

let say: (text: string) => void = () => {};

export function announce(text: string): void {
  say(text);
}

export function Announcer() {
  const [text, setText] = useState("");
  useEffect(() => {
    say = setText;
    return () => {
      say = () => {};
    };
  }, []);
  return (
    <div class="unseen" role="status">
      {text}
    </div>
  );
}
