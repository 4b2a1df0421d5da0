// What stands around every page: navigation, days, filters, state of the connection.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { PRESETS, addDays, isOneDay, rangeName, shifted, today } from "../days";
import { DIMENSIONS, keyName } from "../format";
import { link } from "../live";
import { filters, go, here, isComparing, PAGES, place, range, there, withFilter, withoutFilter, type PagePath } from "../place";
import { nextTheme, theme } from "../theme";
import { grouped, statsPath, type Stats } from "../api";
import { useAnswer } from "../answers";
import { Banner } from "./trouble";
import { Tip } from "../charts/tip";

const MENU: readonly (readonly [PagePath, string])[] = [
  ["/", "M3 11 12 4l9 7v9h-6v-6H9v6H3z"],
  ["/timeline", "M3 6h10M8 12h12M5 18h8"],
  ["/projects", "M3 6h6l2 2h10v11H3z"],
  ["/ai", "M12 3l2 6 6 2-6 2-2 6-2-6-6-2 6-2z"],
  ["/live", "M3 12h4l3-7 4 14 3-7h4"],
  ["/year", "M4 5h16v15H4zM4 10h16M9 10v10M15 10v10"],
  ["/reports", "M6 3h9l4 4v14H6zM9 12h7M9 16h7"],
  ["/system", "M4 5h16v6H4zM4 13h16v6H4zM8 8h.01M8 16h.01"],
  ["/settings", "M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4"],
];

const LINKS = { wait: "connecting", live: "live", lost: "no answer", signed_out: "signed out" } as const;

function menuHref(path: PagePath): string {
  if (path === "/" || path === "/live" || path === "/year") return path;
  return there(path);
}

function Menu() {
  const current = place.value.path === "/project" ? "/projects" : place.value.path;
  return (
    <nav aria-label="Pages">
      <ul>
        {MENU.map(([path, icon]) => (
          <li key={path}>
            <a href={menuHref(path)} aria-current={path === current ? "page" : undefined}>
              <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d={icon} /></svg>{PAGES[path]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

export function Shell({ children, onHelp }: { children: ComponentChildren; onHelp: () => void }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>To the content</a>
      <aside class="side" data-open={isOpen} onClick={(event) => { if ((event.target as Element).closest("a")) setOpen(false); }}>
        <div class="brand">
          <a href="/" aria-label="Vigil, today">
            <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><rect class="brand-back" width="32" height="32" rx="8" /><path class="stroke human" d="M7 11h14" /><path class="stroke agent" d="M11 21h14" /></svg>
            <span>Vigil</span>
          </a>
          <button type="button" class="menu-button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>Menu</button>
        </div>
        <Menu />
        <div class="foot">
          <p class="link" data-state={link.value} role="status">{LINKS[link.value]}</p>
          <button type="button" onClick={nextTheme} aria-label={`Theme: ${theme.value}. Change`}>{{ system: "◐", light: "☀", dark: "☾" }[theme.value]} {theme.value}</button>
          <button type="button" onClick={onHelp} aria-label="Keys and help">?</button>
        </div>
      </aside>
      <main id="main" tabIndex={-1}>
        <Banner />
        {children}
      </main>
      <Tip />
    </>
  );
}

interface HeadProps { title: string; sub?: string | undefined; days?: "one" | "many" | "none"; compare?: boolean; filter?: boolean; children?: ComponentChildren }

/** Title of a page and what its figures are restricted to. */
export function PageHead({ title, sub, days = "many", compare = false, filter = true, children }: HeadProps) {
  return (
    <header class="page-head">
      <div class="titles"><h1>{title}</h1>{sub && <p class="soft">{sub}</p>}</div>
      <div class="tools">
        {children}
        {days !== "none" && <RangePicker />}
        {compare && <a class="button" role="button" aria-pressed={isComparing.value} href={here({ cmp: isComparing.value ? null : "1" })}>Compare</a>}
        {filter && <FilterButton />}
      </div>
      {filter && <Chips />}
    </header>
  );
}

function RangePicker() {
  const [isOpen, setOpen] = useState(false);
  const now = range.value;
  const [back, on] = [shifted(now, -1), shifted(now, 1)];
  const choose = (text: string) => { setOpen(false); go(here({ range: text })); };
  const custom = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const [from, to] = [String(form.get("from")), String(form.get("to"))].sort() as [string, string];
    if (from) choose(from === to ? from : `${from}..${to}`);
  };
  return (
    <div class="picker" onKeyDown={(event) => { if (event.key === "Escape" && isOpen) { setOpen(false); event.stopPropagation(); } }}>
      <button type="button" class="icon" disabled={!back} onClick={() => back && go(here({ range: back }))} aria-label="Earlier">‹</button>
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} data-range={now.text}>{rangeName(now)}</button>
      <button type="button" class="icon" disabled={!on} onClick={() => on && go(here({ range: on }))} aria-label="Later">›</button>
      {isOpen && (
        <div class="popover">
          <ul>
            {[...PRESETS, ["last_6_months", "6 months"] as const, ["last_year", "12 months"] as const, ["all_time", "All time"] as const].map(([text, label], i) => (
              <li key={text}><button type="button" aria-pressed={text === now.text} onClick={() => choose(text)}>{label}{i < PRESETS.length && <kbd>{i + 1}</kbd>}</button></li>
            ))}
          </ul>
          <form onSubmit={custom}>
            <label>From <input type="date" name="from" required max={today()} value={now.from ?? addDays(today(), -6)} /></label>
            <label>To <input type="date" name="to" required max={today()} value={now.to ?? today()} /></label>
            <button type="submit">Show {isOneDay(now) ? "days" : "these days"}</button>
          </form>
        </div>
      )}
    </div>
  );
}

const FILTERS = ["project", "language", "app", "model", "actor", "branch", "machine", "category"] as const;

function FilterButton() {
  const isOpen = place.value.params.get("filter") === "1";
  const close = here({ filter: null });
  return (
    <div class="picker" onKeyDown={(event) => { if (event.key === "Escape" && isOpen) { go(close, "replace"); event.stopPropagation(); } }}>
      <button type="button" aria-expanded={isOpen} onClick={() => go(isOpen ? close : here({ filter: "1" }), "replace")}>Filter</button>
      {isOpen && <FilterForm />}
    </div>
  );
}

function FilterForm() {
  const [dimension, setDimension] = useState<string>("project");
  const { data } = useAnswer<Stats>(statsPath(range.value, [], { by: dimension }), "still");
  const keys = data ? [...grouped(data.items, dimension)].sort((a, b) => b[1].seconds - a[1].seconds).map(([key]) => key) : [];
  const apply = (event: SubmitEvent) => {
    event.preventDefault();
    const key = String(new FormData(event.currentTarget as HTMLFormElement).get("key"));
    const url = new URL(withFilter({ dimension, key }), location.origin);
    url.searchParams.delete("filter");
    go(url.pathname + url.search);
  };
  return (
    <form class="popover" onSubmit={apply}>
      <label>What <select value={dimension} onChange={(event) => setDimension(event.currentTarget.value)}>{FILTERS.map((each) => <option key={each} value={each}>{DIMENSIONS[each]}</option>)}</select></label>
      <label>Which <input name="key" list="filter-keys" autoComplete="off" ref={(input) => { if (input && document.activeElement?.tagName !== "SELECT") input.focus(); }} /></label>
      <datalist id="filter-keys">{keys.filter((key) => key !== null).map((key) => <option key={key} value={key!} />)}</datalist>
      <button type="submit">Only this</button>
    </form>
  );
}

function Chips() {
  if (filters.value.length === 0) return null;
  return (
    <ul class="chips" aria-label="Filters">
      {filters.value.map((filter) => (
        <li key={`${filter.dimension}:${filter.key}`}>
          <a href={withoutFilter(filter)} aria-label={`Remove the filter ${DIMENSIONS[filter.dimension]}: ${keyName(filter.dimension, filter.key)}`}>
            <span class="soft">{DIMENSIONS[filter.dimension] ?? filter.dimension}</span> <bdi>{keyName(filter.dimension, filter.key)}</bdi> <span aria-hidden="true">✕</span>
          </a>
        </li>
      ))}
      {filters.value.length > 1 && <li><a href={here({ f: null })}>Clear all</a></li>}
    </ul>
  );
}
