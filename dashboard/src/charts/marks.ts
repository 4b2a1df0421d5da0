// Keys inside a chart: one mark can be reached by Tab, the arrows go on from there.
import { useRef, useState } from "preact/hooks";

const STEPS: Record<string, readonly [x: number, y: number]> = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

/** `across`: how many marks a row has. Some places may be empty: the arrows pass over them. */
export function useMarks(total: number, across = 1, first = 0) {
  const [active, setActive] = useState<number | null>(null);
  const root = useRef<any>(null);
  const current = active !== null && active < total ? active : first;

  /** Goes to the first mark from `at` on, in steps of `by`. */
  const reach = (at: number, by: number) => {
    for (let next = at; next >= 0 && next < total; next += by) {
      const mark = (root.current as Element | null)?.querySelector<HTMLElement>(`[data-mark="${next}"]`);
      if (!mark) continue;
      setActive(next);
      mark.focus();
      return;
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const step = STEPS[event.key];
    if (step) {
      const by = step[0] + step[1] * across;
      reach(current + by, by);
    } else if (event.key === "Home") {
      reach(0, 1);
    } else if (event.key === "End") {
      reach(total - 1, -1);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const mark = (index: number) => ({ "data-mark": index, tabIndex: index === current ? 0 : -1, onFocusCapture: () => setActive(index) });
  return { root, onKeyDown, mark };
}
