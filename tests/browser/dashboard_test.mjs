// What the dashboard promises, seen in a real browser over the real program. tests/browser/run starts it.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { close, runTests, test } from "./checks.mjs";
import { ClaudeLog, HOSTILE, makeHistory } from "./history.mjs";
import { Home, openBrowser, until } from "./world.mjs";

const { values: chosen, positionals } = parseArgs({ options: { agent: { type: "string" }, out: { type: "string" }, days: { type: "string" } }, allowPositionals: true });
const OUT = path.resolve(chosen.out ?? "build/browser");
const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const DAYS = Number(chosen.days ?? 45);

const PAGES = {
  today: "/", yesterday: "/?range=yesterday", compare: "/?range=last_7_days&cmp=1", timeline: "/timeline?range=yesterday", week: "/timeline?range=last_7_days",
  projects: "/projects?range=last_30_days", project: "/project?name=harbor-api&range=last_30_days", ai: "/ai?range=last_30_days", live: "/live", year: "/year",
  reports: "/reports?range=last_30_days&round=900&rate=80", system: "/system", settings: "/settings", why: "/?range=yesterday&why=range%3Dyesterday%26what%3DActive",
  nothing: "/?range=2001-01-01", tables: "/?range=yesterday&table=time,ribbon", share: "/ai?range=last_30_days&share=ai",
};

fs.mkdirSync(OUT, { recursive: true });
const browser = await openBrowser();
const home = await Home.make(chosen.agent);
const complaints = [];

/** A signed-in page that notes whatever the browser complains of. */
async function openPage(at = home, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, timezoneId: "UTC", locale: "en-GB", ...options });
  const page = await context.newPage();
  page.on("console", (message) => {
    // Routes that this hub does not have are asked for once, and their part of the page is left out.
    const isMissingRoute = message.text().includes("404") && /\/api\/v1\/(corrections|settings|export\/image)/.test(message.location().url);
    if (["error", "warning"].includes(message.type()) && !isMissingRoute) complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error}`));
  await page.goto(at.link());
  await settled(page);
  return page;
}

/** Until the page has asked all it wants to know and shows it. */
async function settled(page) {
  await page.waitForSelector("main h1, main .empty");
  await page.waitForFunction(() => !document.querySelector("[role=status].quiet, [aria-busy=true]"));
  await page.waitForTimeout(250);
}

async function show(page, address) {
  await page.goto(home.url + address);
  await settled(page);
}

const numbers = (page, selector, name = "seconds") =>
  page.$$eval(selector, (elements, key) => elements.map((element) => Number(element.dataset[key])), name);

const cells = (page, name) => page.$$eval(`[data-twin="${name}"] tbody tr`, (rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim())));

let page;

test("from an empty home the printed link opens a dashboard that holds what the logs say", async () => {
  const fresh = await Home.make(chosen.agent);
  try {
    fresh.copyLogs("claude/2.1.329");
    fresh.copyLogs("codex/0.169.0");
    await fresh.start();
    const link = await until(() => fs.readFileSync(`${fresh.path}/daemon.log`, "utf8").match(/http:\/\/\S+\/login\?ticket=\w+/)?.[0], "the link is printed");
    const context = await browser.newContext({ timezoneId: "UTC", locale: "en-GB" });
    const first = await context.newPage();
    await first.goto(link);
    await first.waitForSelector("main h1");
    const newest = await until(async () => (await fresh.api("/api/v1/status")).sources[0]?.last_time.slice(0, 10), "something is stored");
    await until(async () => (await fresh.api(`/api/v1/stats?range=${newest}&tz=UTC`)).total.heartbeats > 50, "the logs are read");
    await first.goto(`${fresh.url}/?range=${newest}`);
    await first.waitForSelector("[data-headline]");
    const stats = await fresh.api(`/api/v1/stats?range=${newest}&tz=UTC`);
    await first.waitForFunction((seconds) => Math.abs(Number(document.querySelector('[data-card="active"] .big').dataset.seconds) - seconds) < 1, stats.total.seconds);
    await first.screenshot({ path: `${OUT}/first-run.png`, fullPage: true });
    assert.equal((await first.goto(link)).status(), 401, "the link opens once");
    await context.close();
    return `${stats.total.heartbeats} heartbeats`;
  } finally {
    await fresh.remove();
  }
});

test("every page renders in both themes without a complaint of the browser", async () => {
  complaints.length = 0;
  for (const [name, address] of Object.entries(PAGES)) {
    for (const theme of ["light", "dark"]) {
      await page.evaluate((value) => localStorage.setItem("vigil.theme", value), theme);
      await show(page, address);
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), theme);
      await page.screenshot({ path: `${OUT}/${name}-${theme}.png`, fullPage: true });
    }
  }
  assert.deepEqual(complaints, []);
  return `${Object.keys(PAGES).length * 2} screenshots`;
});

test("axe finds no violation on any page in either theme", async () => {
  let rules = 0;
  for (const theme of ["light", "dark"]) {
    await page.evaluate((value) => localStorage.setItem("vigil.theme", value), theme);
    for (const [name, address] of Object.entries({ ...PAGES, help: "/" })) {
      await show(page, address);
      if (name === "help") await page.keyboard.press("?");
      await page.evaluate(AXE);
      const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
      rules += found.passes.length;
      assert.deepEqual(found.violations.map((each) => `${each.id}: ${each.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 200)} ${node.failureSummary}`).join("; ")}`), [], `${name}, ${theme}`);
    }
  }
  return `${rules} checks passed`;
});

test("figures and tables of Today are the API's", async () => {
  const days = (await home.api("/api/v1/stats?range=last_30_days&tz=UTC&by=day")).items.map((item) => item.day).sort();
  for (const range of days.slice(-2)) {
    await show(page, `/?range=${range}&table=time,ribbon`);
    const query = `range=${range}&tz=UTC`;
    const stats = await home.api(`/api/v1/stats?${query}&by=hour`);
    for (const [card, key] of [["active", "seconds"], ["human", "human_seconds"], ["agent", "agent_seconds"], ["overlap", "overlap_seconds"]]) {
      close((await numbers(page, `[data-card="${card}"] .big`))[0], stats.total[key], `${range}: ${card}`);
    }
    const hours = await cells(page, "time");
    assert.equal(hours.length, stats.items.length);
    assert.deepEqual(hours.map((row) => row[5]), stats.items.sort((a, b) => (a.hour < b.hour ? -1 : 1)).map((item) => String(item.heartbeats)));
    for (const [chart, dimension] of [["projects", "project"], ["languages", "language"], ["apps", "app"]]) {
      const items = (await home.api(`/api/v1/stats?${query}&by=${dimension}`)).items;
      const known = items.filter((item) => item[dimension] !== null).sort((a, b) => b.seconds - a.seconds).slice(0, 7).map((item) => item.seconds);
      const shown = await page.$$eval(`[data-twin="${chart}"] tr:not(.without) [data-seconds]`, (all) => all.map((each) => Number(each.dataset.seconds)));
      assert.equal(shown.length, known.length, chart);
      shown.forEach((seconds, i) => close(seconds, known[i], `${chart} ${i}`));
    }
    const lanes = (await home.api(`/api/v1/timeline?${query}&by=app`)).lanes;
    assert.equal((await cells(page, "ribbon")).length, lanes.reduce((sum, lane) => sum + lane.intervals.length, 0));
  }
});

test("tables of Projects, AI, Year, Reports and Timeline are the API's", async () => {
  const month = "range=last_30_days&tz=UTC";
  const projects = (await home.api(`/api/v1/stats?${month}&by=project`)).items;
  await show(page, "/projects?range=last_30_days&table=project-time");
  for (const item of projects) {
    const got = await page.evaluate((key) => Number([...document.querySelectorAll("[data-twin=projects] tr[data-key]")].find((row) => row.dataset.key === key).querySelector("[data-seconds]").dataset.seconds), item.project ?? "");
    close(got, item.seconds, item.project);
  }
  const days = (await home.api(`/api/v1/stats?${month}&by=day`)).items;
  assert.equal((await cells(page, "project-time")).length, days.length);

  await show(page, "/ai?range=last_30_days");
  const models = (await home.api(`/api/v1/stats?${month}&by=model&actor=agent`)).items.filter((item) => item.model !== null);
  assert.ok(models.length >= 3);
  for (const item of models) {
    assert.deepEqual(await numbers(page, `[data-twin=models] tr[data-key="${item.model}"] [data-tokens]`, "tokens"), ["input", "cache_read", "cache_write", "output"].map((kind) => item.tokens[kind]));
  }
  const sessions = await home.api(`/api/v1/sessions?${month}`);
  close((await numbers(page, "[data-cost]", "cost"))[0], sessions.estimated_cost_usd, "estimated cost", 1e-6);
  assert.match(await page.innerText("[data-cost]"), /estimated/i);
  assert.equal((await cells(page, "sessions")).length, Math.min(15, sessions.count));

  await show(page, "/year");
  const year = (await home.api("/api/v1/stats?range=last_year&tz=UTC&by=day")).items;
  const squares = await page.$$eval("[data-twin=year] td[data-day]", (all) => all.map((each) => [each.dataset.day, Number(each.dataset.seconds)]));
  assert.ok(squares.length >= 365 && squares.length <= 366);
  const drawn = new Map(squares);
  for (const item of year) close(drawn.get(item.day), item.seconds, item.day);
  assert.equal(squares.filter(([, seconds]) => seconds > 0).length, year.filter((item) => item.seconds > 0).length);

  await show(page, "/reports?range=last_30_days&round=900");
  const billed = projects.map((item) => Math.ceil(Math.round(item.seconds) / 900) * 900).filter((seconds) => seconds > 0).sort((a, b) => b - a);
  assert.deepEqual(await numbers(page, "[data-twin=report] tbody [data-seconds]"), billed);

  await show(page, "/timeline?range=last_7_days&by=project&table=lanes");
  const lanes = (await home.api("/api/v1/timeline?range=last_7_days&tz=UTC&by=project")).lanes;
  const spans = lanes.reduce((sum, lane) => sum + lane.intervals.length, 0);
  assert.equal((await cells(page, "lanes")).length, Math.min(500, spans));
  return `${projects.length} projects, ${squares.length} days, ${spans} spans`;
});

test("every number that is asked why shows intervals that add up to it, and the heartbeats", async () => {
  await show(page, "/?range=yesterday");
  const links = await page.$$eval("main a.why", (all) => all.map((each) => each.getAttribute("href")));
  assert.ok(links.length > 8);
  for (const href of links) {
    const asked = new URLSearchParams(new URL(href, home.url).searchParams.get("why"));
    const query = new URLSearchParams({ range: asked.get("range"), tz: "UTC" });
    for (const each of asked.getAll("f")) query.append(each.slice(0, each.indexOf(":")), each.slice(each.indexOf(":") + 1));
    const known = await home.api(`/api/v1/explain?${query}`);
    await page.goto(home.url + href);
    await page.waitForSelector("dialog [data-explained]");
    close((await numbers(page, "dialog [data-explained]", "explained"))[0], known.total.seconds, href);
    close(known.intervals.reduce((sum, each) => sum + each.seconds, 0), known.total.seconds, "intervals", 0.01);
    assert.equal(await page.locator("dialog .beat").count(), known.heartbeats.length);
  }
  return `${links.length} numbers`;
});

test("the keyboard alone reaches everything", async () => {
  await show(page, "/");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");

  for (const [keys, where] of [["gp", "/projects"], ["ga", "/ai"], ["gl", "/timeline"], ["gv", "/live"], ["gy", "/year"], ["gr", "/reports"], ["gs", "/system"], ["g,", "/settings"], ["t", "/"]]) {
    for (const key of keys) await page.keyboard.press(key);
    await page.waitForFunction((wanted) => location.pathname === wanted, where);
  }
  for (const [key, range] of [["1", "today"], ["2", "yesterday"], ["3", "last_7_days"], ["4", "last_30_days"], ["5", "month"], ["6", "year"]]) {
    await page.keyboard.press(key);
    await page.waitForFunction((wanted) => new URLSearchParams(location.search).get("range") === wanted, range);
  }
  await page.keyboard.press("2");
  await page.keyboard.press("[");
  await page.waitForFunction(() => /^\d{4}-/.test(new URLSearchParams(location.search).get("range")));
  await page.keyboard.press("]");
  await page.keyboard.press("c");
  await page.waitForFunction(() => location.search.includes("cmp=1"));
  await page.keyboard.press("c");

  const before = await page.evaluate(() => document.documentElement.dataset.theme);
  await page.keyboard.press("d");
  assert.notEqual(await page.evaluate(() => document.documentElement.dataset.theme), before);

  await page.keyboard.press("?");
  await page.waitForSelector("dialog[open]");
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog[open]", { state: "detached" });

  await page.keyboard.press("/");
  await page.waitForSelector("form.popover input[name=key]");
  await page.waitForFunction(() => document.activeElement?.name === "key");
  await page.keyboard.type("harbor-api");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".chips a");
  assert.match(decodeURIComponent(page.url()), /f=project:harbor-api/);
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => !location.search.includes("f="));

  // Into the chart of a week, along its marks, and through one to its day.
  await show(page, "/?range=last_7_days");
  for (let i = 0; i < 60; i++) {
    if (await page.evaluate(() => document.activeElement.hasAttribute("data-mark") && document.activeElement.closest("[data-chart=time]") !== null)) break;
    await page.keyboard.press("Tab");
  }
  assert.equal(await page.evaluate(() => document.activeElement.dataset.mark), "0");
  await page.keyboard.press("End");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.mark), "6");
  await page.waitForSelector(".tip");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => /^\d{4}-\d\d-\d\d$/.test(new URLSearchParams(location.search).get("range")));

  // A number is asked why, and focus comes back to it.
  await show(page, "/?range=yesterday");
  await page.focus('[data-card="active"] a.why');
  await page.keyboard.press("Enter");
  await page.waitForSelector("dialog[open] [data-explained]");
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog[open]", { state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement.className), "why");

  await show(page, "/timeline?range=yesterday");
  await page.keyboard.press("+");
  await page.waitForFunction(() => location.search.includes("z="));
  await page.keyboard.press("0");
  await page.waitForFunction(() => !location.search.includes("z="));
});

test("a reload shows the same, and back undoes", async () => {
  const addresses = ["/?range=yesterday&f=project%3Aharbor-api&table=time", "/projects?range=last_30_days&sort=name&cmp=1", "/year?of=agent",
    "/reports?range=last_30_days&by=language&round=900&rate=80", "/timeline?range=yesterday&by=project"];
  for (const address of addresses) {
    await show(page, address);
    const before = await page.innerText("main");
    await page.reload();
    await settled(page);
    assert.equal(await page.innerText("main"), before, address);
  }
  await show(page, "/?range=yesterday");
  await page.click('nav a[href^="/projects"]');
  await page.waitForSelector("[data-twin=projects]");
  assert.match(page.url(), /projects\?range=yesterday/);
  await page.goBack();
  await page.waitForSelector("[data-headline]");
});

test("names that would be markup are text, and the policy would stop them if they were not", async () => {
  const names = (await home.api("/api/v1/stats?range=all_time&tz=UTC&by=project")).items.map((item) => item.project);
  assert.ok(names.includes(HOSTILE), "the name is there");
  const seen = [];
  for (const address of ["/?range=last_year", "/projects?range=last_year&table=project-time", `/project?range=last_year&name=${encodeURIComponent(HOSTILE)}`, "/timeline?range=last_30_days&by=project", "/reports?range=last_year",
    "/ai?range=last_year&all=sessions", `/?range=last_year&f=${encodeURIComponent(`project:${HOSTILE}`)}`, `/?why=${encodeURIComponent(`range=today&what=${encodeURIComponent(HOSTILE)}`)}`]) {
    await show(page, address);
    seen.push((await page.innerText("body")).includes("<img src=x"));
    assert.equal(await page.evaluate(() => window.harmed), undefined, address);
    assert.equal(await page.locator("img, iframe, object").count(), 0, address);
  }
  assert.ok(seen.filter(Boolean).length >= 4, "it is shown as text");
  // In a task of the page's own: what a debugger evaluates is not held to the policy.
  const done = await page.evaluate(() => new Promise((resolve) => setTimeout(() => {
    const tried = [];
    try { document.body.insertAdjacentHTML("beforeend", "<b>x</b>"); tried.push("markup"); } catch { /* as it should be */ }
    try { new Function("return 1")(); tried.push("code"); } catch { /* as it should be */ }
    resolve(tried);
  })));
  assert.deepEqual(done, []);
  complaints.length = 0;
});

test("a line appended to a log is seen on Live and counted on Today", async () => {
  const live = await openPage();
  await live.goto(`${home.url}/live`);
  await live.waitForSelector('.link[data-state="live"]', { state: "attached" });
  const roll = { hex: (n) => [...crypto.getRandomValues(new Uint8Array(n))].map((byte) => (byte & 15).toString(16)).join(""), below: () => 40, spread: () => 0, next: () => 0.5, pick: (list) => list[0] };
  const log = new ClaudeLog(home.path, "/home/ada/code/harbor-api", "3b241101-e2bb-4255-8caf-4136c566a962", roll, "main", "claude-live-1");
  log.prompt(Date.now() / 1000);
  log.write();
  await live.waitForSelector("[data-stream] .beat");
  const times = [];
  for (let i = 0; i < 10; i++) {
    const count = await live.locator("[data-stream] .beat").count();
    const seen = live.evaluate((before) => new Promise((resolve) => {
      const list = document.querySelector("[data-stream] .beats");
      const look = () => { if (list.children.length > before) { observer.disconnect(); requestAnimationFrame(() => resolve(Date.now())); } };
      const observer = new MutationObserver(look);
      observer.observe(list, { childList: true });
      look();
    }), count);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    log.reply(Date.now() / 1000);
    const written = Date.now();
    log.write();
    times.push((await seen) - written);
  }
  times.sort((a, b) => a - b);
  await live.screenshot({ path: `${OUT}/live-with-news.png`, fullPage: true });
  await live.goto(`${home.url}/ai?range=today`);
  await live.waitForSelector('[data-twin=models] tr[data-key="claude-live-1"]');
  const output = async () => (await numbers(live, '[data-twin=models] tr[data-key="claude-live-1"] [data-tokens]', "tokens"))[3];
  const had = await output();
  log.reply(Date.now() / 1000);
  log.write();
  await until(async () => (await output()) > had, "the figures grow", 10);
  await live.context().close();
  assert.ok(times[Math.floor(times.length / 2)] < 1000, `median ${times[5]} ms`);
  return `appended to visible: median ${times[Math.floor(times.length / 2)]} ms, worst ${times.at(-1)} ms`;
});

test("a hidden page holds no stream and asks nothing; seen again it goes on", async () => {
  const hidden = await openPage();
  await hidden.waitForSelector('.link[data-state="live"]', { state: "attached" });
  const requests = [];
  const ended = new Promise((resolve) => hidden.on("requestfailed", (request) => { if (request.url().endsWith("/stream")) resolve(true); }));
  hidden.on("request", (request) => requests.push(request.url()));
  const turn = (isHidden) => hidden.evaluate((value) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => value });
    document.dispatchEvent(new Event("visibilitychange"));
  }, isHidden);
  await turn(true);
  await Promise.race([ended, new Promise((_, reject) => setTimeout(() => reject(new Error("the stream stays open")), 5000))]);
  await hidden.waitForTimeout(300);
  requests.length = 0;
  await hidden.waitForTimeout(16_500); // longer than the time between two looks for news
  assert.deepEqual(requests, []);
  await turn(false);
  await until(() => requests.some((url) => url.endsWith("/api/v1/stream")), "the stream is back", 5);
  await hidden.context().close();
});

test("a hub that is gone is told of, and come back is followed again", async () => {
  await show(page, "/");
  await page.waitForSelector('.link[data-state="live"]', { state: "attached" });
  const shown = await page.innerText('[data-card="active"] .big');
  await home.stop();
  await page.waitForSelector("[data-banner=lost]");
  assert.equal(await page.innerText('[data-card="active"] .big'), shown, "what was shown stays");
  await page.screenshot({ path: `${OUT}/hub-gone.png`, fullPage: true });
  await home.start();
  const begun = Date.now();
  await page.waitForSelector("[data-banner=lost]", { state: "detached" });
  await page.waitForSelector('.link[data-state="live"]', { state: "attached" });
  complaints.length = 0;
  return `followed again after ${Date.now() - begun} ms`;
});

test("whoever is not signed in is told how to be", async () => {
  const context = await browser.newContext();
  const stranger = await context.newPage();
  const answer = await stranger.goto(`${home.url}/projects`);
  assert.equal(answer.status(), 401);
  assert.match(await stranger.innerText("body"), /agent open/);
  await stranger.screenshot({ path: `${OUT}/signed-out.png` });
  await context.close();
});

test("at 320 pixels no page scrolls sideways", async () => {
  const narrow = await openPage(home, { viewport: { width: 320, height: 640 } });
  for (const [name, address] of Object.entries(PAGES)) {
    await show(narrow, address);
    const width = await narrow.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 320, `${name} is ${width} px wide: ${await narrow.evaluate(() => [...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > 321 && !each.closest(".scroll, .unseen")).slice(0, 4).map((each) => each.outerHTML.slice(0, 120)).join("\n"))}`);
    if (["today", "projects", "why"].includes(name)) await narrow.screenshot({ path: `${OUT}/${name}-320.png`, fullPage: true });
  }
  await show(narrow, "/");
  await narrow.click(".menu-button");
  await narrow.waitForSelector("nav a", { state: "visible" });
  await narrow.context().close();
});

test("downloads hold what the table shows, and print leaves the frame out", async () => {
  await show(page, "/reports?range=last_30_days");
  const table = await cells(page, "report");
  const csv = await saved(page, "CSV");
  const lines = csv.trim().split("\r\n");
  assert.equal(lines.length, table.length + 1);
  assert.ok(lines.every((line, i) => i === 0 || line.includes(`,${table[i - 1][1]},`)));
  assert.equal(JSON.parse(await saved(page, "JSON")).length, table.length);
  const markdown = await saved(page, "Markdown");
  assert.equal(markdown.trim().split("\n").length, table.length + 2);
  assert.doesNotMatch(markdown, /(^|[^\\])<img/);
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator(".side").isVisible(), false);
  await page.screenshot({ path: `${OUT}/print.png`, fullPage: true });
  await page.emulateMedia({ media: "screen" });
});

async function saved(from, name) {
  const [download] = await Promise.all([from.waitForEvent("download"), from.getByRole("button", { name, exact: true }).click()]);
  return fs.readFileSync(await download.path(), "utf8");
}

test("corrections can be made and undone where the hub takes them, and are not offered where it does not", async () => {
  const isThere = await home.api("/api/v1/corrections").then(() => true, () => false);
  await show(page, "/projects?range=last_30_days");
  if (!isThere) {
    assert.equal(await page.getByText("Correct", { exact: true }).count(), 0);
    return "this hub takes none";
  }
  const rows = async () => page.$$eval("[data-twin=projects] tr[data-key]", (all) => all.map((each) => each.dataset.key));
  const before = await rows();
  await page.click('a[aria-label="Correct dotfiles"]');
  await page.fill("dialog input[name=to]", "vigil");
  await page.click("dialog button[type=submit]");
  await page.waitForFunction(() => !document.querySelector('[data-twin=projects] tr[data-key="dotfiles"]'));
  await page.click(".toast button");
  await page.waitForFunction(() => document.querySelector('[data-twin=projects] tr[data-key="dotfiles"]'));
  assert.deepEqual(await rows(), before);
  await page.click('a[aria-label="Correct dotfiles"]');
  await page.click("dialog button:has-text('Ignore it')");
  await page.waitForFunction(() => !document.querySelector('[data-twin=projects] tr[data-key="dotfiles"]'));
  await show(page, "/settings");
  await page.screenshot({ path: `${OUT}/corrections.png`, fullPage: true });
  await page.click("summary");
  await page.click("[data-correction] button");
  await page.waitForSelector("[data-correction]", { state: "detached" });

  // A stretch is dragged over with Shift and given to a project of its own.
  const of = async (project) => (await home.api("/api/v1/stats?range=yesterday&tz=UTC&by=project")).items.find((item) => item.project === project)?.seconds ?? 0;
  await show(page, "/timeline?range=yesterday");
  const box = await page.locator("[data-chart=lanes] svg[data-drag]").boundingBox();
  await page.keyboard.down("Shift");
  await page.mouse.move(box.x + 160, box.y + 8);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 4, box.y + 8, { steps: 5 });
  await page.mouse.up();
  await page.keyboard.up("Shift");
  await page.fill("dialog input[name=to]", "given-away");
  await page.click("dialog button[type=submit]");
  await page.waitForSelector(".toast");
  const total = (await home.api("/api/v1/stats?range=yesterday&tz=UTC")).total.seconds;
  assert.ok(await of("given-away") > total / 2);
  await page.click(".toast button");
  await page.waitForSelector(".toast", { state: "detached" });
  assert.equal(await of("given-away"), 0);
});

test("the first view keeps its budget: bytes, requests, paint and use at a quarter of the speed", async () => {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, timezoneId: "UTC", locale: "en-GB" });
  const fast = await context.newPage();
  await fast.goto(home.link());
  await fast.waitForFunction(() => performance.getEntriesByName("vigil:ready").length > 0);
  const protocol = await context.newCDPSession(fast);
  await protocol.send("Network.enable");
  await protocol.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  const paints = [];
  const readies = [];
  const disturbed = [];
  let bytes = 0;
  let requests = [];
  // The best of several, on cores that were idle just before: what the page costs, whatever else the machine does.
  const isEnough = () => Math.min(...paints) <= 300 && Math.min(...readies) <= 600;
  for (let i = 0; i < 5 || (i < 25 && !isEnough()); i++) {
    const isQuiet = await idleShare() > 0.75;
    await protocol.send("Network.clearBrowserCache");
    const begun = new Map();
    const sizes = new Map();
    const onRequest = ({ requestId, request }) => { begun.set(requestId, request.url); };
    const onEnd = ({ requestId, encodedDataLength }) => { sizes.set(begun.get(requestId), encodedDataLength); };
    protocol.on("Network.requestWillBeSent", onRequest);
    protocol.on("Network.loadingFinished", onEnd);
    await fast.goto(`${home.url}/?range=yesterday`);
    await fast.waitForFunction(() => performance.getEntriesByName("vigil:ready").length > 0);
    const marks = await fast.evaluate(() => {
      const ready = performance.getEntriesByName("vigil:ready")[0].startTime;
      const resources = performance.getEntriesByType("resource").filter((each) => each.startTime < ready).map((each) => each.name);
      return { paint: performance.getEntriesByName("first-contentful-paint")[0].startTime, ready, requests: [location.href, ...resources] };
    });
    protocol.off("Network.requestWillBeSent", onRequest);
    protocol.off("Network.loadingFinished", onEnd);
    if (isQuiet) {
      paints.push(marks.paint);
      readies.push(marks.ready);
    } else {
      disturbed.push(marks);
    }
    // The icon is the browser's wish, not the page's, and nothing waits for it.
    requests = marks.requests.filter((url) => !url.endsWith(".svg"));
    bytes = requests.filter((url) => !url.includes("/api/")).reduce((sum, url) => sum + sizes.get(url), 0);
    assert.ok(requests.length <= 5, requests.join("\n"));
  }
  await context.close();
  assert.ok(bytes > 10_000 && bytes <= 70 * 1024, `${bytes} bytes`);
  if (paints.length < 3) {
    return `${(bytes / 1024).toFixed(1)} KiB, ${requests.length} requests; TIMES NOT JUDGED, the machine is busy: first paint ${disturbed.map((each) => Math.round(each.paint))} ms, figures shown ${disturbed.map((each) => Math.round(each.ready))} ms`;
  }
  assert.ok(Math.min(...paints) <= 300, `first paint ${paints.map(Math.round)} ms, usable ${readies.map(Math.round)} ms`);
  assert.ok(Math.min(...readies) <= 600, `usable ${readies.map(Math.round)} ms`);
  return `${(bytes / 1024).toFixed(1)} KiB, ${requests.length} requests, first paint ${Math.min(...paints).toFixed(0)} ms, figures shown ${Math.min(...readies).toFixed(0)} ms`;
});

/** The part of all cores' time that was idle in the next fifth of a second. */
async function idleShare() {
  const sum = () => os.cpus().reduce(([idle, all], { times }) => [idle + times.idle, all + Object.values(times).reduce((a, b) => a + b)], [0, 0]);
  const [idle, all] = sum();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const [idleNow, allNow] = sum();
  return (idleNow - idle) / (allNow - all);
}

let failed = 1;
try {
  const beats = makeHistory(home.path, { now: Date.now() / 1000, days: DAYS });
  home.run(["init", "--yes"]);
  home.run(["run", "--once"]);
  home.run(["heartbeat", "--stdin"], beats);
  home.run(["run", "--once"]);
  await home.start();
  page = await openPage();
  failed = await runTests(positionals);
} finally {
  await browser.close();
  await home.remove();
}
process.exit(failed === 0 ? 0 : 1);
