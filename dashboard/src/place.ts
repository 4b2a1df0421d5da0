// Where we are: everything that a page shows is said by its address, so that reload, back and a copied link work.
import { computed, signal } from "@preact/signals";
import { parseRange, type Range } from "./days";
import { DIMENSIONS, own } from "./format";

export const PAGES = {
  "/": "Today", "/timeline": "Timeline", "/projects": "Projects", "/project": "Project", "/ai": "AI", "/live": "Live",
  "/year": "Year", "/reports": "Reports", "/system": "System", "/settings": "Settings",
} as const;
export type PagePath = keyof typeof PAGES;

const address = signal(location.pathname + location.search);

export const place = computed(() => {
  const url = new URL(address.value, location.origin);
  return { path: url.pathname, params: url.searchParams };
});

export function go(href: string, how: "push" | "replace" = "push"): void {
  if (href === address.peek()) return;
  const leaves = new URL(href, location.origin).pathname !== location.pathname;
  history[how === "push" ? "pushState" : "replaceState"](null, "", href);
  address.value = href;
  if (leaves) scrollTo(0, 0);
}

addEventListener("popstate", () => { address.value = location.pathname + location.search; });

/** Links within the page change the address without loading anything. */
document.addEventListener("click", (event) => {
  const link = (event.target as Element | null)?.closest?.("a");
  const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (!link || !isPlain || event.defaultPrevented || link.target || link.hasAttribute("download")) return;
  const href = link.getAttribute("href");
  if (!href?.startsWith("/") || href.startsWith("/api/")) return;
  event.preventDefault();
  go(href);
});

/** The parameter of the address; null where there is none. */
export const param = (name: string): string | null => place.value.params.get(name);

type Changes = Record<string, string | readonly string[] | null>;

function changed(params: URLSearchParams, changes: Changes): string {
  const next = new URLSearchParams(params);
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name);
    for (const each of typeof value === "string" ? [value] : (value ?? [])) next.append(name, each);
  }
  const text = next.toString();
  return text && `?${text}`;
}

/** The same page with other parameters; null takes one away. */
export const here = (changes: Changes): string => place.value.path + changed(place.value.params, changes);

/** Another page; range, filters and comparison come along. */
export function there(path: PagePath, changes: Changes = {}): string {
  const kept = new URLSearchParams();
  for (const name of ["range", "f", "cmp"]) for (const value of place.value.params.getAll(name)) kept.append(name, value);
  return path + changed(kept, changes);
}

/** The range that pages other than Today begin with. */
export const USUAL_RANGE = "last_7_days";

export const range = computed<Range>(() => {
  const usual = { "/": "today", "/timeline": "today", "/live": "today", "/year": "last_year" }[place.value.path] ?? USUAL_RANGE;
  return parseRange(place.value.params.get("range"), usual);
});

/** One condition: `project:vigil`; an empty key means those without. */
export interface Filter { dimension: string; key: string }

export const filters = computed<Filter[]>(() => place.value.params.getAll("f").flatMap((text) => {
  const at = text.indexOf(":");
  return at > 0 && own(DIMENSIONS, text.slice(0, at)) ? [{ dimension: text.slice(0, at), key: text.slice(at + 1) }] : [];
}));

const filterText = (filter: Filter): string => `${filter.dimension}:${filter.key}`;

export function withFilter(filter: Filter): string {
  const all = new Set([...filters.value.map(filterText), filterText(filter)]);
  return here({ f: [...all] });
}

export const withoutFilter = (filter: Filter): string =>
  here({ f: filters.value.map(filterText).filter((text) => text !== filterText(filter)) });

export const isComparing = computed(() => param("cmp") === "1");
