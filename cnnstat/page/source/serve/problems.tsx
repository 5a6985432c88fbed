/** What is wrong with the text, one below the other: where, what, and the way out. */

import type { Diagnostic } from "./types";

interface Props {
  readonly found: readonly Diagnostic[];
  /** Whether nothing else is wrong, such as a parameter. */
  readonly quiet: boolean;
  readonly onShow: (found: Diagnostic) => void;
  readonly onMend: (found: Diagnostic) => void;
}

export function Problems({ found, quiet, onShow, onMend }: Props) {
  return (
    <section class="problems" aria-label="Problems">
      {found.length === 0 && quiet ? <p class="none">No problem.</p> : null}
      <ul>
        {found.map((each) => (
          <li key={`${each.line}:${each.column}:${each.code}:${each.message}`} class={each.severity}>
            <button type="button" class="at" title="Go there" onClick={() => onShow(each)}>
              <span class="unseen">Line and column </span>
              {each.line}:{each.column}
            </button>
            <div>
              <p>
                <code>{each.code}</code> {each.message}
              </p>
              {each.way_out ? <p class="way-out">{each.way_out}</p> : null}
            </div>
            {each.edits.length ? (
              <button type="button" onClick={() => onMend(each)}>
                Mend
              </button>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
