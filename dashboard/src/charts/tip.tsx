// The one tooltip. It repeats what the mark's label and the table say, so nothing depends on it.
import { signal } from "@preact/signals";

interface Tip { x: number; y: number; lines: readonly string[] }
const tip = signal<Tip | null>(null);

const MARGIN = 8;

function showAt(x: number, y: number, lines: readonly string[]): void {
  tip.value = { x: Math.min(Math.max(x, MARGIN), innerWidth - MARGIN), y, lines };
}

export function hideTip(): void {
  tip.value = null;
}

/** Handlers that show `lines` while a mark is pointed at or focused. */
export function tipFor(lines: readonly string[]) {
  return {
    onPointerMove: (event: PointerEvent) => { if (event.pointerType !== "touch") showAt(event.clientX, event.clientY, lines); },
    onPointerLeave: hideTip,
    onFocus: (event: FocusEvent) => {
      const box = (event.currentTarget as Element).getBoundingClientRect();
      showAt(box.left + box.width / 2, box.top, lines);
    },
    onBlur: hideTip,
  };
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
