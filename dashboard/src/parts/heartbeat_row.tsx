import type { Heartbeat } from "../api";
import { clockSeconds } from "../days";
import { compact, keyName, own } from "../format";

const MEANINGS: Record<string, string> = {
  open: "opened", edit: "edited", save: "saved", read: "read", write: "wrote", delete: "deleted", prompt: "prompt", reply: "reply",
  tool: "tool call", session_start: "session began", session_end: "session ended", error: "error",
};

/** What a heartbeat is about, as far as it was recorded. */
export function aboutHeartbeat(beat: Heartbeat): string {
  const what = beat.tool && beat.action === "tool" ? beat.tool : (own(MEANINGS, beat.action) ?? beat.action);
  return beat.ok === false ? `${what}, failed` : what;
}

const WHO_NAMES = { human: "you", agent: "agent", unknown: "unknown" } as const;

/** One line of a list of heartbeats. Everything in it is text. */
export function HeartbeatRow({ beat, extra, fresh }: { beat: Heartbeat; extra?: string; fresh?: boolean }) {
  const lines = beat.lines_added || beat.lines_removed ? `+${beat.lines_added ?? 0} −${beat.lines_removed ?? 0}` : "";
  const entity = beat.entity_type === "app" ? "" : beat.entity;
  const tokens = beat.tokens?.output ? `${compact(beat.tokens.output)} tokens out` : "";
  return (
    <li class="beat" data-id={beat.id} data-fresh={fresh}>
      <time dateTime={beat.time}>{clockSeconds(beat.time)}</time>
      <span class={`who ${beat.actor}`}>{WHO_NAMES[beat.actor]}</span>
      <span class="app">{beat.app ? keyName("app", beat.app) : "–"}</span>
      <span class="what">{aboutHeartbeat(beat)}</span>
      <span class="where" title={entity}><bdi>{beat.project}</bdi>{beat.project && entity ? " · " : ""}<bdi>{entity}</bdi></span>
      <span class="extra">{extra ?? (lines || tokens || beat.model || "")}</span>
    </li>
  );
}
