// Days as the hub writes them (`2026-09-01`), in the browser's time zone, and the ranges that addresses name.

export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/** The local date of a moment. */
export function dayOf(moment: Date): string {
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

export const today = (): string => dayOf(new Date());

/** Local midnight at which a day begins. */
export function dayStart(day: string): Date {
  const [year = 1970, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date);
}

export function addDays(day: string, count: number): string {
  const date = dayStart(day);
  date.setDate(date.getDate() + count);
  return dayOf(date);
}

/** Whole days from one to another; 0 for the same. */
export function daysBetween(from: string, to: string): number {
  return Math.round((dayStart(to).getTime() - dayStart(from).getTime()) / 86_400_000);
}

/** 0 for Monday. */
export const weekdayOf = (day: string): number => (dayStart(day).getDay() + 6) % 7;

export const mondayOf = (day: string): string => addDays(day, -weekdayOf(day));

export function eachDay(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day <= to && days.length < 4000; day = addDays(day, 1)) days.push(day);
  return days;
}

/** A range with its ends; `all_time` has none. `text` is what addresses and the API call it. */
export interface Range {
  text: string;
  from: string | null;
  to: string | null;
}

/** In the order of the keys 1 to 6. */
export const PRESETS: readonly (readonly [text: string, label: string])[] = [
  ["today", "Today"],
  ["yesterday", "Yesterday"],
  ["last_7_days", "7 days"],
  ["last_30_days", "30 days"],
  ["month", "This month"],
  ["year", "This year"],
];

const MORE: Record<string, string> = { week: "This week", last_6_months: "6 months", last_year: "12 months", all_time: "All time" };

function named(text: string): [string | null, string | null] | undefined {
  const now = today();
  switch (text) {
    case "today": return [now, now];
    case "yesterday": return [addDays(now, -1), addDays(now, -1)];
    case "week": return [mondayOf(now), now];
    case "last_7_days": return [addDays(now, -6), now];
    case "last_30_days": return [addDays(now, -29), now];
    case "month": return [`${now.slice(0, 7)}-01`, now];
    case "year": return [`${now.slice(0, 4)}-01-01`, now];
    case "last_6_months": return [addDays(monthsBefore(now, 6), 1), now];
    case "last_year": return [addDays(monthsBefore(now, 12), 1), now];
    case "all_time": return [null, null];
    default: return undefined;
  }
}

/** The same date some months earlier, or that month's last day. */
function monthsBefore(day: string, months: number): string {
  const date = dayStart(day);
  const earlier = new Date(date.getFullYear(), date.getMonth() - months, 1);
  const last = new Date(earlier.getFullYear(), earlier.getMonth() + 1, 0).getDate();
  earlier.setDate(Math.min(date.getDate(), last));
  return dayOf(earlier);
}

const DAY = /^\d{4}-\d\d-\d\d$/;

/** What an address says, or `otherwise` where that makes no sense. */
export function parseRange(text: string | null, otherwise: string): Range {
  for (const each of [text, otherwise]) {
    if (!each) continue;
    const ends = named(each);
    if (ends) return { text: each, from: ends[0], to: ends[1] };
    const [from = "", to = from] = each.split("..");
    if (DAY.test(from) && DAY.test(to) && from <= to) return { text: from === to ? from : `${from}..${to}`, from, to };
  }
  return { text: "today", from: today(), to: today() };
}

export const isOneDay = (range: Range): boolean => range.from !== null && range.from === range.to;

export const includesToday = (range: Range): boolean => range.to === null || range.to >= today();

/** As many days earlier (-1) or later (1) as the range has; nothing past today or for all time. */
export function shifted(range: Range, by: -1 | 1): string | null {
  if (!range.from || !range.to) return null;
  const length = daysBetween(range.from, range.to) + 1;
  const from = addDays(range.from, by * length);
  const to = addDays(range.to, by * length);
  if (from > today()) return null;
  if (from === to) return from === today() ? "today" : from;
  return `${from}..${to}`;
}

// The page speaks English, so its names of days are these; building the browser's own formats would cost a
// first view more than all else that it computes.
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
export const LONG_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

const two = (n: number): string => String(n).padStart(2, "0");
const dateIn = (day: string): number => Number(day.slice(8));
const monthIn = (day: string): string => MONTHS[Number(day.slice(5, 7)) - 1]!;
const yearIfOther = (day: string): string => (day.slice(0, 4) === today().slice(0, 4) ? "" : ` ${day.slice(0, 4)}`);

export const monthShort = (day: string): string => monthIn(day).slice(0, 3);
export const dayName = (day: string): string => `${LONG_WEEKDAYS[weekdayOf(day)]}, ${dateIn(day)} ${monthIn(day)}${yearIfOther(day)}`;
export const dayShort = (day: string): string => `${WEEKDAYS[weekdayOf(day)]} ${dateIn(day)} ${monthShort(day)}`;
export const dayTiny = (day: string): string => `${dateIn(day)} ${monthShort(day)}${yearIfOther(day)}`;

export function clock(moment: Date | string | number): string {
  const date = new Date(moment);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

export const clockSeconds = (moment: Date | string | number): string => `${clock(moment)}:${two(new Date(moment).getSeconds())}`;
export const moment = (time: string): string => `${dayShort(dayOf(new Date(time)))}, ${clockSeconds(time)}`;

export const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** The same with its days: `30 days, 24 Oct – 22 Nov`. */
export function rangeDates(range: Range): string {
  const name = rangeName(range);
  if (!range.from || !range.to || isOneDay(range)) return isOneDay(range) && name.length < 10 ? `${name}, ${dayTiny(range.from!)}` : name;
  const dates = `${dayTiny(range.from)} – ${dayTiny(range.to)}`;
  return name === dates ? name : `${name}, ${dates}`;
}

export function rangeName(range: Range): string {
  const label = PRESETS.find(([text]) => text === range.text)?.[1] ?? MORE[range.text];
  if (label) return label;
  if (!range.from || !range.to) return "All time";
  return range.from === range.to ? dayName(range.from) : `${dayTiny(range.from)} – ${dayTiny(range.to)}`;
}
