// Keys that work on every page, unless something is being typed.
import { PRESETS, shifted } from "./days";
import { go, here, isComparing, range, there, type PagePath } from "./place";
import { nextTheme } from "./theme";

export const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ["?", "this help"], ["t", "today"], ["[ ]", "earlier, later days"], ["1 … 6", "today, yesterday, 7 days, 30 days, month, year"],
  ["/", "filter"], ["c", "compare with the days before"], ["e", "export: the Reports page"], ["d", "light, dark or the system's theme"],
  ["g t", "Today"], ["g l", "Timeline"], ["g p", "Projects"], ["g a", "AI"], ["g v", "Live"], ["g y", "Year"], ["g r", "Reports"], ["g s", "System"], ["g ,", "Settings"],
  ["Tab ← →", "into a chart, from mark to mark"], ["+ − 0", "on Timeline: closer, wider, all"], ["Esc", "close, or clear filters"],
];

const PLACES: Record<string, PagePath> = {
  t: "/", l: "/timeline", p: "/projects", a: "/ai", v: "/live", y: "/year", r: "/reports", s: "/system", ",": "/settings" };

const GO_MS = 1_500;
let goUntil = 0;

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, select, textarea, [contenteditable]") !== null;
}

function escape(): void {
  const url = new URL(location.href);
  if (url.searchParams.has("filter")) return go(here({ filter: null }), "replace");
  if (url.searchParams.has("f")) go(here({ f: null }));
}

export function listenToKeys(showHelp: () => void): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const { key } = event;
    if (Date.now() < goUntil) {
      goUntil = 0;
      const path = PLACES[key];
      if (path) {
        event.preventDefault();
        return go(path === "/" ? "/" : there(path));
      }
    }
    const preset = PRESETS[Number(key) - 1];
    if (preset) return go(here({ range: preset[0] }));
    const does: Record<string, () => void> = {
      "?": showHelp,
      g: () => { goUntil = Date.now() + GO_MS; },
      t: () => go("/"),
      "/": () => go(here({ filter: "1" }), "replace"),
      c: () => go(here({ cmp: isComparing.value ? null : "1" })),
      e: () => go(there("/reports")),
      d: nextTheme,
      "[": () => move(-1),
      "]": () => move(1),
      Escape: escape,
    };
    const action = does[key];
    if (!action) return;
    if (key !== "Escape") event.preventDefault();
    action();
  });
}

function move(by: -1 | 1): void {
  const next = shifted(range.value, by);
  if (next) go(here({ range: next }));
}
