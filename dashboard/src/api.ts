// What the hub is asked, and in which forms it answers (agent/hub/openapi.json).
import { zone, type Range } from "./days";
import type { Filter } from "./place";

export interface Tokens { input: number; cache_read: number; cache_write: number; output: number }

export interface Figures {
  heartbeats: number;
  seconds: number;
  human_seconds: number;
  agent_seconds: number;
  overlap_seconds?: number;
  tokens: Tokens;
}

export type Item = Figures & { [dimension: string]: string | null | number | Tokens | undefined };

export interface Method { preset: string; timeout_seconds: number; agent_gap_seconds: number | null }

export interface Asked { from: string | null; to: string | null; tz: string; method: Method }

export interface Stats extends Asked {
  items: Item[];
  total: Figures;
  previous?: { from: string | null; to: string | null; items: Item[]; total: Figures };
}

export type Actor = "human" | "agent" | "unknown";

export interface Interval {
  begin: string;
  end: string;
  heartbeats: number;
  seconds: number;
  human_seconds: number;
  agent_seconds: number;
}

export interface Lane { actor: Actor; key: string | null; intervals: Interval[] }
export interface Timeline extends Asked { by: string | null; lanes: Lane[] }

export interface Heartbeat {
  id: string;
  time: string;
  actor: Actor;
  action: string;
  entity?: string;
  entity_type?: string;
  project?: string;
  branch?: string;
  language?: string;
  app?: string;
  session?: string;
  model?: string;
  tool?: string;
  tool_class?: string;
  ok?: boolean;
  is_write?: boolean;
  lines_added?: number;
  lines_removed?: number;
  tokens?: Partial<Tokens>;
}

export interface Explanation extends Asked {
  total: Figures;
  intervals: (Interval & { actor: Actor; session: string | null })[];
  heartbeats: {
    source: string; counted: boolean; begin: string | null; end: string | null;
    seconds: number; human_seconds: number; agent_seconds: number; heartbeat: Heartbeat;
  }[];
  next: string | null;
}

export interface Session {
  source: string;
  session: string;
  parent_session: string | null;
  app: string | null;
  branch: string | null;
  projects: string[];
  first: string;
  last: string;
  seconds: number;
  human_seconds: number;
  agent_seconds: number;
  heartbeats: number;
  prompts: number;
  replies: number;
  errors: number;
  tools: Record<string, number>;
  failed_tools: number;
  files: number;
  lines_added: number;
  lines_removed: number;
  tokens: Tokens;
  models: { model: string | null; tokens: Tokens }[];
  estimated_cost_usd: number | null;
  unpriced_models: string[];
}

export interface Sessions extends Asked {
  prices_as_of: string;
  count: number;
  estimated_cost_usd: number | null;
  unpriced_models: string[];
  sessions: Session[];
  next: string | null;
}

export interface HeartbeatPage { heartbeats: { source: string; seq: number; heartbeat: Heartbeat }[]; next: string | null }

export interface Source {
  source: string;
  state?: "active" | "idle" | "silent";
  silent_seconds?: number;
  heartbeats: number;
  first_received: string;
  last_received: string;
  last_time: string;
  missing_batches: number;
  chain_breaks: number;
}

export interface Status { version: string; started: string; now: string; newest: number; sources: Source[] }
export interface SourcesHealth { now: string; sources: Source[] }

export interface Setting { key: string; value: unknown; default: unknown; set_by: string; command: string; help: string }

export interface Correction {
  id: number;
  kind: "rename" | "hide" | "ignore" | "assign";
  project?: string | null;
  to?: string | null;
  from?: string | null;
  until?: string | null;
  made_at: string;
}

/** Why there is no answer. */
export class Refusal extends Error {
  constructor(readonly kind: "gone" | "signed_out" | "missing" | "refused", message: string) { super(message); }
}

async function exchange(path: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, { credentials: "same-origin", ...init });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Refusal("gone", "the hub does not answer");
  }
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => null) as { error?: { message?: string } } | null;
  const kind = answer.status === 401 ? "signed_out" : answer.status === 404 || answer.status === 405 ? "missing" : "refused";
  throw new Refusal(kind, said?.error?.message ?? `the hub answered ${answer.status}`);
}

export async function ask<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await exchange(path, signal ? { signal } : {})).json() as Promise<T>;
}

export async function change<T>(method: "POST" | "DELETE", path: string, body?: object): Promise<T | null> {
  const init: RequestInit = { method };
  if (body) Object.assign(init, { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
  const answer = await exchange(path, init);
  return answer.status === 204 ? null : answer.json() as Promise<T>;
}

/** Text of parameters: the range, the filters, and what else a route takes. */
export function question(range: Range, filters: readonly Filter[], more: Record<string, string | null | undefined> = {}): string {
  const params = new URLSearchParams({ range: range.text, tz: zone });
  for (const { dimension, key } of filters) params.append(dimension, key);
  for (const [name, value] of Object.entries(more)) if (value !== null && value !== undefined) params.append(name, value);
  return params.toString();
}

export const statsPath = (range: Range, filters: readonly Filter[], more: Record<string, string | null | undefined> = {}): string =>
  `/api/v1/stats?${question(range, filters, more)}`;

export const keyOf = (item: Item, dimension: string): string | null => (item[dimension] as string | null | undefined) ?? null;

export const allTokens = (tokens: Tokens): number => tokens.input + tokens.cache_read + tokens.cache_write + tokens.output;

export const noFigures = (): Figures =>
  ({ heartbeats: 0, seconds: 0, human_seconds: 0, agent_seconds: 0, tokens: { input: 0, cache_read: 0, cache_write: 0, output: 0 } });

function add(to: Figures, item: Figures): void {
  to.heartbeats += item.heartbeats;
  to.seconds += item.seconds;
  to.human_seconds += item.human_seconds;
  to.agent_seconds += item.agent_seconds;
  for (const kind of ["input", "cache_read", "cache_write", "output"] as const) to.tokens[kind] += item.tokens[kind];
}

/** Breakdowns add up, so one question by several dimensions answers those by each of them. */
export function grouped(items: readonly Item[], dimension: string): Map<string | null, Figures> {
  const groups = new Map<string | null, Figures>();
  for (const item of items) {
    const key = keyOf(item, dimension);
    let figures = groups.get(key);
    if (!figures) groups.set(key, (figures = noFigures()));
    add(figures, item);
  }
  return groups;
}
