// The dashboard's parts that need no browser: days, numbers, stretches of time, axes, what is written to files.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { runTests, test } from "./checks.mjs";
import { ROOT } from "./world.mjs";

process.env.TZ = "Europe/Berlin"; // it has both changes of the clock

const { build } = createRequire(path.join(ROOT, "dashboard/package.json"))("esbuild");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "vigil-units-"));

async function load(name) {
  const out = path.join(folder, `${name.replaceAll("/", "-")}.mjs`);
  await build({ entryPoints: [path.join(ROOT, "dashboard/src", `${name}.ts`)], bundle: true, format: "esm", outfile: out, logLevel: "error" });
  return import(pathToFileURL(out));
}

const [days, format, spans, scale, palette, files] = await Promise.all(["days", "format", "spans", "charts/scale", "charts/palette", "report_files"].map(load));

test("days go on over changes of the clock and ends of months", () => {
  assert.equal(days.addDays("2026-03-28", 1), "2026-03-29");
  assert.equal(days.addDays("2026-03-29", 1), "2026-03-30"); // 23 hours
  assert.equal(days.addDays("2026-10-25", 1), "2026-10-26"); // 25 hours
  assert.equal(days.addDays("2028-02-28", 1), "2028-02-29");
  assert.equal(days.addDays("2026-01-01", -1), "2025-12-31");
  assert.equal(days.daysBetween("2026-03-01", "2026-04-01"), 31);
  assert.equal(days.eachDay("2026-10-24", "2026-10-27").length, 4);
  assert.equal(days.mondayOf("2026-11-22"), "2026-11-16");
  assert.equal(days.mondayOf("2026-11-16"), "2026-11-16");
  assert.equal(days.dayName("2001-01-01"), "Monday, 1 January 2001");
});

test("a range is what the address says, or what is usual where that makes no sense", () => {
  assert.deepEqual(days.parseRange("2026-01-02..2026-01-05", "today"), { text: "2026-01-02..2026-01-05", from: "2026-01-02", to: "2026-01-05" });
  assert.equal(days.parseRange("2026-01-02..2026-01-02", "today").text, "2026-01-02");
  for (const nonsense of [null, "", "2026-01-05..2026-01-02", "<b>", "2026-1-1", "..", "2026-01-02.."]) assert.equal(days.parseRange(nonsense, "last_7_days").text, "last_7_days", nonsense);
  assert.deepEqual(days.parseRange("all_time", "today"), { text: "all_time", from: null, to: null });
  const week = days.parseRange("last_7_days", "today");
  assert.equal(days.daysBetween(week.from, week.to), 6);
});

test("a range moves by its own length and not past today", () => {
  assert.equal(days.shifted(days.parseRange("2026-01-08..2026-01-14", "today"), -1), "2026-01-01..2026-01-07");
  assert.equal(days.shifted(days.parseRange("2026-01-08..2026-01-14", "today"), 1), "2026-01-15..2026-01-21");
  assert.equal(days.shifted(days.parseRange("today", "today"), 1), null);
  assert.equal(days.shifted(days.parseRange("yesterday", "today"), 1), "today");
  assert.equal(days.shifted(days.parseRange("all_time", "today"), -1), null);
});

test("times and numbers have one form each", () => {
  for (const [seconds, text] of [[0, "0m"], [1, "<1m"], [29, "<1m"], [30, "1m"], [3570, "1h 00m"], [3599, "1h 00m"], [3660, "1h 01m"], [360_000, "100h 00m"]]) assert.equal(format.duration(seconds), text, seconds);
  for (const [seconds, text] of [[0, "0s"], [0.2, "<1s"], [59.6, "1m 0s"], [3605, "1h 0m 5s"]]) assert.equal(format.exactly(seconds), text, seconds);
  for (const [number, text] of [[0, "0"], [999, "999"], [1000, "1,000"], [9999, "9,999"], [10_000, "10K"], [999_999, "1M"], [12_345_678, "12.3M"], [4e9, "4B"]]) assert.equal(format.compact(number), text, number);
  assert.equal(format.count(1_234_567), "1,234,567");
  for (const [usd, text] of [[0, "$0.00"], [0.004, "<$0.01"], [1234.5, "$1,234.50"]]) assert.equal(format.money(usd), text, usd);
  assert.equal(format.difference(-3720), "−1h 02m");
  assert.equal(format.difference(10), "+<1m");
  assert.equal(format.percent(1, 0), "–");
  assert.equal(format.keyName("project", null), "no project");
  assert.equal(format.keyName("app", "constructor").toString().includes("function"), false);
});

test("stretches that touch are one, and focus is yours without a break", () => {
  assert.deepEqual(spans.united([{ from: 5, to: 9 }, { from: 0, to: 2 }, { from: 2, to: 4 }, { from: 6, to: 7 }]), [{ from: 0, to: 4 }, { from: 5, to: 9 }]);
  assert.deepEqual(spans.united([]), []);
  const at = (minute) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
  const lane = (actor, ...pairs) => ({ actor, key: "x", intervals: pairs.map(([begin, end]) => ({ begin: at(begin), end: at(end) })) });
  assert.equal(spans.focusBlocks([lane("human", [0, 20], [20, 24]), lane("human", [24, 25])]).length, 1);
  assert.equal(spans.focusBlocks([lane("human", [0, 20]), lane("agent", [20, 60])]).length, 0);
});

test("axes end at or above the most, with few and round lines", () => {
  for (const most of [0, 1, 59, 60, 61, 3600, 3601, 40_000, 90_000, 5_000_000]) {
    const ticks = scale.timeTicks(most);
    assert.ok(ticks.at(-1) >= most && ticks.length >= 1 && ticks.length <= 5, String(most));
  }
});

test("seven names have seven colours, and the same ones in any order", () => {
  const names = ["a", "b", "c", "d", "e", "f", "g"];
  const one = palette.swatchesOf(names);
  assert.equal(new Set(one.values()).size, 7);
  assert.deepEqual([...palette.swatchesOf([...names].reverse())].sort(), [...one].sort());
});

test("a report's rows are rounded up, and its files cannot be taken for formulas or markup", () => {
  assert.equal(files.rounded(1, 900), 900);
  assert.equal(files.rounded(900, 900), 900);
  assert.equal(files.rounded(900.2, 900), 900);
  assert.equal(files.rounded(901, 900), 1800);
  assert.equal(files.rounded(123.4, 0), 123.4);
  const figures = { heartbeats: 3, human_seconds: 3600, agent_seconds: 0, seconds: 3600, tokens: {} };
  const line = (name) => ({ name, figures, seconds: 3600, amount: null });
  const csv = files.asCsv([line('=HYPERLINK("http://x")'), line('a,"b"\n'), line("plain")], "Project");
  assert.equal(csv, `Project,Hours,Your hours,Agents' hours,Heartbeats\r\n"'=HYPERLINK(""http://x"")",1.00,1.00,0.00,3\r\n"a,""b""\n",1.00,1.00,0.00,3\r\nplain,1.00,1.00,0.00,3\r\n`);
  const markdown = files.asMarkdown([line("<b>|x|</b>\n# y")], "Project");
  assert.match(markdown, /\\<b\\>\\\|x\\\|\\<\/b\\> # y/);
  assert.equal(markdown.trim().split("\n").length, 3);
});

const failed = await runTests(process.argv.slice(2));
fs.rmSync(folder, { recursive: true });
process.exit(failed === 0 ? 0 : 1);
