// Lanes that can be zoomed. The window is part of the address.
import { useEffect } from "preact/hooks";
import { question, type Timeline as TimelineAnswer } from "../api";
import { useAnswer } from "../answers";
import { ChartFigure, WHO_SHARES } from "../charts/figure";
import { Lanes, type Span } from "../charts/lanes";
import { addDays, clock, dayStart, daysBetween, includesToday, isOneDay, moment, rangeDates } from "../days";
import { DIMENSIONS, duration } from "../format";
import { filters, go, here, param, range } from "../place";
import { useCorrections } from "../parts/corrections";
import { Nothing } from "../parts/nothing";
import { PageHead } from "../parts/shell";
import { Empty, Trouble } from "../parts/trouble";
import { focusBlocks, stretchesOf, united } from "../spans";
import { laneRows, laneTable } from "./ribbon";

const DAYS_MAX = 31;
const LANES = ["app", "project", "language", "branch", "model", "machine"] as const;
const CLOSEST = 10 * 60_000;

interface Window { from: number; to: number }

export function Timeline() {
  const asked = range.value;
  const fits = asked.from !== null && asked.to !== null && daysBetween(asked.from, asked.to) < DAYS_MAX;
  const by = LANES.find((each) => each === param("by")) ?? "app";
  const answer = useAnswer<TimelineAnswer>(fits ? `/api/v1/timeline?${question(asked, filters.value, { by })}` : null, includesToday(asked) ? "live" : "still");
  const isEmpty = answer.data && answer.data.lanes.every((lane) => lane.intervals.length === 0);
  return (
    <>
      <PageHead title="Timeline" sub={rangeDates(asked)}>
        <label class="inline">Lanes <select value={by} onChange={(event) => go(here({ by: event.currentTarget.value === "app" ? null : event.currentTarget.value }))}>{LANES.map((each) => <option key={each} value={each}>{DIMENSIONS[each]}</option>)}</select></label>
      </PageHead>
      {!fits && <Empty title={`A timeline shows up to ${DAYS_MAX} days`}><p><a href={here({ range: "last_7_days" })}>The last 7 days</a></p></Empty>}
      {answer.problem && <Trouble problem={answer.problem} />}
      {fits && isEmpty && <Nothing />}
      {fits && answer.data && !answer.isOld && !isEmpty && <Zoomable answer={answer.data} whole={{ from: dayStart(asked.from!).getTime(), to: dayStart(addDays(asked.to!, 1)).getTime() }} />}
    </>
  );
}

function windowOf(whole: Window): Window {
  const [from, to] = (param("z") ?? "").split("-").map(Number);
  if (!from || !to || to - from < CLOSEST / 2) return whole;
  return { from: Math.max(whole.from, from), to: Math.min(whole.to, to) };
}

/** Goes to a part of the whole; all of it needs no mention. */
function show(part: Window, whole: Window): void {
  const length = Math.min(Math.max(part.to - part.from, CLOSEST), whole.to - whole.from);
  const from = Math.min(Math.max(part.from, whole.from), whole.to - length);
  const isAll = length >= whole.to - whole.from;
  go(here({ z: isAll ? null : `${Math.round(from)}-${Math.round(from + length)}` }), "replace");
}

function Zoomable({ answer, whole }: { answer: TimelineAnswer; whole: Window }) {
  const part = windowOf(whole);
  const { items: corrections } = useCorrections();
  const zoom = (factor: number) => {
    const middle = (part.from + part.to) / 2;
    const half = ((part.to - part.from) * factor) / 2;
    show({ from: middle - half, to: middle + half }, whole);
  };
  const pan = (share: number) => show({ from: part.from + share * (part.to - part.from), to: part.to + share * (part.to - part.from) }, whole);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || (event.target as Element).closest("input, select") || document.querySelector("dialog[open]")) return;
      const does: Record<string, () => void> = { "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), "0": () => show(whole, whole), h: () => pan(-0.5), l: () => pan(0.5) };
      does[event.key]?.();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  });
  const assign = (from: number, to: number) => go(here({ assign: `${new Date(from).toISOString()}/${new Date(to).toISOString()}` }));
  const select = (from: number, to: number, event: PointerEvent) => {
    if (event.shiftKey && corrections) assign(from, to);
    else show({ from, to }, whole);
  };
  const pick = (span: Span) => {
    const data = span.data as { dimension: string; key: string | null; actor: string };
    const params = new URLSearchParams({ range: range.value.text, what: span.title });
    for (const each of filters.value) params.append("f", `${each.dimension}:${each.key}`);
    params.append("f", `${data.dimension}:${data.key ?? ""}`);
    params.append("f", `actor:${data.actor}`);
    go(here({ why: params.toString() }));
  };
  const isWhole = part.from === whole.from && part.to === whole.to;
  return (
    <>
      <ChartFigure name="lanes" title={isWhole ? (isOneDay(range.value) ? "The day" : "The days") : `${moment(new Date(part.from).toISOString())} – ${clock(part.to)}`} legend={WHO_SHARES} table={laneTable(answer, range.value)}
        note={`Drag over a stretch to zoom in${corrections ? "; with Shift, to give it to a project" : ""}. Keys: + − 0, h and l to move.`}
        controls={(
          <span class="tools" role="group" aria-label="Zoom">
            <button type="button" class="icon" onClick={() => pan(-0.5)} disabled={isWhole} aria-label="Move to earlier">‹</button>
            <button type="button" class="icon" onClick={() => zoom(2)} disabled={isWhole} aria-label="Zoom out">−</button>
            <button type="button" class="icon" onClick={() => zoom(0.5)} aria-label="Zoom in">+</button>
            <button type="button" class="icon" onClick={() => pan(0.5)} disabled={isWhole} aria-label="Move to later">›</button>
            {!isWhole && corrections && <button type="button" onClick={() => assign(part.from, part.to)}>Assign</button>}
            {!isWhole && <button type="button" onClick={() => show(whole, whole)}>All</button>}
          </span>
        )}>
        <Lanes rows={laneRows(answer, 24)} from={part.from} to={part.to} label="Lanes over time" onPick={pick} onSelect={select} now={Date.now()} />
      </ChartFigure>
      <Gaps answer={answer} part={part} />
    </>
  );
}

const GAP_MS = 30 * 60_000;

/** Where nothing was: the longest breaks between first and last. */
function Gaps({ answer, part }: { answer: TimelineAnswer; part: Window }) {
  const busy = united(stretchesOf(answer.lanes)).filter((each) => each.to > part.from && each.from < part.to);
  const gaps = busy.slice(1).map((each, i) => ({ from: busy[i]!.to, to: each.from })).filter((gap) => gap.to - gap.from >= GAP_MS)
    .sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, 8);
  const blocks = focusBlocks(answer.lanes).filter((each) => each.to > part.from && each.from < part.to);
  const list = (stretches: { from: number; to: number }[], none: string) => stretches.length === 0 ? <p class="quiet">{none}</p> : (
    <table class="plain">
      <thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col">Long</th></tr></thead>
      <tbody>{stretches.map((each) => <tr key={each.from}><th scope="row">{moment(new Date(each.from).toISOString()).replace(/:\d\d$/, "")}</th><td>{clock(each.to)}</td><td>{duration((each.to - each.from) / 1000)}</td></tr>)}</tbody>
    </table>
  );
  return (
    <div class="columns">
      <section class="card"><h2>Focus blocks</h2>{list([...blocks].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, 8), "No 25 minutes of yours without a break.")}</section>
      <section class="card"><h2>Gaps</h2>{list(gaps, "No gap of half an hour.")}</section>
    </div>
  );
}
