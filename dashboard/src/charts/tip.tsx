// The one tooltip. It repeats what the mark's label and the table say, so nothing depends on it.
import { signal } from "@preact/signals";

interface Tip { x: number; y: number; lines: readonly string[] }
const tip = signal<Tip | null>(null);

const MARGIN = 8;

/** Shows `lines`, the first one as a title, beside a point of the window. */
export function showTip(x: number, y: number, lines: readonly string[]): void {
  tip.value = { x: Math.min(Math.max(x, MARGIN), innerWidth - MARGIN), y, lines };
}

export function hideTip(): void {
  tip.value = null;
}

export function Tip() {
  const shown = tip.value;
  if (!shown) return null;
  const side = shown.x > innerWidth / 2 ? "left" : "right";
  const below = shown.y < 120;
  return (
    <div class="tip" data-side={side} data-below={below} aria-hidden="true" style={{ left: `${shown.x}px`, top: `${shown.y}px` }}>
      {shown.lines.map((line, i) => (i === 0 ? <strong>{line}</strong> : <span>{line}</span>))}
    </div>
  );
}
