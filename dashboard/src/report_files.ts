// What a report is outside of the page: rounded as bills are, and as CSV and Markdown that no program takes for more.
import type { Figures } from "./api";

export interface Line { name: string; figures: Figures; seconds: number; amount: number | null }

/** Up to the next whole step, as bills do. */
export function rounded(seconds: number, step: number): number {
  return step > 0 ? Math.ceil(Math.round(seconds) / step) * step : seconds;
}

export const hours = (seconds: number): string => (seconds / 3600).toFixed(2);

const csvCell = (text: string): string => {
  // A cell that begins like a formula is text to a spreadsheet, too.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** `by` is the name of the first column. */
function rowsOf(lines: readonly Line[], by: string): string[][] {
  const head = [by, "Hours", "Your hours", "Agents' hours", "Heartbeats", ...(lines[0]?.amount != null ? ["Amount"] : [])];
  return [head, ...lines.map((line) => [line.name, hours(line.seconds), hours(line.figures.human_seconds), hours(line.figures.agent_seconds), String(line.figures.heartbeats), ...(line.amount !== null ? [line.amount.toFixed(2)] : [])])];
}

export function asCsv(lines: readonly Line[], by: string): string {
  return rowsOf(lines, by).map((row) => row.map((cell, i) => (i === 0 ? csvCell(cell) : cell)).join(",")).join("\r\n") + "\r\n";
}

export function asMarkdown(lines: readonly Line[], by: string): string {
  const cell = (text: string) => text.replace(/[\\|`*_<>[\]]/g, "\\$&").replaceAll("\n", " ");
  const [head, ...rows] = rowsOf(lines, by);
  const line = (row: readonly string[]) => `| ${row.map(cell).join(" | ")} |`;
  return [line(head!), `|${head!.map((_, i) => (i === 0 ? " --- " : " ---: ")).join("|")}|`, ...rows.map(line)].join("\n") + "\n";
}
