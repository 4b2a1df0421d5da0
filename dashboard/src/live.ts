// The connection to the hub: who is there, what is new. One stream while the page is seen; a hidden page
// holds no connection and no timer.
import { effect, signal } from "@preact/signals";
import { ask, Refusal, type Heartbeat, type Status } from "./api";

export type Link = "wait" | "live" | "lost" | "signed_out";
export const link = signal<Link>("wait");

/** Grows when figures of today may have changed, and when any may have. */
export const newsOfToday = signal(0);
export const newsOfAll = signal(0);

/** What came in while the page was open, newest first. */
export const KEPT = 300;
export const heartbeats = signal<readonly Heartbeat[]>([]);

const FIRST_MS = 30; // a burst has often come whole by then
const AGAIN_MS = 1_000;
const POLL_MS = 15_000;
const POLL_BUSY_MS = 2_000; // while old logs are read back, which are not streamed
const RETRY_MS = 2_000;

let stream: EventSource | null = null;
let newsTimer = 0;
let pollTimer = 0;
let toldAt = 0;
let newest = -1;
let pending: Heartbeat[] = [];

function tell(): void {
  newsTimer = 0;
  toldAt = Date.now();
  if (pending.length > 0) {
    const fresh = pending.reverse();
    const ids = new Set(fresh.map((each) => each.id));
    pending = [];
    heartbeats.value = [...fresh, ...heartbeats.value.filter((each) => !ids.has(each.id))].slice(0, KEPT);
  }
  newsOfToday.value++;
}

function note(heartbeat: Heartbeat): void {
  pending = [...pending.filter((each) => each.id !== heartbeat.id), heartbeat];
  if (!newsTimer) newsTimer = window.setTimeout(tell, Math.max(FIRST_MS, toldAt + AGAIN_MS - Date.now()));
}

function open(): void {
  stream = new EventSource("/api/v1/stream");
  stream.onopen = () => { link.value = "live"; };
  stream.onerror = () => { if (stream) fail(new Refusal("gone", "")); };
  stream.addEventListener("reset", () => { newsOfAll.value++; });
  stream.addEventListener("heartbeat", (event) => {
    const { data, lastEventId } = event as MessageEvent<string>;
    // What came this way is no news to the next look at the status.
    newest = Math.max(newest, Number(lastEventId));
    note(JSON.parse(data) as Heartbeat);
  });
}

function close(): void {
  stream?.close();
  stream = null;
  clearTimeout(newsTimer);
  clearTimeout(pollTimer);
  newsTimer = pollTimer = 0;
}

/** Every request that finds nobody says so here. */
export function fail(error: unknown): void {
  if (!(error instanceof Refusal) || document.hidden) return;
  if (error.kind === "signed_out") {
    close();
    link.value = "signed_out";
  } else if (error.kind === "gone" && link.value !== "signed_out") {
    close();
    link.value = "lost";
    pollTimer = window.setTimeout(poll, RETRY_MS);
  }
}

async function poll(): Promise<void> {
  pollTimer = 0;
  let wait = POLL_MS;
  try {
    const status = await ask<Status>("/api/v1/status");
    if (status.newest !== newest) {
      if (newest >= 0) {
        newsOfAll.value++;
        wait = POLL_BUSY_MS;
      }
      newest = status.newest;
    }
    if (document.hidden) return;
    if (!stream) {
      if (link.value === "lost") newsOfAll.value++;
      open();
    }
    if (!pollTimer) pollTimer = window.setTimeout(poll, wait);
  } catch (error) {
    fail(error);
  }
}

/** Begins to follow the hub; called once, when the first view stands. */
export function follow(): void {
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return close();
    newsOfAll.value++;
    void poll();
  });
  if (!document.hidden) void poll();
}

effect(() => { document.documentElement.dataset.link = link.value; });
