/** The bar above: what to start from, saving, and what can be made of the network. */

import { useEffect, useRef, useState } from "preact/hooks";
import { reasonOf } from "../text";
import { get, posted, read } from "./server";
import { SHARES } from "./share";
import type { ReadDocument, ZooDocument } from "./types";

interface Props {
  readonly unsaved: boolean;
  readonly saves: boolean;
  readonly busy: string;
  readonly onSave: () => void;
  readonly onStart: (name: string, found: ReadDocument) => void;
  readonly onShare: (what: string) => void;
  readonly onRefused: (why: string) => void;
}

export function Bar({ unsaved, saves, busy, onSave, onStart, onShare, onRefused }: Props) {
  const [zoo, setZoo] = useState<ZooDocument["networks"]>([]);
  // What is chosen waits for its button: the arrow keys choose each in turn.
  const [network, setNetwork] = useState("");
  const [what, setWhat] = useState("");
  const file = useRef<HTMLInputElement>(null);
  const [missing, setMissing] = useState("");
  // What could not be got at the start is asked for again by who wants to choose.
  const load = () => {
    get<ZooDocument>("zoo").then(
      (found) => setZoo(found.networks),
      (error: unknown) => setMissing(reasonOf(error)),
    );
  };
  useEffect(load, []);
  const start = async (name: string, found: () => Promise<ReadDocument>) => {
    try {
      onStart(name, await found());
    } catch (error) {
      onRefused(reasonOf(error));
    }
  };
  const begin = () => {
    void start(network, () => get<ReadDocument>(`zoo?name=${encodeURIComponent(network)}`));
    setNetwork("");
  };
  const make = () => {
    if (what) onShare(what);
    setWhat("");
  };
  const model = (event: Event & { currentTarget: HTMLInputElement }) => {
    const own = event.currentTarget.files?.[0];
    event.currentTarget.value = "";
    if (!own) return;
    const place = `model?name=${encodeURIComponent(own.name)}`;
    void start(own.name, async () => read<ReadDocument>(await posted(place, own)));
  };
  return (
    <div class="bar" role="group" aria-label="Spec">
      <button
        type="button"
        disabled={!saves || !unsaved}
        onClick={onSave}
        title={saves ? "Ctrl+S" : "No file is open"}
      >
        Save
      </button>
      <select
        aria-label="A bundled network"
        value={network}
        onFocus={zoo.length ? undefined : load}
        onChange={(event) => setNetwork(event.currentTarget.value)}
      >
        <option value="">{zoo.length ? "Start from…" : missing || "Start from…"}</option>
        {zoo.map((each) => (
          <option key={each.name} value={each.name}>
            {each.name}
          </option>
        ))}
      </select>
      <button type="button" disabled={!network} title="Put it in place of the text" onClick={begin}>
        Start
      </button>
      <button type="button" onClick={() => file.current?.click()}>
        Read ONNX…
      </button>
      <input ref={file} type="file" accept=".onnx" hidden aria-label="An ONNX model" onChange={model} />
      <select
        aria-label="A file of the network"
        value={what}
        disabled={busy !== ""}
        onChange={(event) => setWhat(event.currentTarget.value)}
      >
        <option value="">{busy || "Make a file…"}</option>
        {Object.keys(SHARES).map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
      <button type="button" disabled={!what || busy !== ""} title="Download it" onClick={make}>
        Make
      </button>
    </div>
  );
}
