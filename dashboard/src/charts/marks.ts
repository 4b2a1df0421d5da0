// The marks of a chart, served from its root: one of them can be reached by Tab, the arrows go on from there; pointing
// and focus show the tooltip, click and Enter open. A mark itself is only drawn, with its number as data-mark.
// `tabindex` is small: in SVG, attributes are told apart by case.
import { useRef, useState } from "preact/hooks";
import { hideTip, showTip } from "./tip";

const STEPS: Record<string, readonly [x: number, y: number]> = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

interface Options {
  total: number;
  /** Title and what else there is to say of a mark; a place may be empty. */
  lines: (index: number) => readonly string[] | undefined;
  open?: ((index: number) => void) | undefined;
  /** How many marks a row has. */
  across?: number;
  /** The mark that Tab reaches before any other was. */
  first?: number;
}

function markAt(target: EventTarget | null): { element: Element; index: number } | null {
  const element = (target as Element | null)?.closest?.("[data-mark]");
  return element ? { element, index: Number(element.getAttribute("data-mark")) } : null;
}

export function useMarks({ total, lines, open, across = 1, first = 0 }: Options) {
  const [active, setActive] = useState<number | null>(null);
  const root = useRef<any>(null);
  const current = active !== null && active < total ? active : first;

  /** Goes to the first mark from `at` on, in steps of `by`; empty places are passed over. */
  const reach = (at: number, by: number) => {
    for (let next = at; next >= 0 && next < total; next += by) {
      const mark = (root.current as Element | null)?.querySelector<HTMLElement>(`[data-mark="${next}"]`);
      if (mark) return mark.focus();
    }
  };
  const show = (index: number, x: number, y: number) => {
    const told = lines(index);
    if (told) showTip(x, y, told);
  };
  const handlers = {
    onPointerMove: (event: PointerEvent) => {
      const mark = event.pointerType === "touch" ? null : markAt(event.target);
      if (mark) show(mark.index, event.clientX, event.clientY);
      else hideTip();
    },
    onPointerLeave: hideTip,
    onFocusIn: (event: FocusEvent) => {
      const mark = markAt(event.target);
      if (!mark) return;
      setActive(mark.index);
      const box = mark.element.getBoundingClientRect();
      show(mark.index, box.left + box.width / 2, box.top);
    },
    onFocusOut: hideTip,
    onClick: (event: MouseEvent) => {
      const mark = markAt(event.target);
      if (mark) open?.(mark.index);
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const step = STEPS[event.key];
      if (step) {
        const by = step[0] + step[1] * across;
        reach(current + by, by);
      } else if (event.key === "Home") {
        reach(0, 1);
      } else if (event.key === "End") {
        reach(total - 1, -1);
      } else if (event.key === "Enter" && open) {
        hideTip();
        open(current);
      } else {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    },
  };
  const mark = (index: number) => ({ "data-mark": index, tabindex: index === current ? 0 : -1 });
  return { root, handlers, mark };
}
