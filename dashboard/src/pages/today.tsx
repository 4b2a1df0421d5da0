// Where the day went, in ten seconds: one sentence, four figures, the day as lanes and hours, and what it was about.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { grouped, keyOf, noFigures, question, statsPath, type Figures, type Item, type Stats, type Timeline } from "../api";
import { useAnswer } from "../answers";
import { Bars, ranked } from "../charts/bars";
import { ChartFigure, WHO_SHARES } from "../charts/figure";
import { Lanes } from "../charts/lanes";
import { Spark } from "../charts/spark";
import { unitOf } from "../charts/periods";
import { WhoColumns } from "../charts/who_columns";
import { addDays, clock, dayName, dayStart, isOneDay, LONG_WEEKDAYS, includesToday, rangeName, today, weekdayOf } from "../days";
import { duration, plural } from "../format";
import { filters, isComparing, range, there } from "../place";
import { ShareBar, TimeCard } from "../parts/cards";
import { Nothing } from "../parts/nothing";
import { PageHead } from "../parts/shell";
import { Trouble } from "../parts/trouble";
import { focusBlocks, stretchesOf } from "../spans";
import { laneRows, laneTable } from "./ribbon";

export function Today() {
  const asked = range.value;
  const unit = unitOf(asked);
  const live = includesToday(asked) ? "live" : "still";
  const compare = isComparing.value && asked.from ? "previous" : undefined;
  const time = useAnswer<Stats>(statsPath(asked, filters.value, { by: unit, compare }), live);
  const parts = useAnswer<Stats>(statsPath(asked, filters.value, { by: "project,language,app", compare }), live);
  const lanes = useAnswer<Timeline>(isOneDay(asked) ? `/api/v1/timeline?${question(asked, filters.value, { by: "app" })}` : null, live);
  const isReady = time.data !== null && parts.data !== null && (lanes.data !== null || !isOneDay(asked));
  useReady(isReady);
  // The first time all is drawn at once: the answers come together, and each drawing costs.
  const wasReady = useRef(false);
  wasReady.current ||= isReady;
  const data = wasReady.current ? time.data : null;

  const title = asked.text === "today" ? "Today" : isOneDay(asked) && asked.text !== "yesterday" ? dayName(asked.from!) : rangeName(asked);
  const sub = isOneDay(asked) && (asked.text === "today" || asked.text === "yesterday") ? dayName(asked.from!) : undefined;
  return (
    <>
      <PageHead title={title} sub={sub} compare />
      {time.problem && <Trouble problem={time.problem} />}
      {!data && !time.problem && <p class="quiet" role="status">Asking the hub…</p>}
      {data && data.total.heartbeats === 0 && <Nothing />}
      {data && data.total.heartbeats > 0 && (
        <>
          <Cards time={data} lanes={lanes.data} isReady={isReady} />
          {lanes.data && !lanes.isOld && isOneDay(asked) && <DayRibbon answer={lanes.data} />}
          {!time.isOld && <WhoColumns name="time" title={{ hour: "Hours", day: "Days", week: "Weeks", month: "Months" }[unit]} answer={data} unit={unit} what="Active time" />}
          {parts.data && <Breakdowns answer={parts.data} isOld={parts.isOld} />}
        </>
      )}
    </>
  );
}

/** Marks the first view for whoever measures it. */
function useReady(isReady: boolean): void {
  useLayoutEffect(() => {
    if (isReady && performance.getEntriesByName("vigil:ready").length === 0) performance.mark("vigil:ready");
  }, [isReady]);
}

function sentence({ seconds, human_seconds: human, agent_seconds: agent, overlap_seconds: overlap }: Figures): string {
  if (human > 0 && agent > 0) {
    const both = overlap ? `, ${duration(overlap)} of it at the same time` : "";
    return `You were at it for ${duration(human)}, agents for ${duration(agent)}${both}.`;
  }
  return agent > 0 ? `Agents were at work for ${duration(seconds)}.` : `You were at it for ${duration(seconds)}.`;
}

function Cards({ time, lanes, isReady }: { time: Stats; lanes: Timeline | null; isReady: boolean }) {
  const asked = range.value;
  const { total, previous } = time;
  const usual = useUsual(isReady && isOneDay(asked) && !previous);
  const against = (pick: (figures: Figures) => number) => {
    if (previous) return { seconds: pick(previous.total), what: isOneDay(asked) ? "the day before" : "the days before" };
    return usual ? { seconds: pick(usual.figures), what: `a usual ${usual.name}` } : undefined;
  };
  const stretches = lanes ? stretchesOf(lanes.lanes) : [];
  const ends = stretches.length > 0 && isOneDay(asked)
    ? ` Between ${clock(Math.min(...stretches.map((each) => each.from)))} and ${clock(Math.max(...stretches.map((each) => each.to)))}.` : "";
  const blocks = lanes ? focusBlocks(lanes.lanes) : [];
  const longest = Math.max(0, ...blocks.map((each) => each.to - each.from)) / 1000;
  return (
    <>
      <p class="headline" data-headline>{sentence(total)}<span class="soft">{ends}</span></p>
      <div class="cards">
        <TimeCard name="active" label="Active" seconds={total.seconds} usual={against((f) => f.seconds)}>
          <ShareBar figures={total} />
          {usual && usual.days.length > 1 && <Spark values={usual.days} swatch="neutral" label={`Active time of the last ${usual.days.length} days, up to ${duration(Math.max(...usual.days))}`} height={28} />}
        </TimeCard>
        <TimeCard name="human" label="You" swatch="human" seconds={total.human_seconds} filter={{ dimension: "actor", key: "human" }} usual={against((f) => f.human_seconds)} />
        <TimeCard name="agent" label="Agents" swatch="agent" seconds={total.agent_seconds} filter={{ dimension: "actor", key: "agent" }} usual={against((f) => f.agent_seconds)} />
        {total.overlap_seconds !== undefined && <TimeCard name="overlap" label="Both at once" swatch="both" seconds={total.overlap_seconds} usual={against((f) => f.overlap_seconds ?? 0)} />}
        {lanes && isOneDay(asked) && (
          <section class="card figure" data-card="focus">
            <h2>Focus blocks</h2>
            <p class="big">{blocks.length}</p>
            <p class="soft delta">{blocks.length > 0 ? `longest ${duration(longest)}` : "25 minutes of yours without a break"}</p>
          </section>
        )}
      </div>
    </>
  );
}

/** The same weekday of the last four weeks, and the days since. */
function useUsual(isWanted: boolean) {
  const day = range.value.from ?? today();
  const weeks = { text: `${addDays(day, -28)}..${addDays(day, -1)}`, from: addDays(day, -28), to: addDays(day, -1) };
  const [isIdle, setIdle] = useState(false);
  useEffect(() => {
    if (!isWanted) return;
    const timer = setTimeout(() => setIdle(true), 50); // the first view goes before
    return () => clearTimeout(timer);
  }, [isWanted]);
  const isToday = day === today();
  const { data, isOld } = useAnswer<Stats>(isWanted && isIdle ? statsPath(weeks, filters.value, { by: isToday ? "day,hour" : "day" }) : null, "still");
  if (!data || isOld) return null;
  const known = (by: (item: Item) => number) => byDays(data.items, by);
  // Of earlier days only what had been done by this time of the day.
  const soFar = new Date().getHours() + new Date().getMinutes() / 60;
  const fair = known((item) => (isToday ? Math.min(1, Math.max(0, soFar - Number(keyOf(item, "hour")))) : 1));
  const same = [7, 14, 21, 28].map((back) => fair.get(addDays(day, -back))).filter((each) => each !== undefined);
  const whole = known(() => 1);
  const days = Array.from({ length: 28 }, (_, i) => whole.get(addDays(weeks.from, i))?.seconds ?? 0);
  if (same.length === 0) return null;
  const mean = (pick: (times: Times) => number) => same.reduce((sum, each) => sum + pick(each), 0) / same.length;
  const figures: Figures = {
    ...noFigures(), seconds: mean((f) => f.seconds), human_seconds: mean((f) => f.human_seconds), agent_seconds: mean((f) => f.agent_seconds),
    overlap_seconds: mean((f) => f.overlap_seconds),
  };
  return { figures, days, name: LONG_WEEKDAYS[weekdayOf(day)]! + (isToday ? " by now" : "") };
}

type Times = Pick<Figures, "seconds" | "human_seconds" | "agent_seconds"> & { overlap_seconds: number };

/** Times of days, each item of a day counted by its weight. */
function byDays(items: readonly Item[], weight: (item: Item) => number): Map<string, Times> {
  const days = new Map<string, Times>();
  for (const item of items) {
    const day = keyOf(item, "day")!;
    const sum = days.get(day) ?? { seconds: 0, human_seconds: 0, agent_seconds: 0, overlap_seconds: 0 };
    const part = weight(item);
    sum.seconds += part * item.seconds;
    sum.human_seconds += part * item.human_seconds;
    sum.agent_seconds += part * item.agent_seconds;
    sum.overlap_seconds += part * (item.overlap_seconds ?? 0);
    days.set(day, sum);
  }
  return days;
}

function DayRibbon({ answer }: { answer: Timeline }) {
  const day = range.value.from!;
  const [from, to] = [dayStart(day).getTime(), dayStart(addDays(day, 1)).getTime()];
  const rows = laneRows(answer);
  return (
    <ChartFigure name="ribbon" title="The day" legend={WHO_SHARES} table={laneTable(answer, range.value)} note={rows.length === 0 ? "No stretch of time: single heartbeats add none." : undefined}
      controls={<a class="quiet-link" href={there("/timeline")}>Timeline</a>}>
      <Lanes rows={rows} from={from} to={to} label={`${plural(rows.length, "lane")} of ${dayName(day)}`} now={Date.now()} />
    </ChartFigure>
  );
}

function Breakdowns({ answer, isOld }: { answer: Stats; isOld: boolean }) {
  const of = (dimension: string) => ranked(grouped(answer.items, dimension), answer.previous && grouped(answer.previous.items, dimension));
  const compares = answer.previous !== undefined;
  return (
    <div class="columns">
      <Bars name="projects" title="Projects" dimension="project" rows={of("project")} compares={compares} isOld={isOld} href={(key) => there("/project", { name: key })} />
      <Bars name="languages" title="Languages" dimension="language" rows={of("language")} compares={compares} isOld={isOld} />
      <Bars name="apps" title="Editors and tools" dimension="app" rows={of("app")} compares={compares} isOld={isOld} />
    </div>
  );
}
