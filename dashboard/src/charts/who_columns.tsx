// Time over hours, days, weeks or months, by who it was.
import type { Item, Stats } from "../api";
import { keyOf } from "../api";
import { dayName, dayTiny, eachDay, isOneDay, includesToday, monthShort, today, weekdayOf, WEEKDAYS, type Range } from "../days";
import { keyName } from "../format";
import { here, isComparing, range } from "../place";
import { Columns, thinned, type Column } from "./columns";
import { ChartFigure, WHO, WHO_SHARES } from "./figure";
import { whoCells, WHO_HEAD, whoLayers, whoLines } from "./who";
import { noFigures } from "../api";

/** What a range is best cut into. */
export function unitOf(asked: Range): "hour" | "day" | "week" | "month" {
  if (isOneDay(asked)) return "hour";
  if (!asked.from || !asked.to) return "month";
  const days = eachDay(asked.from, asked.to).length;
  return days <= 92 ? "day" : days <= 366 ? "week" : "month";
}

const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0"));

function keysOf(unit: string, answer: Stats): string[] {
  if (unit === "hour") return HOURS;
  if (unit === "day" && answer.from && answer.to) return eachDay(answer.from, answer.to);
  return answer.items.map((item) => keyOf(item, unit)!).sort();
}

function titleOf(unit: string, key: string): string {
  if (unit === "hour") return `${key}:00 to ${key}:59`;
  if (unit === "week") return `Week of ${dayName(key)}`;
  if (unit === "month") return `${monthShort(`${key}-01`)} ${key.slice(0, 4)}`;
  return dayName(key);
}

function labelOf(unit: string, key: string, index: number, total: number): string {
  if (unit === "hour") return Number(key) % 3 === 0 ? key : "";
  if (unit === "day" && total <= 7) return WEEKDAYS[weekdayOf(key)]!;
  if (unit === "month") return thinned(index, total, monthShort(`${key}-01`));
  return thinned(index, total, dayTiny(key), 8);
}

function hrefOf(unit: string, key: string): string | undefined {
  if (unit === "day") return here({ range: key === today() ? "today" : key });
  if (unit === "week") return here({ range: `${key}..${eachDay(key, today()).slice(0, 7).at(-1)}` });
  return undefined;
}

export function WhoColumns({ name, title, answer, unit, isOld = false, what }: { name: string; title: string; answer: Stats; unit: "hour" | "day" | "week" | "month"; isOld?: boolean; what: string }) {
  const byKey = (items: readonly Item[]) => new Map(items.map((item) => [keyOf(item, unit), item]));
  const items = byKey(answer.items);
  // Days of another range stand in the same places.
  const before = isComparing.value && answer.previous
    ? (unit === "hour" ? HOURS.map((hour) => byKey(answer.previous!.items).get(hour)) : placed(answer, unit)) : null;
  const keys = keysOf(unit, answer);
  const columns: Column[] = keys.map((key, i) => {
    const figures = items.get(key) ?? noFigures();
    const was = before ? (before[i]?.seconds ?? 0) : undefined;
    return {
      key, title: titleOf(unit, key), label: labelOf(unit, key, i, keys.length), layers: whoLayers(figures),
      lines: figures.seconds > 0 ? whoLines(figures) : ["nothing"],
      ...(hrefOf(unit, key) ? { href: hrefOf(unit, key)! } : {}), ...(was === undefined ? {} : { before: was }),
    };
  });
  const knowsOverlap = answer.total.overlap_seconds !== undefined;
  const rows = keys.filter((key) => items.has(key)).map((key) => [titleOf(unit, key), ...whoCells(items.get(key)!)]);
  return (
    <ChartFigure name={name} title={title} legend={knowsOverlap ? WHO : WHO_SHARES} isOld={isOld}
      note={before ? "The line is the time before." : undefined} table={{ head: [keyName(unit, unit).replace(/^./, (c) => c.toUpperCase()), ...WHO_HEAD], rows }}>
      <Columns columns={columns} label={`${what}, ${includesToday(range.value) ? "until now" : "in these days"}`} />
    </ChartFigure>
  );
}

function placed(answer: Stats, unit: string): (Item | undefined)[] {
  const { from, to, items } = answer.previous!;
  if (unit !== "day" || !from || !to) return [];
  const known = new Map(items.map((item) => [keyOf(item, unit), item]));
  return eachDay(from, to).map((day) => known.get(day));
}
