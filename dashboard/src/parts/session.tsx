// One session of an AI tool: what it did, as far as that is recorded. Prompts and code are not.
import { useEffect, useState } from "preact/hooks";
import { allTokens, ask, type Heartbeat, type HeartbeatPage, type Session, type Sessions } from "../api";
import { useAnswer } from "../answers";
import { moment, zone } from "../days";
import { compact, count, duration, keyName, money, plural } from "../format";
import { go, here, param } from "../place";
import { Drawer } from "./drawer";
import { HeartbeatRow } from "./heartbeat_row";
import { Trouble } from "./trouble";

export const sessionHref = (session: Session): string => here({ s: session.session });

export function costText(usd: number | null, unpriced: readonly string[]): string {
  if (usd === null) return "no list price";
  return unpriced.length > 0 ? `at least ${money(usd)}` : money(usd);
}

/** Where estimates come from, in words that go beside every one of them. */
export function priceNote(asOf: string): string {
  return asOf === "unchecked" ? "Costs are estimated from list prices that nobody has checked yet." : `Costs are estimated from list prices of ${asOf}.`;
}

export function SessionDrawer() {
  const id = param("s");
  return id === null ? null : <OneSession key={id} id={id} />;
}

function OneSession({ id }: { id: string }) {
  const params = new URLSearchParams({ range: "all_time", tz: zone, session: id });
  const { data, problem } = useAnswer<Sessions>(`/api/v1/sessions?${params}`);
  const session = data?.sessions[0];
  return (
    <Drawer title={session ? `${keyName("app", session.app)}, ${session.projects.join(", ") || "no project"}` : "Session"} onClose={() => go(here({ s: null }))}>
      {problem && <Trouble problem={problem} />}
      {data && !session && <p class="quiet">This session is not known.</p>}
      {session && <Facts session={session} asOf={data.prices_as_of} />}
      <h3>What it did</h3>
      <SessionHeartbeats path={`/api/v1/heartbeats?${params}`} />
    </Drawer>
  );
}

function Facts({ session, asOf }: { session: Session; asOf: string }) {
  const tools = Object.entries(session.tools).sort((a, b) => b[1] - a[1]);
  const facts: [string, string][] = [
    ["Agent's time", duration(session.agent_seconds)], ["Your time", duration(session.human_seconds)], ["Prompts", count(session.prompts)], ["Replies", count(session.replies)],
    ["Files", count(session.files)], ["Lines", `+${count(session.lines_added)} −${count(session.lines_removed)}`], ["Tokens", compact(allTokens(session.tokens))],
    ["Estimated cost", costText(session.estimated_cost_usd, session.unpriced_models)], ["Failed tool calls", count(session.failed_tools)], ["Errors", count(session.errors)],
  ];
  return (
    <>
      <p class="soft">{moment(session.first)} to {moment(session.last)}{session.branch && <>, branch <bdi>{session.branch}</bdi></>}</p>
      <dl class="facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      <table class="plain">
        <thead><tr><th scope="col">Model</th><th scope="col">Input</th><th scope="col">Cache read</th><th scope="col">Cache write</th><th scope="col">Output</th></tr></thead>
        <tbody>{session.models.map(({ model, tokens }) => <tr key={model}><th scope="row" class="wrap">{keyName("model", model)}</th><td>{compact(tokens.input)}</td><td>{compact(tokens.cache_read)}</td><td>{compact(tokens.cache_write)}</td><td>{compact(tokens.output)}</td></tr>)}</tbody>
      </table>
      <p class="note">{tools.map(([kind, calls]) => plural(calls, `${kind} call`)).join(", ")}. {priceNote(asOf)}</p>
    </>
  );
}

function SessionHeartbeats({ path }: { path: string }) {
  const [beats, setBeats] = useState<Heartbeat[]>([]);
  const [next, setNext] = useState<string | null>("");
  const more = async () => {
    const page = await ask<HeartbeatPage>(next ? `${path}&after=${encodeURIComponent(next)}` : path);
    setBeats((before) => [...before, ...page.heartbeats.map((each) => each.heartbeat)]);
    setNext(page.next);
  };
  useEffect(() => { more().catch(() => setNext(null)); }, [path]);
  return (
    <>
      <ol class="beats">{beats.map((beat) => <HeartbeatRow key={beat.id} beat={beat} />)}</ol>
      {beats.length > 0 && next && <button type="button" onClick={() => void more()}>More</button>}
    </>
  );
}
