// The periods that time is cut into, as keys of the API and as words.
import { keyOf, type Stats } from "../api";
import { dayName, dayTiny, eachDay, isOneDay, monthShort, today, weekdayOf, WEEKDAYS, type Range } from "../days";
import { here } from "../place";

export type Unit = "hour" | "day" | "week" | "month";

/** What a range is best cut into. */
export function unitOf(asked: Range): Unit {
  if (isOneDay(asked)) return "hour";
  if (!asked.from || !asked.to) return "month";
  const days = eachDay(asked.from, asked.to).length;
  return days <= 92 ? "day" : days <= 366 ? "week" : "month";
}

export const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0"));

export function keysOf(unit: Unit, answer: Stats): string[] {
  if (unit === "hour") return HOURS;
  if (unit === "day" && answer.from && answer.to) return eachDay(answer.from, answer.to);
  return answer.items.map((item) => keyOf(item, unit)!).sort();
}

export function titleOf(unit: Unit, key: string): string {
  if (unit === "hour") return `${key}:00 to ${key}:59`;
  if (unit === "week") return `Week of ${dayName(key)}`;
  if (unit === "month") return `${monthShort(`${key}-01`)} ${key.slice(0, 4)}`;
  return dayName(key);
}

export function labelOf(unit: Unit, key: string, total: number): string {
  if (unit === "hour") return Number(key) % 3 === 0 ? key : "";
  if (unit === "day" && total <= 7) return WEEKDAYS[weekdayOf(key)]!;
  return unit === "month" ? monthShort(`${key}-01`) : dayTiny(key);
}

export function hrefOf(unit: Unit, key: string): string | undefined {
  if (unit === "day") return here({ range: key === today() ? "today" : key });
  if (unit === "week") return here({ range: `${key}..${eachDay(key, today()).slice(0, 7).at(-1)}` });
  return undefined;
}
