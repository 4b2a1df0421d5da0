// The figures at the top of a page.
import type { ComponentChildren } from "preact";
import type { Figures } from "../api";
import { duration, inWords } from "../format";
import type { Filter } from "../place";
import { whoLayers } from "../charts/who";
import { Why } from "./why";

interface CardProps {
  name: string;
  label: string;
  swatch?: string;
  seconds: number;
  filter?: Filter;
  /** What it is compared with, in seconds, and what that is. */
  usual?: { seconds: number; what: string } | undefined;
  children?: ComponentChildren;
}

export function TimeCard({ name, label, swatch, seconds, filter, usual, children }: CardProps) {
  return (
    <section class="card figure" data-card={name}>
      <h2>{swatch && <i class={`swatch ${swatch}`} />}{label}</h2>
      <p class="big" data-seconds={seconds}><Why filter={filter} what={label}>{duration(seconds)}</Why></p>
      {usual && <p class="soft delta">{inWords(seconds - usual.seconds)} than {usual.what}</p>}
      {children}
    </section>
  );
}

/** The parts of a time, as one bar from edge to edge. */
export function ShareBar({ figures }: { figures: Figures }) {
  const layers = whoLayers(figures).filter((layer) => layer.height > 0);
  const whole = layers.reduce((sum, layer) => sum + layer.height, 0) || 1;
  let x = 0;
  return (
    <svg class="share" width="100%" height="12" aria-hidden="true">
      <rect class="track" width="100%" height="12" rx="3" />
      {layers.map((layer) => {
        const width = (100 * layer.height) / whole;
        x += width;
        return <rect key={layer.swatch} class={`fill ${layer.swatch}`} x={`${x - width}%`} width={`${width}%`} height="12" />;
      })}
    </svg>
  );
}
