// A year at a glance: every day a square, and when in the week it was.
import { keyOf, noFigures, statsPath, type Figures, type Stats } from "../api";
import { useAnswer } from "../answers";
import { Heat, type Cell } from "../charts/heat";
import { whoLines } from "../charts/who";
import { addDays, dayName, daysBetween, dayTiny, eachDay, LONG_WEEKDAYS, mondayOf, monthShort, today, WEEKDAYS } from "../days";
import { duration, own, plural } from "../format";
import { filters, here, param, range } from "../place";
import { Nothing } from "../parts/nothing";
import { ShareLink } from "../parts/share";
import { PageHead } from "../parts/shell";
import { Trouble } from "../parts/trouble";

const MEASURES = { all: "Active", human: "You", agent: "Agents" } as const;
type Measure = keyof typeof MEASURES;

function measured(figures: Figures, measure: Measure): number {
  return measure === "human" ? figures.human_seconds : measure === "agent" ? figures.agent_seconds : figures.seconds;
}

export function Year() {
  const asked = range.value;
  const days = useAnswer<Stats>(statsPath(asked, filters.value, { by: "day" }));
  const hours = useAnswer<Stats>(statsPath(asked, filters.value, { by: "weekday,hour" }));
  const measure: Measure = own(MEASURES, param("of") ?? "all") ? ((param("of") ?? "all") as Measure) : "all";
  const { data, problem } = days;
  return (
    <>
      <PageHead title="Year" sub={data?.from && data.to ? `${dayTiny(data.from)} – ${dayTiny(data.to)}` : undefined}>
        <span class="tools" role="group" aria-label="What is shown">
          {Object.entries(MEASURES).map(([key, label]) => <a key={key} class="button" role="button" aria-pressed={measure === key} href={here({ of: key === "all" ? null : key })}>{label}</a>)}
        </span>
        <ShareLink template="year" />
      </PageHead>
      {problem && <Trouble problem={problem} />}
      {data && data.total.heartbeats === 0 && <Nothing />}
      {data && data.total.heartbeats > 0 && (
        <>
          <Facts answer={data} measure={measure} />
          <Grid answer={data} measure={measure} />
          {hours.data && <Week answer={hours.data} measure={measure} />}
        </>
      )}
    </>
  );
}

function byDay(answer: Stats): Map<string, Figures> {
  return new Map(answer.items.map((item) => [keyOf(item, "day")!, item]));
}

/** Runs of days with activity: the one that still lasts, and the longest. */
function streaks(days: readonly string[], isActive: (day: string) => boolean): { current: number; longest: number } {
  let run = 0;
  let longest = 0;
  let current = 0;
  for (const day of days) {
    run = isActive(day) ? run + 1 : 0;
    longest = Math.max(longest, run);
    // Today may still come.
    if (run > 0 || day !== today()) current = run;
  }
  return { current, longest };
}

function ends(answer: Stats): [string, string] {
  const known = answer.items.map((item) => keyOf(item, "day")!).sort();
  return [answer.from ?? known[0] ?? today(), answer.to ?? today()];
}

function Facts({ answer, measure }: { answer: Stats; measure: Measure }) {
  const known = byDay(answer);
  const [from, to] = ends(answer);
  const value = (day: string) => measured(known.get(day) ?? noFigures(), measure);
  const days = eachDay(from, to);
  const active = days.filter((day) => value(day) > 0);
  const best = active.reduce<string | null>((most, day) => (most === null || value(day) > value(most) ? day : most), null);
  const { current, longest } = streaks(days, (day) => value(day) > 0);
  const total = days.reduce((sum, day) => sum + value(day), 0);
  const cards: [string, string, string][] = [
    ["Total", duration(total), MEASURES[measure].toLowerCase()],
    ["Active days", String(active.length), `of ${days.length}`],
    ["On an active day", duration(active.length ? total / active.length : 0), "on average"],
    ["Streak", plural(current, "day"), `longest ${plural(longest, "day")}`],
    ["Best day", best ? duration(value(best)) : "–", best ? dayTiny(best) : ""],
  ];
  return <div class="cards">{cards.map(([label, figure, note]) => <section class="card figure" key={label}><h2>{label}</h2><p class="big">{figure}</p><p class="soft delta">{note}</p></section>)}</div>;
}

function Grid({ answer, measure }: { answer: Stats; measure: Measure }) {
  const known = byDay(answer);
  const [from, to] = ends(answer);
  const first = mondayOf(from);
  const weeks = Math.floor(daysBetween(first, to) / 7) + 1;
  const columns = Array.from({ length: weeks }, (_, w) => {
    const monday = addDays(first, 7 * w);
    const sunday = addDays(monday, 6);
    const isNew = w === 0 || sunday.slice(8) <= "07";
    return { key: monday, name: `Week of ${dayTiny(monday)}`, label: isNew && (w > 0 || addDays(monday, 20).slice(5, 7) === monday.slice(5, 7)) ? monthShort(sunday) : "" };
  });
  const cell = (day: string): Cell | null => {
    if (day < from || day > to) return null;
    const figures = known.get(day) ?? noFigures();
    return { key: day, title: dayName(day), value: measured(figures, measure), lines: figures.seconds > 0 ? whoLines(figures) : ["nothing"], href: `/?range=${day === today() ? "today" : day}` };
  };
  const rows = LONG_WEEKDAYS.map((label, weekday) => ({ label, shown: weekday % 2 === 0 ? WEEKDAYS[weekday]! : "", cells: columns.map((column) => cell(addDays(column.key, weekday))) }));
  return (
    <figure class="card chart" data-chart="year">
      <figcaption><h2>Days</h2></figcaption>
      <Heat name="year" title={`${MEASURES[measure]}, by day`} columns={columns} rows={rows} format={duration} />
    </figure>
  );
}

function Week({ answer, measure }: { answer: Stats; measure: Measure }) {
  const known = new Map(answer.items.map((item) => [`${keyOf(item, "weekday")} ${keyOf(item, "hour")}`, item as Figures]));
  const columns = Array.from({ length: 24 }, (_, hour) => ({ key: String(hour).padStart(2, "0"), name: `${String(hour).padStart(2, "0")} hours`, label: hour % 3 === 0 ? String(hour).padStart(2, "0") : "" }));
  const rows = LONG_WEEKDAYS.map((label, weekday) => ({
    label, shown: WEEKDAYS[weekday]!,
    cells: columns.map(({ key }): Cell => {
      const figures = known.get(`${weekday + 1} ${key}`) ?? noFigures();
      return { key: `${weekday + 1} ${key}`, title: `${label}s, ${key}:00 to ${key}:59`, value: measured(figures, measure), lines: figures.seconds > 0 ? whoLines(figures) : ["nothing"] };
    }),
  }));
  return (
    <figure class="card chart wide" data-chart="week">
      <figcaption><h2>When in the week</h2></figcaption>
      <Heat name="week" title={`${MEASURES[measure]}, by weekday and hour`} columns={columns} rows={rows} format={duration} />
    </figure>
  );
}
