// node look.mjs --agent PATH --out DIR [--days N]: screenshots of every page in both themes, over made-up months of work.
import fs from "node:fs";
import { parseArgs } from "node:util";
import { makeHistory } from "./history.mjs";
import { Home, openBrowser } from "./world.mjs";

const { values: chosen } = parseArgs({ options: { agent: { type: "string" }, out: { type: "string" }, days: { type: "string" }, only: { type: "string" } } });

export const VIEWS = {
  today: "/", yesterday: "/?range=yesterday", compare: "/?range=last_7_days&cmp=1", timeline: "/timeline?range=yesterday", week: "/timeline?range=last_7_days", projects: "/projects?range=last_30_days",
  project: "/project?name=harbor-api&range=last_30_days", ai: "/ai?range=last_30_days", live: "/live", year: "/year", reports: "/reports?range=last_30_days",
  system: "/system", settings: "/settings", why: "/?range=yesterday&why=range%3Dyesterday%26what%3DActive",
};

const home = await Home.make(chosen.agent);
const browser = await openBrowser();
try {
  const beats = makeHistory(home.path, { now: Date.now() / 1000, days: Number(chosen.days ?? 60) });
  home.run(["init", "--yes"]);
  home.run(["run", "--once"]);
  home.run(["heartbeat", "--stdin"], beats);
  home.run(["run", "--once"]);
  await home.start();
  fs.mkdirSync(chosen.out, { recursive: true });
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, timezoneId: "UTC" });
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => { if (message.type() === "error" || message.type() === "warning") wrong.push(message.text()); });
  page.on("pageerror", (error) => wrong.push(String(error)));
  await page.goto(home.link());
  for (const [name, address] of Object.entries(VIEWS)) {
    if (chosen.only && !chosen.only.split(",").includes(name)) continue;
    for (const theme of ["light", "dark"]) {
      await page.evaluate((value) => localStorage.setItem("vigil.theme", value), theme);
      await page.goto(home.url + address);
      await page.waitForTimeout(700);
      await page.screenshot({ path: `${chosen.out}/${name}-${theme}.png`, fullPage: true });
    }
  }
  console.log(wrong.length ? wrong.join("\n") : "no complaints");
} finally {
  await browser.close();
  await home.remove();
}
