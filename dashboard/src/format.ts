// Numbers for people. Figures that are compared stand in columns, so each kind has one form.

export const count = (n: number): string => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ",");

const SCALES: readonly (readonly [number, string])[] = [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "K"]];

/** `9,999`, then `10K`, `12.3M`. */
export function compact(n: number): string {
  const scale = n >= 10_000 && SCALES.find(([size]) => n >= size * 0.9995);
  return scale ? `${+(n / scale[0]).toFixed(1)}${scale[1]}` : count(n);
}

export function money(usd: number): string {
  if (usd > 0 && usd < 0.01) return "<$0.01";
  const [dollars, cents] = usd.toFixed(2).split(".") as [string, string];
  return `$${count(Number(dollars))}.${cents}`;
}

export const percent = (part: number, of: number): string => (of > 0 ? `${Math.round((100 * part) / of)}%` : "–");
export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/** `3h 05m`, `12m`, `<1m`, `0m`. */
export function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (seconds > 0 && minutes === 0) return "<1m";
  if (minutes < 60) return `${minutes}m`;
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, "0")}m`;
}

/** `3h 05m 07s`, for where parts must be seen to add up. */
export function exactly(seconds: number): string {
  const all = Math.round(seconds);
  if (all === 0) return seconds > 0 ? "<1s" : "0s";
  const [h, m, s] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  return [h && `${h}h`, (h || m) && `${m}m`, `${s}s`].filter(Boolean).join(" ");
}

/** `+12m` or `−1h 05m`. */
export function difference(seconds: number): string {
  const size = duration(Math.abs(seconds));
  if (size === "0m") return "±0m";
  return (seconds > 0 ? "+" : "−") + size;
}

/** `12m more` or `1h 05m less`. */
export function inWords(seconds: number): string {
  const size = duration(Math.abs(seconds));
  return size === "0m" ? "no more or less" : `${size} ${seconds > 0 ? "more" : "less"}`;
}

/** `4 min ago`. */
export function ago(seconds: number): string {
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} days ago`;
}

const APPS: Record<string, string> = {
  "claude-code": "Claude Code", codex: "Codex", vscode: "VS Code", vim: "Vim", neovim: "Neovim", emacs: "Emacs", nano: "nano",
  cursor: "Cursor", gemini: "Gemini CLI", opencode: "opencode", kate: "Kate", zed: "Zed", jetbrains: "JetBrains", intellij: "IntelliJ IDEA",
};

/** What a record says of a key from elsewhere: `constructor` is a name like any other. */
export const own = <T>(record: Record<string, T>, key: string): T | undefined => (Object.hasOwn(record, key) ? record[key] : undefined);

/** What a key of a dimension is called. */
export function keyName(dimension: string, key: string | null | undefined): string {
  if (key === null || key === undefined || key === "") return `no ${own(DIMENSIONS, dimension)?.toLowerCase() ?? dimension}`;
  if (dimension === "entity") return shortPath(key);
  return dimension === "app" ? (own(APPS, key) ?? key) : key;
}

/** The end of a long path, which tells files apart. */
function shortPath(path: string): string {
  const parts = path.split("/");
  return path.length > 32 && parts.length > 3 ? `…/${parts.slice(-2).join("/")}` : path;
}

/** Dimensions that one can filter and group by, with what people call them. */
export const DIMENSIONS: Record<string, string> = {
  project: "Project", language: "Language", app: "Editor or tool", model: "Model", branch: "Branch", actor: "Who", machine: "Machine",
  category: "Category", tool_class: "Kind of tool call", tool: "Tool call", entity: "File", action: "Action", session: "Session",
  source: "Source", os: "System", entity_type: "Kind of entity", day: "Day", week: "Week", month: "Month", weekday: "Weekday", hour: "Hour",
};
