// The real program in an empty home, and one headless Chromium that looks at its dashboard.
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const FIXTURES = path.join(ROOT, "tests/fixtures");

function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Asks until it is so; an error past the bound. */
export async function until(condition, what, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export class Home {
  static async make(agent) {
    const home = new Home();
    home.agent = path.resolve(agent);
    home.path = fs.mkdtempSync(path.join(os.tmpdir(), "vigil-browser-"));
    home.port = await freePort();
    home.url = `http://127.0.0.1:${home.port}`;
    home.environment = { HOME: home.path, PATH: "/usr/bin:/bin", TZ: "UTC", LANG: "C.UTF-8", VIGIL_LISTEN: `127.0.0.1:${home.port}` };
    return home;
  }

  copyLogs(fixture) {
    fs.cpSync(path.join(FIXTURES, fixture, "home"), this.path, { recursive: true, force: true });
  }

  run(args, input = "") {
    const done = spawnSync(this.agent, args, { env: this.environment, cwd: this.path, input, encoding: "utf8", maxBuffer: 1 << 28, timeout: 120_000 });
    if (done.status !== 0) throw new Error(`agent ${args.join(" ")}: exit ${done.status}\n${done.stdout.slice(-500)}${done.stderr.slice(-2000)}`);
    return done.stdout;
  }

  async start() {
    const log = fs.openSync(path.join(this.path, "daemon.log"), "a");
    this.daemon = spawn(this.agent, ["run"], { env: this.environment, cwd: this.path, stdio: ["ignore", log, log] });
    fs.closeSync(log);
    await until(async () => {
      if (this.daemon.exitCode !== null) throw new Error(`the agent ended:\n${fs.readFileSync(path.join(this.path, "daemon.log"), "utf8").slice(-2000)}`);
      return fetch(`${this.url}/health`).then((answer) => answer.ok, () => false);
    }, "the hub answers");
  }

  async stop() {
    if (!this.daemon || this.daemon.exitCode !== null) return;
    const ended = new Promise((resolve) => this.daemon.once("exit", resolve));
    this.daemon.kill("SIGTERM");
    const late = setTimeout(() => this.daemon.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(late);
  }

  /** A link that signs a browser in, once. */
  link() {
    return JSON.parse(this.run(["open", "--print", "--json"])).url;
  }

  /** The API, as the command line may ask it. */
  async api(target) {
    this.token ??= JSON.parse(this.run(["hub", "token", "new", "browser-test", "--json"])).token;
    const answer = await fetch(this.url + target, { headers: { Authorization: `Bearer ${this.token}` } });
    if (!answer.ok) throw new Error(`${target}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  async remove() {
    await this.stop();
    fs.rmSync(this.path, { recursive: true, force: true });
  }
}

export function openBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true,
    args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-proxy-server", "--force-color-profile=srgb"] });
}
