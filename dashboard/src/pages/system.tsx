import { useState } from "preact/hooks";
import { ask, type SourcesHealth, type Status } from "../api";
import { useAnswer } from "../answers";
import { moment } from "../days";
import { ago, count, plural } from "../format";
import { link } from "../live";
import { PageHead } from "../parts/shell";
import { Empty, Trouble } from "../parts/trouble";

const STATES = { active: "at work", idle: "quiet", silent: "silent for days" } as const;

export function System() {
  const health = useAnswer<SourcesHealth>("/api/v1/sources/health");
  const status = useAnswer<Status>("/api/v1/status");
  const [copied, setCopied] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(JSON.stringify({ status: await ask("/api/v1/status"), sources: (await ask<SourcesHealth>("/api/v1/sources/health")).sources, page: { link: link.value, agent: navigator.userAgent } }, null, 2));
      setCopied("Copied");
    } catch {
      setCopied("The browser allows no copying here");
    }
  };
  return (
    <>
      <PageHead title="System" sub="Who sends, and whether all of it arrived" days="none" filter={false}>
        <button type="button" onClick={() => void copy()}>Copy diagnostics</button><span role="status" class="soft">{copied}</span>
      </PageHead>
      {status.problem && <Trouble problem={status.problem} />}
      {status.data && <Hub status={status.data} />}
      {health.data && health.data.sources.length === 0 && <Empty title="No source has sent anything yet"><p><code>agent doctor</code> finds out why.</p></Empty>}
      {health.data && health.data.sources.length > 0 && <Sources health={health.data} />}
      <section class="card">
        <h2>On the machines that send</h2>
        <ul class="words">
          <li><code>agent status</code> what the agent does, and what it waits for</li>
          <li><code>agent sources</code> what is watched, what each saw last, and why one sees nothing</li>
          <li><code>agent queue status</code> what waits for which destination; <code>agent queue flush</code> sends it now</li>
          <li><code>agent doctor</code> looks for what is wrong, and says what to do</li>
        </ul>
      </section>
    </>
  );
}

function Hub({ status }: { status: Status }) {
  const up = (Date.parse(status.now) - Date.parse(status.started)) / 1000;
  const missing = status.sources.reduce((sum, source) => sum + source.missing_batches, 0);
  const cards: [string, string, string][] = [
    ["Hub", status.version, `up since ${moment(status.started)}${up < 60 ? ", just now" : ""}`],
    ["Heartbeats", count(status.sources.reduce((sum, source) => sum + source.heartbeats, 0)), plural(status.sources.length, "source")],
    ["Missing batches", count(missing), missing === 0 ? "all that was sent is here" : "sent, and not arrived yet"],
  ];
  return <div class="cards">{cards.map(([label, figure, note]) => <section key={label} class="card figure"><h2>{label}</h2><p class="big">{figure}</p><p class="soft delta">{note}</p></section>)}</div>;
}

function Sources({ health }: { health: SourcesHealth }) {
  return (
    <section class="card">
      <h2>Sources</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Sources">
        <table class="plain" data-twin="sources">
          <caption class="unseen">Sources</caption>
          <thead><tr><th scope="col">Source</th><th scope="col" class="text">State</th><th scope="col">Last received</th><th scope="col">Newest heartbeat</th><th scope="col">Heartbeats</th><th scope="col">Missing batches</th><th scope="col">Breaks in the chain</th></tr></thead>
          <tbody>
            {health.sources.map((source) => (
              <tr key={source.source}>
                <th scope="row" class="wrap"><bdi>{source.source}</bdi></th>
                <td class="text"><span class={`state ${source.state}`}>{STATES[source.state ?? "idle"]}</span></td>
                <td title={moment(source.last_received)}>{ago(source.silent_seconds ?? 0)}</td>
                <td>{moment(source.last_time)}</td>
                <td>{count(source.heartbeats)}</td>
                <td>{count(source.missing_batches)}</td>
                <td>{count(source.chain_breaks)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="note">A source that is silent may simply rest. Missing batches are numbers that never came; a break is a batch whose forerunner is another one than that which came before it.</p>
    </section>
  );
}
