/** The text of the spec, line by line: where findings are is marked, and where the selected layer stands. */

import { useEffect, useMemo, useRef } from "preact/hooks";
import { useAsked } from "../asked";
import type { Source } from "../source";
import { Unanswered } from "../unanswered";
import type { FindingEntry } from "../types";

export function Spec({ source, selected }: { source: Source; selected: string }) {
  const asked = useAsked(() => source.spec(), [source]);
  const spec = asked.value;
  const { value: findings } = useAsked(() => source.findings(), [source]);
  const line = useMemo(() => lineOf(source, selected), [source, selected]);
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    list.current?.children[line - 1]?.scrollIntoView({ block: "nearest" });
  }, [line, spec]);
  if (!spec) return <Unanswered asked={asked} />;
  const found = new Map<number, FindingEntry[]>();
  for (const entry of findings ?? [])
    found.set(entry.finding.line, [...(found.get(entry.finding.line) ?? []), entry]);
  return (
    <>
      <p>{spec.file}</p>
      <ol class="spec" ref={list}>
        {spec.text
          .replace(/\r?\n$/, "")
          .split(/\r?\n/)
          .map((text, index) => (
            <Line key={index} text={text} here={index + 1 === line} findings={found.get(index + 1) ?? []} />
          ))}
      </ol>
    </>
  );
}

function lineOf(source: Source, path: string): number {
  const { summary, layers, blocks } = source.outline;
  const place = summary.layers.findIndex((layer) => layer.name === path);
  return layers[place]?.line ?? blocks.find((block) => block.path === path)?.line ?? 0;
}

function Line({ text, here, findings }: { text: string; here: boolean; findings: readonly FindingEntry[] }) {
  const first = findings[0]?.finding;
  return (
    <li
      class={[here ? "here" : "", first?.severity ?? ""].filter(Boolean).join(" ") || undefined}
      aria-current={here ? "location" : undefined}
    >
      <code>
        {first ? <Marked text={text} start={first.column - 1} length={first.length} /> : text || " "}
      </code>
      {findings.map(({ finding }, index) => (
        <span key={index} class="note">
          {finding.severity}: {finding.message}
        </span>
      ))}
    </li>
  );
}

/** Columns count characters, of which some are two units in the strings of a browser. */
function Marked({ text, start, length }: { text: string; start: number; length: number }) {
  const signs = Array.from(text);
  const part = (from: number, to?: number) => signs.slice(from, to).join("");
  return (
    <>
      {part(0, start)}
      <mark>{part(start, start + Math.max(length, 1))}</mark>
      {part(start + Math.max(length, 1))}
    </>
  );
}
