// A ranking as a table with bars in it: it is its own table twin. Each bar is split into human and agent shares.
import type { ComponentChildren } from "preact";
import type { Figures } from "../api";
import { count, difference, DIMENSIONS, duration, keyName, percent } from "../format";
import { here, param, withFilter, type Filter } from "../place";
import { Why } from "../parts/why";

export interface BarRow { key: string | null; figures: Figures; before?: Figures | undefined }

/** Sorted by time, the rest put together behind `most`. */
export function ranked(groups: Map<string | null, Figures>, before?: Map<string | null, Figures>): BarRow[] {
  return [...groups]
    .map(([key, figures]) => ({ key, figures, before: before?.get(key) }))
    .sort((a, b) => Number(a.key === null) - Number(b.key === null) || b.figures.seconds - a.figures.seconds || b.figures.heartbeats - a.figures.heartbeats || String(a.key).localeCompare(String(b.key)));
}

interface Props {
  name: string;
  title: string;
  dimension: string;
  rows: readonly BarRow[];
  compares?: boolean;
  most?: number;
  /** The time that is told: that of agents alone, where a page is about them. */
  measure?: (figures: Figures) => number;
  href?: (key: string) => string;
  note?: ComponentChildren;
  isOld?: boolean;
}

export function Bars({ name, title, dimension, rows, compares = false, most = 7, measure = (figures) => figures.seconds, href, note, isOld }: Props) {
  const longest = Math.max(1, ...rows.map((row) => Math.max(measure(row.figures), (compares && row.before && measure(row.before)) || 0)));
  const whole = rows.reduce((sum, row) => sum + measure(row.figures), 0);
  const shown = param("all") === name ? rows : rows.slice(0, most);
  const rest = rows.length - shown.length;
  return (
    <figure class="card chart" data-chart={name} aria-busy={isOld ? "true" : undefined}>
      <figcaption><h2 id={`${name}-title`}>{title}</h2></figcaption>
      {rows.length === 0 ? <p class="quiet">Nothing in these days.</p> : (
        <table class="bars" data-twin={name} aria-labelledby={`${name}-title`}>
          <colgroup><col /><col class="amount" /><col class="part" /></colgroup>
          <thead class="unseen"><tr><th scope="col">{DIMENSIONS[dimension]}, you and agents</th><th scope="col">Time</th><th scope="col">{compares ? "Difference" : "Share"}</th></tr></thead>
          <tbody>
            {shown.map(({ key, figures, before }) => {
              const filter: Filter = { dimension, key: key ?? "" };
              const label = keyName(dimension, key);
              const seconds = measure(figures);
              const was = before ? measure(before) : 0;
              return (
                <tr key={key ?? ""} class={key === null ? "without" : undefined}>
                  <th scope="row">
                    <a href={key !== null && href ? href(key) : withFilter(filter)} title={label}><bdi>{label}</bdi></a>
                    <span class="unseen">, you {duration(figures.human_seconds)}, agents {duration(figures.agent_seconds)}</span>
                    <Split figures={figures} seconds={seconds} of={longest} before={compares ? was : undefined} />
                  </th>
                  <td class="number" data-seconds={seconds}><Why filter={filter} what={label}>{duration(seconds)}</Why></td>
                  <td class="number soft">{compares ? difference(seconds - was) : percent(seconds, whole)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      {rest > 0 && <p class="note"><a href={here({ all: name })}>{count(rest)} more</a></p>}
      {note && <p class="note">{note}</p>}
    </figure>
  );
}

/** Human and agent shares of one time, as lengths. */
function Split({ figures, seconds, of, before }: { figures: Figures; seconds: number; of: number; before: number | undefined }) {
  const shares = figures.human_seconds + figures.agent_seconds;
  const width = (100 * seconds) / of;
  const human = shares > 0 ? (width * figures.human_seconds) / shares : 0;
  return (
    <svg class="split" width="100%" height="6" aria-hidden="true">
      <rect class="track" width="100%" height="6" rx="3" />
      {human > 0 && <rect class="fill human" width={`${human}%`} height="6" rx="2" />}
      {width - human > 0 && <rect class="fill agent" x={`${human}%`} width={`${Math.max(width - human, seconds > 0 ? 0.6 : 0)}%`} height="6" rx="2" />}
      {before !== undefined && <rect class="before" x={`${(99.5 * before) / of}%`} width="2" height="6" />}
    </svg>
  );
}
