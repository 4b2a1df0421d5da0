// Why a number is what it is: the intervals and heartbeats behind it, which add up to it.
import { useEffect, useState } from "preact/hooks";
import { ask, question, type Explanation } from "../api";
import { useAnswer } from "../answers";
import { clockSeconds, dayOf, dayShort, parseRange, rangeName } from "../days";
import { count, duration, exactly, keyName, plural } from "../format";
import { go, here, param, type Filter } from "../place";
import { Drawer } from "./drawer";
import { HeartbeatRow } from "./heartbeat_row";
import { Trouble } from "./trouble";

const SHOWN = 200;
const PAGE = 100;

function read(text: string): { path: string; what: string; days: string; conditions: Filter[] } {
  const params = new URLSearchParams(text);
  const range = parseRange(params.get("range"), "today");
  const conditions = params.getAll("f").map((each) => {
    const at = each.indexOf(":");
    return { dimension: each.slice(0, at), key: each.slice(at + 1) };
  });
  return {
    path: `/api/v1/explain?${question(range, conditions, { limit: String(PAGE) })}`,
    what: params.get("what") ?? "this number", days: rangeName(range), conditions,
  };
}

/** Shown when the address asks why. */
export function ExplainDrawer() {
  const text = param("why");
  return text === null ? null : <Explained key={text} text={text} />;
}

function Explained({ text }: { text: string }) {
  const { path, what, days, conditions } = read(text);
  const { data, problem } = useAnswer<Explanation>(path, "still");
  return (
    <Drawer title={`Why? ${what}`} onClose={() => go(here({ why: null }))}>
      <p class="soft">{days}{conditions.map((each) => `, ${keyName(each.dimension, each.key)}`).join("")}</p>
      {problem && <Trouble problem={problem} />}
      {!data && !problem && <p class="quiet" role="status">Asking the hub…</p>}
      {data && <Behind data={data} path={path} />}
    </Drawer>
  );
}

function Behind({ data, path }: { data: Explanation; path: string }) {
  const { total, intervals, method } = data;
  const sum = intervals.reduce((seconds, each) => seconds + each.seconds, 0);
  const overlap = total.human_seconds + total.agent_seconds - total.seconds;
  return (
    <>
      <dl class="facts" data-explained={total.seconds}>
        <div><dt>Active</dt><dd>{exactly(total.seconds)}</dd></div>
        <div><dt><i class="swatch human" />You</dt><dd>{exactly(total.human_seconds)}</dd></div>
        <div><dt><i class="swatch agent" />Agents</dt><dd>{exactly(total.agent_seconds)}</dd></div>
        {overlap > 0.5 && <div><dt><i class="swatch both" />Both at once</dt><dd>{exactly(overlap)}</dd></div>}
        <div><dt>Heartbeats</dt><dd>{count(total.heartbeats)}</dd></div>
      </dl>
      <p class="note">
        Heartbeats of yours less than {duration(method.timeout_seconds)} apart join into one stretch of time; the last one adds nothing.
        {method.agent_gap_seconds !== null && ` An agent's time runs from a prompt to the last record of its answer, cut where nothing was recorded for ${duration(method.agent_gap_seconds)}.`}
        {overlap > 0.5 && " What overlaps is counted once."}
      </p>
      <h3>{plural(intervals.length, "stretch", "stretches")} of time, adding up to {exactly(sum)}</h3>
      <IntervalTable intervals={intervals} />
      <h3>The heartbeats</h3>
      <HeartbeatList first={data} path={path} />
    </>
  );
}

function IntervalTable({ intervals }: { intervals: Explanation["intervals"] }) {
  const [shown, setShown] = useState(SHOWN);
  let day = "";
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Stretches of time">
      <table class="plain">
        <thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col" class="text">Who</th><th scope="col">Heartbeats</th><th scope="col">Counts</th></tr></thead>
        <tbody>
          {intervals.slice(0, shown).map((each) => {
            const date = dayOf(new Date(each.begin));
            const isNewDay = date !== day;
            day = date;
            return (
              <tr key={`${each.begin}${each.actor}${each.session}`}>
                <th scope="row">{isNewDay && <span class="soft">{dayShort(date)} </span>}{clockSeconds(each.begin)}</th>
                <td>{clockSeconds(each.end)}</td>
                <td class="text"><i class={`swatch ${each.actor}`} />{each.actor === "human" ? "you" : each.actor}</td>
                <td>{count(each.heartbeats)}</td>
                <td>{exactly(each.seconds)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {intervals.length > shown && <button type="button" onClick={() => setShown(shown + 1000)}>{count(intervals.length - shown)} more</button>}
    </div>
  );
}

function HeartbeatList({ first, path }: { first: Explanation; path: string }) {
  const [pages, setPages] = useState<Explanation[]>([first]);
  useEffect(() => setPages([first]), [first]);
  const next = pages.at(-1)!.next;
  const more = async () => {
    const page = await ask<Explanation>(`${path}&after=${encodeURIComponent(next!)}`);
    setPages((before) => [...before, page]);
  };
  return (
    <>
      <ol class="beats">
        {pages.flatMap((page) => page.heartbeats).map((each) => (
          <HeartbeatRow key={each.heartbeat.id} beat={each.heartbeat} extra={each.counted ? exactly(each.seconds) : "only its time"} />
        ))}
      </ol>
      {next && <button type="button" onClick={() => void more()}>More heartbeats</button>}
    </>
  );
}
