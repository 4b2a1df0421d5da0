// Lanes over a stretch of time: who or what was active when.
import { useRef, useState } from "preact/hooks";
import { clock, dayShort, dayOf } from "../days";
import { useWidth } from "./figure";
import { useMarks } from "./marks";
import { hideTip } from "./tip";

export interface Span { from: number; to: number; title: string; lines: readonly string[]; data?: unknown }
export interface LaneRow { key: string; label: string; note: string; swatch: string; spans: readonly Span[] }

interface Props {
  rows: readonly LaneRow[];
  from: number;
  to: number;
  label: string;
  onPick?: (span: Span) => void;
  /** A stretch was dragged over. `event.shiftKey` tells one meaning from another. */
  onSelect?: (from: number, to: number, event: PointerEvent) => void;
  now?: number;
}

const ROW = 32;
const BAR = 16;
const AXIS = 24;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Moments at which the axis has lines, at round local times. */
export function axisMoments(from: number, to: number, width: number): { at: number; text: string }[] {
  const steps = [HOUR / 12, HOUR / 4, HOUR / 2, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY];
  const room = Math.max(2, Math.floor(width / 72));
  const step = steps.find((each) => (to - from) / each <= room) ?? 7 * DAY;
  const midnight = new Date(from);
  midnight.setHours(0, 0, 0, 0);
  const moments: { at: number; text: string }[] = [];
  if (step < DAY) {
    for (let at = midnight.getTime(); at <= to; at += step) {
      if (at >= from) moments.push({ at, text: new Date(at).getHours() === 0 && new Date(at).getMinutes() === 0 && to - from > DAY ? dayShort(dayOf(new Date(at))) : clock(at) });
    }
  } else {
    for (let at = midnight.getTime(); at <= to; at = nextDay(at, step / DAY)) if (at >= from) moments.push({ at, text: dayShort(dayOf(new Date(at))) });
  }
  return moments;
}

/** Midnight some days later, whatever the clocks do meanwhile. */
function nextDay(at: number, days: number): number {
  const date = new Date(at);
  date.setDate(date.getDate() + days);
  return date.getTime();
}

export function Lanes({ rows, from, to, label, onPick, onSelect, now }: Props) {
  const [box, width] = useWidth();
  const [drag, setDrag] = useState<{ start: number; end: number } | null>(null);
  const hasDragged = useRef(false); // else the click at its end would open what lies under it
  const left = Math.min(150, Math.max(84, width * 0.2));
  const x = (at: number) => left + ((Math.min(Math.max(at, from), to) - from) / (to - from)) * (width - left);
  const visible = rows.map((row) => ({ ...row, spans: row.spans.filter((span) => span.to > from && span.from < to) }));
  const spans = visible.flatMap((row) => row.spans);
  const { root, handlers, mark } = useMarks({
    total: spans.length,
    lines: (i) => spans[i] && [spans[i]!.title, ...spans[i]!.lines],
    open: onPick && ((i) => { if (spans[i]) onPick(spans[i]!); }),
  });
  const height = rows.length * ROW + AXIS;
  let index = 0;

  const timeAt = (event: PointerEvent) => {
    const edge = (root.current as Element).getBoundingClientRect().left;
    return from + (Math.min(Math.max(event.clientX - edge - left, 0), width - left) / (width - left)) * (to - from);
  };
  const begin = (event: PointerEvent) => {
    if (!onSelect || event.button !== 0 || event.pointerType === "touch") return;
    const at = timeAt(event);
    setDrag({ start: at, end: at });
  };
  const finish = (event: PointerEvent) => {
    if (!drag) return;
    const end = timeAt(event);
    setDrag(null);
    hasDragged.current = Math.abs(x(end) - x(drag.start)) > 6;
    if (hasDragged.current) onSelect?.(Math.min(drag.start, end), Math.max(drag.start, end), event);
  };
  return (
    <div class="plot" ref={box}>
      <svg ref={root} width={width} height={height} role="group" aria-label={label} data-drag={onSelect ? "yes" : undefined} {...handlers}
        onPointerDown={begin} onPointerUp={finish} onClick={(event) => { if (!hasDragged.current) handlers.onClick(event); hasDragged.current = false; }}
        onPointerMove={(event) => { if (drag) setDrag({ ...drag, end: timeAt(event) }); else handlers.onPointerMove(event); }}
        onPointerLeave={() => { setDrag(null); hideTip(); }}>
        <g aria-hidden="true">
          {axisMoments(from, to, width - left).map(({ at, text }) => (
            <g key={at}>
              <line class="grid" x1={x(at)} x2={x(at)} y1={0} y2={height - AXIS + 4} />
              <text class="axis" x={x(at)} y={height - 4} text-anchor={at === from ? "start" : width - x(at) < 24 ? "end" : "middle"}>{text}</text>
            </g>
          ))}
          {now !== undefined && now > from && now < to && <line class="now" x1={x(now)} x2={x(now)} y1={0} y2={height - AXIS + 4} />}
        </g>
        {visible.map((row, i) => (
          <g key={row.key} role="group" aria-label={`${row.label}, ${row.note}`}>
            <text class="lane-name" aria-hidden="true" x={0} y={i * ROW + 14}>{fitted(row.label, left)}</text>
            <text class="axis" aria-hidden="true" x={0} y={i * ROW + 27}>{row.note}</text>
            <line class="lane" x1={left} x2={width} y1={i * ROW + ROW / 2} y2={i * ROW + ROW / 2} />
            {row.spans.map((span) => (
              <rect key={`${span.from}-${span.to}`} class={`fill mark ${row.swatch}`} {...mark(index++)} role={onPick ? "button" : "img"}
                x={x(span.from)} y={i * ROW + (ROW - BAR) / 2} width={Math.max(2, x(span.to) - x(span.from))} height={BAR} rx={2}
                aria-label={[span.title, ...span.lines].join(", ")} />
            ))}
          </g>
        ))}
        {drag && <rect class="selection" x={Math.min(x(drag.start), x(drag.end))} width={Math.abs(x(drag.end) - x(drag.start))} y={0} height={height - AXIS} />}
      </svg>
    </div>
  );
}

/** Cut to the room beside the lanes; the whole name is in the label. */
function fitted(text: string, room: number): string {
  const most = Math.floor((room - 12) / 7);
  return [...text].length > most ? `${[...text].slice(0, most - 1).join("")}…` : text;
}
