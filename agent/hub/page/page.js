"use strict";
// Everything that comes from a log reaches the page as a text node or an attribute, never as markup.

const SHOWN = 8;
const LIVE_MAX = 60;
const REFRESH_MS = 15000;
const TICK_MS = 500;

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const count = new Intl.NumberFormat();
const clock = new Intl.DateTimeFormat(undefined, {hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23"});
const byId = (id) => document.getElementById(id);

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function duration(seconds) {
  const minutes = Math.round(seconds / 60);
  if (seconds > 0 && minutes < 1) return "<1m";
  return minutes < 60 ? `${minutes}m` : `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, "0")}m`;
}

async function stats(by) {
  const query = new URLSearchParams({range: "today", tz: zone, by});
  const answer = await fetch(`/api/v1/stats?${query}`, {credentials: "same-origin"});
  if (answer.status === 401) location.reload();
  if (!answer.ok) throw new Error(`stats: ${answer.status}`);
  return answer.json();
}

function showTotals(answer) {
  const total = answer.total;
  byId("day").textContent = answer.from;
  byId("seconds").textContent = duration(total.seconds);
  byId("human").textContent = duration(total.human_seconds);
  byId("agent").textContent = duration(total.agent_seconds);
  byId("overlap").textContent = duration(Math.max(0, total.human_seconds + total.agent_seconds - total.seconds));
  byId("heartbeats").textContent = count.format(total.heartbeats);
}

function showModels(answer) {
  const rows = answer.items
    .filter((item) => item.model !== null)
    .sort((a, b) => b.tokens.output - a.tokens.output)
    .map((item) => {
      const row = element("tr");
      row.append(element("th", item.model, {scope: "row"}));
      for (const kind of ["input", "cache_read", "cache_write", "output"]) {
        row.append(element("td", count.format(item.tokens[kind])));
      }
      return row;
    });
  byId("models").replaceChildren(...rows);
}

function showBars(id, key, answer) {
  const items = answer.items
    .filter((item) => item[key] !== null)
    .sort((a, b) => b.seconds - a.seconds || b.heartbeats - a.heartbeats)
    .slice(0, SHOWN);
  const most = Math.max(1, ...items.map((item) => item.seconds));
  byId(id).replaceChildren(...items.map((item) => {
    const line = element("li");
    line.append(
      element("meter", undefined, {min: 0, max: most, value: item.seconds, "aria-hidden": "true"}),
      element("span", item[key], {title: item[key]}),
      element("span", duration(item.seconds)));
    return line;
  }));
}

async function refresh() {
  const [models, projects, languages, apps] =
    await Promise.all(["model", "project", "language", "app"].map(stats));
  showTotals(models);
  showModels(models);
  showBars("projects", "project", projects);
  showBars("languages", "language", languages);
  showBars("apps", "app", apps);
}

let hasNews = true;
let refreshedAt = 0;
let isRefreshing = false;

/** Called often: asks again when there is news, and now and then without. */
async function tick() {
  if (document.hidden || isRefreshing) return;
  if (!hasNews && Date.now() - refreshedAt < REFRESH_MS) return;
  isRefreshing = true;
  hasNews = false;
  try {
    await refresh();
  } catch {
    // The next round tries again; the line at the top tells how the connection is.
  } finally {
    refreshedAt = Date.now();
    isRefreshing = false;
  }
}

function showHeartbeat(beat) {
  const line = element("li", undefined, {"data-id": beat.id});
  const time = element("time", clock.format(new Date(beat.time)), {datetime: beat.time});
  const what = beat.tool ?? beat.action;
  const where = [beat.project, beat.entity].filter(Boolean).join(" · ");
  const tokens = beat.tokens ? `${count.format(beat.tokens.output)} out` : (beat.language ?? "");
  line.append(time, element("span", beat.app ?? beat.actor, {"data-actor": beat.actor}),
    element("span", what), element("span", where, {title: where}), element("span", tokens));
  const list = byId("live");
  const before = [...list.children].find((old) => old.dataset.id === beat.id);
  if (before) before.replaceWith(line); else list.prepend(line);
  while (list.children.length > LIVE_MAX) list.lastElementChild.remove();
}

function setLink(state, text) {
  byId("link").dataset.state = state;
  byId("link").textContent = text;
}

function listen() {
  const stream = new EventSource("/api/v1/stream");
  stream.addEventListener("open", () => setLink("live", "live"));
  stream.addEventListener("error", () => setLink("lost", "connection lost, trying again"));
  stream.addEventListener("reset", () => { hasNews = true; });
  stream.addEventListener("heartbeat", (event) => {
    showHeartbeat(JSON.parse(event.data));
    hasNews = true;
  });
}

document.addEventListener("visibilitychange", tick);
setInterval(tick, TICK_MS);
tick();
listen();
