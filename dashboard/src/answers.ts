// Answers of the hub as components want them: at once where they are known, and again when there is news.
import { useEffect, useState } from "preact/hooks";
import { ask, Refusal } from "./api";
import { fail, newsOfAll, newsOfToday } from "./live";

export interface Answer<T> {
  data: T | null;
  /** What the hub said instead of answering, or nothing. */
  problem: Refusal | null;
  /** `data` answers the question before this one. */
  isOld: boolean;
}

/** Calls `then` when the first view has all it asked for, or has asked for nothing in a second. */
let whenFirstShown: (() => void) | null = null;
let pending = 0;
const PATIENCE_MS = 1_000;

export function afterFirstView(then: () => void): void {
  whenFirstShown = () => {
    whenFirstShown = null;
    // Behind what is drawn with it: that may take until the next frame.
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(then)));
  };
  setTimeout(() => { if (pending === 0) whenFirstShown?.(); }, PATIENCE_MS);
}

async function counted<T>(asked: Promise<T>): Promise<T> {
  pending++;
  try {
    return await asked;
  } finally {
    if (--pending === 0) whenFirstShown?.();
  }
}

const KNOWN = 40;
const known = new Map<string, unknown>();

function remember(path: string, data: unknown): void {
  known.delete(path);
  known.set(path, data);
  for (const oldest of known.keys()) {
    if (known.size <= KNOWN) break;
    known.delete(oldest);
  }
}

/** Forgets what is known, after something was changed. */
export function forgetAnswers(): void {
  known.clear();
  newsOfAll.value++;
}

/** The answer to a GET; null asks nothing. `live`: what happens now changes it. */
export function useAnswer<T>(path: string | null, live: "live" | "still" = "live"): Answer<T> {
  const news = newsOfAll.value + (live === "live" ? newsOfToday.value : 0);
  const [state, setState] = useState<{ path: string | null; data: T | null; problem: Refusal | null }>(
    { path: null, data: null, problem: null });
  useEffect(() => {
    if (path === null) return;
    const abort = new AbortController();
    counted(ask<T>(path, abort.signal)).then(
      (data) => {
        remember(path, data);
        setState({ path, data, problem: null });
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        fail(error);
        const problem = error instanceof Refusal ? error : new Refusal("refused", String(error));
        // What was shown stays while the hub is away.
        setState((before) => ({ path, data: before.path === path ? before.data : null, problem }));
      });
    return () => abort.abort();
  }, [path, news]);
  if (path === null) return { data: null, problem: null, isOld: false };
  if (state.path === path) return { data: state.data ?? (known.get(path) as T | undefined) ?? null, problem: state.problem, isOld: false };
  const remembered = known.get(path) as T | undefined;
  if (remembered !== undefined) return { data: remembered, problem: null, isOld: false };
  return { data: state.data, problem: null, isOld: true };
}
