// Months of made-up work for a home: session logs of Claude Code and Codex, and heartbeats of editors. The same for
// the same seed and moment. Projects have awkward names on purpose.
import fs from "node:fs";
import path from "node:path";

/** A name that would be markup, were it ever taken for that. */
export const HOSTILE = `<img src=x onerror="window.harmed=1"><script>window.harmed=1</script>`;

const PROJECTS = [
  { name: "harbor-api", language: "Python", files: ["src/tides.py", "src/stations.py", "tests/test_tides.py", "README.md"], weight: 9 },
  { name: "vigil", language: "C++", files: ["agent/hub/routes.cc", "agent/hub/routes.h", "docs/guide.md", "CMakeLists.txt"], weight: 7 },
  { name: "shopfront", language: "TypeScript", files: ["src/cart.tsx", "src/checkout.tsx", "package.json"], weight: 5 },
  { name: "dotfiles", language: "Shell", files: ["install.sh", "zshrc"], weight: 1 },
  { name: "Лодка-заметки", language: "Markdown", files: ["дневник.md"], weight: 1 },
  { name: "a-very-long-project-name-that-nobody-would-type-twice-but-somebody-did-once", language: "Go", files: ["main.go"], weight: 1 },
  { name: HOSTILE, language: "HTML", files: ["index.html"], weight: 1 },
];
const EDITORS = ["vscode", "vscode", "vscode", "neovim", "kate"];
const MODELS = ["claude-sonnet-4-5-20250929", "claude-sonnet-4-5-20250929", "claude-opus-4-5-20251101", "claude-haiku-4-5-20251001", "claude-of-nobodys-price-list-20261001"];
const BRANCHES = ["main", "main", "feat/tables", "fix/leap-seconds"];
const TOOLS = ["Read", "Read", "Edit", "Bash", "Grep", "Write"];
const HOUR = 3600;

/** Mulberry32: small, and the same everywhere. */
function dice(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n) => Math.floor(next() * n);
  const weighted = (list) => {
    let at = next() * list.reduce((sum, each) => sum + each.weight, 0);
    return list.find((each) => (at -= each.weight) < 0) ?? list[0];
  };
  return { next, below, weighted, pick: (list) => list[below(list.length)], spread: (mean) => -Math.log(1 - next()) * mean, hex: (n) => Array.from({ length: n }, () => below(16).toString(16)).join("") };
}

const stamp = (seconds) => new Date(seconds * 1000).toISOString();

export class ClaudeLog {
  constructor(home, folder, id, roll, branch = "main", model = MODELS[0]) {
    this.path = path.join(home, ".claude/projects", folder.replace(/[^a-zA-Z0-9]/g, "-"), `${id}.jsonl`);
    Object.assign(this, { folder, id, roll, branch, model, lines: [] });
  }

  line(time, body) {
    this.lines.push(JSON.stringify({ parentUuid: null, isSidechain: false, userType: "external", cwd: this.folder, sessionId: this.id, version: "2.1.329", gitBranch: this.branch, uuid: `${this.roll.hex(8)}-0000-4000-a000-${this.roll.hex(12)}`, timestamp: stamp(time), ...body }));
  }

  prompt(time) {
    this.line(time, { type: "user", message: { role: "user", content: "x".repeat(20 + this.roll.below(200)) } });
  }

  reply(time, tool, file) {
    const call = `toolu_01${this.roll.hex(22)}`;
    const content = [{ type: "text", text: "x" }];
    const input = tool === "Bash" ? { command: "true" } : tool === "Grep" ? { pattern: "x" } : { file_path: path.join(this.folder, file ?? "a") };
    if (tool) content.push({ type: "tool_use", id: call, name: tool, input });
    this.line(time, { type: "assistant", requestId: `req_011C${this.roll.hex(20)}`, message: { id: `msg_01${this.roll.hex(22)}`, type: "message", role: "assistant", model: this.model, content, stop_reason: tool ? "tool_use" : "end_turn",
      usage: { input_tokens: 1 + this.roll.below(12), cache_creation_input_tokens: this.roll.below(3000), cache_read_input_tokens: 12_000 + this.roll.below(60_000), output_tokens: 20 + this.roll.below(900) } } });
    if (!tool) return;
    const patch = ["Edit", "Write"].includes(tool) ? { structuredPatch: [{ oldStart: 1, oldLines: 3, newStart: 1, newLines: 9, lines: ["-x", "+x", "+x", "+x", "+x"] }], filePath: input.file_path } : { stdout: "x" };
    this.line(time + 1 + this.roll.spread(2), { type: "user", message: { role: "user", content: [{ tool_use_id: call, type: "tool_result", content: "x", is_error: this.roll.next() < 0.05 }] }, toolUseResult: patch });
  }

  write() {
    fs.mkdirSync(path.dirname(this.path), { recursive: true });
    fs.appendFileSync(this.path, this.lines.map((line) => `${line}\n`).join(""));
    this.lines = [];
  }
}

function claudeSession(home, roll, project, start, end) {
  const branch = roll.pick(BRANCHES);
  const log = new ClaudeLog(home, `/home/ada/code/${project.name.replaceAll("/", "_")}`, `${roll.hex(8)}-1111-4111-a111-${roll.hex(12)}`, roll, branch, roll.pick(MODELS));
  for (let time = start; time < end; time += 60 + roll.spread(240)) {
    log.prompt(time);
    for (let step = 0; step < 2 + roll.below(9) && time < end; step++) {
      time += 6 + roll.spread(25);
      log.reply(time, roll.pick(TOOLS), roll.pick(project.files));
    }
    time += 10;
    log.reply(time);
  }
  log.write();
}

function codexSession(home, roll, project, start, end) {
  const id = `${roll.hex(8)}-2222-7222-a222-${roll.hex(12)}`;
  const cwd = `/home/ada/code/${project.name.replaceAll("/", "_")}`;
  const lines = [];
  const line = (time, type, payload) => lines.push(JSON.stringify({ timestamp: stamp(time), type, payload }));
  const totals = [0, 0, 0];
  const usage = ([input, cached, output]) => ({ input_tokens: input, cached_input_tokens: cached, output_tokens: output, reasoning_output_tokens: 0, total_tokens: input + output });
  line(start, "session_meta", { id, timestamp: stamp(start), cwd, originator: "codex_cli_rs", cli_version: "0.46.0", instructions: "x", source: "cli", git: { branch: "main" } });
  for (let time = start + 1; time < end; time += 90 + roll.spread(300)) {
    line(time, "turn_context", { cwd, approval_policy: "on-request", model: "gpt-5-codex", effort: "medium" });
    line(time, "event_msg", { type: "user_message", message: "x", kind: "plain" });
    for (let step = 0; step < 3 + roll.below(6); step++) {
      time += 5 + roll.spread(20);
      const call = `call_${roll.hex(24)}`;
      line(time, "response_item", { type: "function_call", name: "shell", arguments: JSON.stringify({ command: ["bash", "-lc", "true"], workdir: cwd }), call_id: call });
      line(time + 2, "response_item", { type: "function_call_output", call_id: call, output: JSON.stringify({ output: "x", metadata: { exit_code: 0 } }) });
      const last = [5_000 + roll.below(50_000), 4_000, 1 + roll.below(800)];
      last.forEach((n, i) => { totals[i] += n; });
      line(time + 2, "event_msg", { type: "token_count", info: { total_token_usage: usage(totals), last_token_usage: usage(last), model_context_window: 272000 } });
    }
  }
  const date = stamp(start);
  const file = path.join(home, ".codex/sessions", date.slice(0, 10).replaceAll("-", "/"), `rollout-${date.slice(0, 19).replaceAll(":", "-")}-${id}.jsonl`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, lines.map((each) => `${each}\n`).join(""));
}

function editing(roll, project, start, end, beats) {
  const app = roll.pick(EDITORS);
  const branch = roll.pick(BRANCHES);
  for (let time = start; time < end; time += 25 + roll.spread(90)) {
    const write = roll.next() < 0.4;
    beats.push({ entity: `/home/ada/code/${project.name.replaceAll("/", "_")}/${roll.pick(project.files)}`, time: stamp(time), project: project.name, language: project.language, branch, app, is_write: write, action: write ? "save" : "edit", category: "coding", actor: "human" });
  }
}

/** Writes `days` days up to `now` (seconds since 1970); the heartbeats of editors are returned, one a line. */
export function makeHistory(home, { now, days = 60, seed = 7 }) {
  const roll = dice(seed);
  const beats = [];
  const midnight = new Date(now * 1000).setHours(0, 0, 0, 0) / 1000;
  for (let back = days; back >= 0; back--) {
    const day = midnight - back * 86_400;
    const isWeekend = [0, 6].includes(new Date(day * 1000).getDay());
    if (back > 1 && roll.next() < (isWeekend ? 0.65 : 0.06)) continue;
    let time = day + (back === 0 ? 1 : 8 + roll.next() * 2) * HOUR;
    const end = back === 0 ? now - 60 : day + (isWeekend ? 15 : 19) * HOUR;
    while (time < end) {
      const project = roll.weighted(PROJECTS);
      const until = Math.min(time + (0.4 + roll.next() * 1.6) * HOUR, end);
      const kind = roll.next();
      if (kind < 0.75) editing(roll, project, time, until - roll.spread(600), beats);
      if (kind > 0.3) claudeSession(home, roll, project, time + roll.next() * 900, until);
      if (roll.next() < 0.3) codexSession(home, roll, roll.weighted(PROJECTS), time + roll.next() * 1200, until);
      time = until + roll.spread(0.35 * HOUR);
    }
  }
  return beats.map((beat) => `${JSON.stringify(beat)}\n`).join("");
}
