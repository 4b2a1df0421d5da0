// What is happening now. The list holds what came in since the page was opened.
import { useState } from "preact/hooks";
import { question, type Heartbeat, type Session, type Sessions, type Timeline } from "../api";
import { useAnswer } from "../answers";
import { ChartFigure, WHO_SHARES } from "../charts/figure";
import { Lanes } from "../charts/lanes";
import { ago, count, duration, keyName, plural } from "../format";
import { heartbeats, KEPT } from "../live";
import { filters, go, here, param, range } from "../place";
import { HeartbeatRow } from "../parts/heartbeat_row";
import { costText, priceNote, sessionHref } from "../parts/session";
import { PageHead } from "../parts/shell";
import { laneRows, laneTable } from "./ribbon";

const HOUR = 3_600_000;
const ACTIVE = 15 * 60_000;

export function Live() {
  const lanes = useAnswer<Timeline>(`/api/v1/timeline?${question(range.value, filters.value, { by: "app" })}`);
  const sessions = useAnswer<Sessions>(`/api/v1/sessions?${question(range.value, filters.value, { limit: "12" })}`);
  const now = Date.now();
  const recent = sessions.data?.sessions ?? [];
  const active = recent.filter((session) => now - Date.parse(session.last) < ACTIVE);
  const shown = active.length > 0 ? active : recent.slice(0, 3);
  return (
    <>
      <PageHead title="Live" sub="What is recorded right now" days="none" />
      {lanes.data && (
        <ChartFigure name="hour" title="The last hour" legend={WHO_SHARES} table={laneTable(lastHour(lanes.data, now), range.value)}>
          {lastHour(lanes.data, now).lanes.length === 0 ? <p class="quiet">Nothing in the last hour.</p>
            : <Lanes rows={laneRows(lastHour(lanes.data, now), 8)} from={now - HOUR} to={now} label="Activity of the last hour" />}
        </ChartFigure>
      )}
      {shown.length > 0 && (
        <>
          <div class="sessions">{shown.map((session) => <SessionCard key={session.session} session={session} now={now} />)}</div>
          <p class="note">{priceNote(sessions.data!.prices_as_of)}</p>
        </>
      )}
      <Stream />
    </>
  );
}

function lastHour(answer: Timeline, now: number): Timeline {
  const lanes = answer.lanes
    .map((lane) => ({ ...lane, intervals: lane.intervals.filter((each) => Date.parse(each.end) > now - HOUR) }))
    .filter((lane) => lane.intervals.length > 0);
  return { ...answer, lanes };
}

function SessionCard({ session, now }: { session: Session; now: number }) {
  const silent = (now - Date.parse(session.last)) / 1000;
  return (
    <section class="card">
      <h2><a href={sessionHref(session)}>{keyName("app", session.app)}</a> <span class={`state ${silent < 120 ? "active" : "idle"} soft`}>{silent < 120 ? "at work" : ago(silent)}</span></h2>
      <p><bdi>{session.projects.join(", ") || "no project"}</bdi></p>
      <p class="soft">{duration(session.agent_seconds)} at work, {plural(session.prompts, "prompt")}, {plural(session.files, "file")}, +{count(session.lines_added)} −{count(session.lines_removed)} lines, {session.estimated_cost_usd === null ? "no list price" : `estimated ${costText(session.estimated_cost_usd, session.unpriced_models)}`}</p>
      <p><a class="quiet-link" href={here({ only: param("only") === session.session ? null : session.session })}>{param("only") === session.session ? "Show all" : "Only this below"}</a></p>
    </section>
  );
}

function fits(beat: Heartbeat, only: string | null): boolean {
  if (only !== null && beat.session !== only) return false;
  return filters.value.every(({ dimension, key }) => String((beat as unknown as Record<string, unknown>)[dimension] ?? "") === key);
}

function Stream() {
  const [held, setHeld] = useState<readonly Heartbeat[] | null>(null);
  const only = param("only");
  const shown = (held ?? heartbeats.value).filter((beat) => fits(beat, only));
  const waiting = held ? heartbeats.value.filter((beat) => !held.includes(beat)).length : 0;
  return (
    <section class="card chart" data-stream>
      <figcaption>
        <h2>Heartbeats</h2>
        {only !== null && <a class="quiet-link" href={here({ only: null })}>Of all sessions</a>}
        {waiting > 0 && <button type="button" onClick={() => setHeld(null)}>{count(waiting)} new</button>}
        <button type="button" aria-pressed={held !== null} onClick={() => setHeld(held ? null : heartbeats.value)}>{held ? "Go on" : "Pause"}</button>
      </figcaption>
      {shown.length === 0 && <p class="quiet">Nothing since the page was opened. What happens from now on appears here; earlier days are on <a href="/timeline">Timeline</a>.</p>}
      <ol class="beats" aria-live="off">{shown.map((beat) => <HeartbeatRow key={beat.id} beat={beat} fresh={Date.now() - Date.parse(beat.time) < 10_000} />)}</ol>
      {shown.length >= KEPT && <p class="note">The last {KEPT}.</p>}
      {only !== null && shown.length === 0 && <button type="button" onClick={() => go(here({ only: null }))}>Show all sessions</button>}
    </section>
  );
}
