// The frame of a chart: title, key to its colours, and the same as a table.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { here, param } from "../place";

export interface TableTwin {
  head: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}

export interface LegendEntry { label: string; swatch: string }

/** Human, agent, both: the same everywhere. */
export const WHO: readonly LegendEntry[] = [
  { label: "you alone", swatch: "human" }, { label: "both at once", swatch: "both" }, { label: "agents alone", swatch: "agent" }];
export const WHO_SHARES: readonly LegendEntry[] = [{ label: "you", swatch: "human" }, { label: "agents", swatch: "agent" }];

export function Legend({ entries }: { entries: readonly LegendEntry[] }) {
  return <ul class="legend">{entries.map((each) => <li key={each.label} title={each.label}><i class={`swatch ${each.swatch}`} />{each.label}</li>)}</ul>;
}

export function DataTable({ name, title, table }: { name: string; title: string; table: TableTwin }) {
  const ROWS = 500;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`${title}, table`}>
      <table class="twin" data-twin={name}>
        <caption class="unseen">{title}</caption>
        <thead><tr>{table.head.map((text) => <th scope="col" key={text}>{text}</th>)}</tr></thead>
        <tbody>
          {table.rows.slice(0, ROWS).map((row, i) => (
            <tr key={i}>{row.map((cell, k) => (k === 0 ? <th scope="row" key={k}>{cell}</th> : <td key={k}>{cell}</td>))}</tr>
          ))}
        </tbody>
      </table>
      {table.rows.length > ROWS && <p class="note">The first {ROWS} of {table.rows.length}. The export on Reports has all.</p>}
    </div>
  );
}

interface Props {
  name: string;
  title: string;
  table: TableTwin;
  legend?: readonly LegendEntry[];
  note?: ComponentChildren;
  controls?: ComponentChildren;
  isOld?: boolean;
  children: ComponentChildren;
}

export function ChartFigure({ name, title, table, legend, note, controls, isOld, children }: Props) {
  const open = (param("table") ?? "").split(",").filter(Boolean);
  const isOpen = open.includes(name);
  const toggled = isOpen ? open.filter((each) => each !== name) : [...open, name];
  return (
    <figure class="card chart" data-chart={name} aria-busy={isOld ? "true" : undefined}>
      <figcaption>
        <h2>{title}</h2>
        {legend && <Legend entries={legend} />}
        {controls}
        <a class="quiet-link" role="button" aria-pressed={isOpen} href={here({ table: toggled.length ? toggled.join(",") : null })}
          >{isOpen ? "Hide table" : "Table"}<span class="unseen">: {title}</span></a>
      </figcaption>
      {children}
      {note && <p class="note">{note}</p>}
      {isOpen && <DataTable name={name} title={title} table={table} />}
    </figure>
  );
}

/** What a chart over the whole page will have (style.css), so that the first drawing is mostly the last one. */
function usualWidth(): number {
  const page = innerWidth;
  if (page <= 900) return page - (page <= 600 ? 58 : 66);
  return Math.min(1240, page - 208) - 64 - 34;
}

/** The width that an element has, for marks that are drawn to measure. */
export function useWidth(expected?: number) {
  const root = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(() => expected ?? usualWidth());
  useLayoutEffect(() => {
    const element = root.current;
    if (!element) return;
    const measure = () => setWidth(Math.max(160, Math.floor(element.clientWidth)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [root, width] as const;
}
