// Lanes of a timeline answer, by key and by who.
import type { Lane, Timeline } from "../api";
import { clock, dayShort, dayOf, type Range } from "../days";
import { duration, keyName } from "../format";
import type { LaneRow, Span } from "../charts/lanes";
import type { TableTwin } from "../charts/figure";

const secondsOf = (lane: Lane): number => lane.intervals.reduce((sum, each) => sum + each.seconds, 0);
const WHO_OF = { human: "you", agent: "agents", unknown: "unknown" } as const;

const sorted = (lanes: readonly Lane[]): Lane[] =>
  [...lanes].filter((lane) => lane.intervals.length > 0).sort((a, b) => (a.actor === b.actor ? secondsOf(b) - secondsOf(a) : a.actor === "human" ? -1 : 1));

export function laneRows(answer: Timeline, most = 12): LaneRow[] {
  const dimension = answer.by ?? "";
  return sorted(answer.lanes).slice(0, most).map((lane) => {
    const label = keyName(dimension, lane.key);
    const spans: Span[] = lane.intervals.map((each) => {
      const [from, to] = [Date.parse(each.begin), Date.parse(each.end)];
      return {
        from, to: Math.max(to, from + 1), title: `${label}, ${WHO_OF[lane.actor]}`,
        lines: [`${clock(from)} – ${clock(to)}`, `${duration((to - from) / 1000)} long, counts ${duration(each.seconds)}`, `${each.heartbeats} heartbeats`],
        data: { dimension, key: lane.key, actor: lane.actor },
      };
    });
    return { key: `${lane.actor} ${lane.key}`, label, note: `${WHO_OF[lane.actor]} ${duration(secondsOf(lane))}`, swatch: lane.actor, spans };
  });
}

export function laneTable(answer: Timeline, asked: Range): TableTwin {
  const isOne = asked.from === asked.to;
  const rows = sorted(answer.lanes).flatMap((lane) => lane.intervals.map((each) => {
    const day = isOne ? "" : `${dayShort(dayOf(new Date(each.begin)))}, `;
    return [keyName(answer.by ?? "", lane.key), WHO_OF[lane.actor], day + clock(each.begin), clock(each.end), duration(each.seconds), each.heartbeats];
  }));
  return { head: ["What", "Who", "From", "To", "Counts", "Heartbeats"], rows };
}
