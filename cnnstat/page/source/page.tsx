/** The page of a report: one network, two with their difference, or many with an index. */

import { useEffect } from "preact/hooks";
import { Announcer } from "./announce";
import { useAsked } from "./asked";
import { Difference } from "./difference";
import { Index, namesOf } from "./index_of_networks";
import { Network } from "./network";
import { type Go, type Place, usePlace } from "./place";
import { SchemeButton, useScheme } from "./scheme";
import type { Answer, Scheme, Source } from "./source";
import { named } from "./text";
import type { PageDocument } from "./types";

interface Props {
  readonly document: PageDocument;
  /** The network at a position of the index. */
  readonly network: (position: number) => Answer<Source>;
}

/** The position of what is about all networks. */
const ALL = -1;

export function Page({ document: page, network }: Props) {
  const { index, difference } = page;
  const [place, go] = usePlace({ network: index.length > 1 ? ALL : 0, layer: "", unit: "", tab: "layers" });
  const [scheme, swap] = useScheme();
  const entry = index[place.network];
  const name = entry ? (namesOf(index)[place.network] ?? "") : named(page.title);
  useEffect(() => {
    document.title = `${name} · cnnstat`;
  }, [name]);
  return (
    <>
      <header class="top">
        <h1 title={name}>{name}</h1>
        {index.length > 1 ? (
          <nav aria-label="Networks">
            <label>
              Show{" "}
              <select
                value={place.network}
                onChange={(event) => go({ network: Number(event.currentTarget.value) })}
              >
                <option value={ALL}>{difference ? "the difference" : "all networks"}</option>
                {index.map((each, position) => (
                  <option key={each.key} value={position} disabled={each.totals === null}>
                    {namesOf(index)[position]}
                  </option>
                ))}
              </select>
            </label>
          </nav>
        ) : null}
        <SchemeButton scheme={scheme} swap={swap} />
      </header>
      <main>
        {entry?.totals ? (
          <Loaded
            key={entry.key}
            position={place.network}
            network={network}
            place={place}
            go={go}
            scheme={scheme}
          />
        ) : difference ? (
          <Difference
            difference={difference}
            onNetwork={(position, layer) => go({ network: position, layer })}
          />
        ) : (
          <Index entries={index} onNetwork={(position) => go({ network: position })} />
        )}
      </main>
      <footer>Made by cnnstat {page.version}: every figure is calculated from the spec.</footer>
      <Announcer />
    </>
  );
}

interface LoadedProps extends Pick<Props, "network"> {
  readonly position: number;
  readonly place: Place;
  readonly go: Go;
  readonly scheme: Scheme;
}

function Loaded({ position, network, place, go, scheme }: LoadedProps) {
  const { value: source, refusal } = useAsked(() => network(position), [network, position]);
  if (refusal) return <p class="refusal">{refusal}</p>;
  return source ? <Network source={source} place={place} go={go} scheme={scheme} /> : <p>Unpacking…</p>;
}
