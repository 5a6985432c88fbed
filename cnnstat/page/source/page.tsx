/** The whole page: one network, two with their difference, or many with an index. */

import { useEffect } from "preact/hooks";
import { Announcer } from "./announce";
import { Difference } from "./difference";
import { Index } from "./index_of_networks";
import { Network } from "./network";
import { usePlace } from "./place";
import { useScheme } from "./scheme";
import type { Source } from "./source";
import type { DiffDocument } from "./types";

interface Props {
  readonly title: string;
  readonly version: string;
  readonly sources: readonly Source[];
  readonly difference: DiffDocument | null;
}

/** The position of what is about all networks. */
const ALL = -1;

export function Page({ title, version, sources, difference }: Props) {
  const several = sources.length > 1;
  const [place, go] = usePlace({ network: several ? ALL : 0, layer: "", unit: "", tab: "layers" });
  const [scheme, swap] = useScheme();
  const source = sources[place.network];
  const name = source?.outline.summary.name ?? title;
  useEffect(() => {
    document.title = `${name} · cnnstat`;
  }, [name]);
  return (
    <>
      <header class="top">
        <h1>{name}</h1>
        {several ? (
          <nav aria-label="Networks">
            <label>
              Show{" "}
              <select value={place.network} onChange={(event) => go({ network: Number(event.currentTarget.value) })}>
                <option value={ALL}>{difference ? "the difference" : "all networks"}</option>
                {sources.map((each, index) => (
                  <option key={index} value={index}>
                    {each.outline.summary.name}
                  </option>
                ))}
              </select>
            </label>
          </nav>
        ) : null}
        <button type="button" class="scheme" aria-pressed={scheme === "dark"} onClick={swap}>
          Dark
        </button>
      </header>
      <main>
        {source ? (
          <Network key={source.outline.key} source={source} place={place} go={go} scheme={scheme} />
        ) : difference ? (
          <Difference difference={difference} onNetwork={(network, layer) => go({ network, layer })} />
        ) : (
          <Index sources={sources} onNetwork={(network) => go({ network })} />
        )}
      </main>
      <footer>
        Made by <span>cnnstat {version}</span>: every figure is calculated from the spec.
      </footer>
      <Announcer />
    </>
  );
}
