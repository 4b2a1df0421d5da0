// AI tools: time, sessions, tokens and what they would cost at list prices.
import { allTokens, grouped, keyOf, question, statsPath, type Figures, type Session, type Sessions, type Stats, type Tokens } from "../api";
import { useAnswer } from "../answers";
import { Bars, ranked } from "../charts/bars";
import { DataTable } from "../charts/figure";
import { keysOf, titleOf, unitOf, type Unit } from "../charts/periods";
import { Spark } from "../charts/spark";
import { swatchesOf } from "../charts/palette";
import { includesToday, moment, rangeDates } from "../days";
import { compact, count, DIMENSIONS, duration, keyName, plural } from "../format";
import { filters, here, param, range, type Filter } from "../place";
import { TimeCard } from "../parts/cards";
import { Nothing } from "../parts/nothing";
import { costText, priceNote, sessionHref } from "../parts/session";
import { ShareLink } from "../parts/share";
import { PageHead } from "../parts/shell";
import { Trouble } from "../parts/trouble";
import { Why } from "../parts/why";

const AGENT: Filter = { dimension: "actor", key: "agent" };
const KINDS = [["input", "Input"], ["cache_read", "Cache read"], ["cache_write", "Cache write"], ["output", "Output"]] as const;

export function Ai() {
  const asked = range.value;
  const unit = unitOf(asked);
  const live = includesToday(asked) ? "live" : "still";
  const stats = useAnswer<Stats>(statsPath(asked, [...filters.value, AGENT], { by: `app,model,${unit}` }), live);
  const kinds = useAnswer<Stats>(statsPath(asked, [...filters.value, AGENT], { by: "tool_class" }), live);
  const sessions = useAnswer<Sessions>(`/api/v1/sessions?${question(asked, filters.value, { limit: "100" })}`, live);
  const problem = stats.problem ?? sessions.problem;
  const isEmpty = stats.data && stats.data.total.heartbeats === 0;
  return (
    <>
      <PageHead title="AI" sub={rangeDates(asked)}><ShareLink template="ai" /></PageHead>
      {problem && <Trouble problem={problem} />}
      {isEmpty && <Nothing what="No AI tool was at work" />}
      {stats.data && !isEmpty && (
        <>
          <Cards total={stats.data.total} sessions={sessions.data} />
          {!stats.isOld && <Models answer={stats.data} unit={unit} />}
          <div class="columns">
            <Bars name="apps" title="Tools" dimension="app" measure={(figures) => figures.agent_seconds} rows={ranked(grouped(stats.data.items, "app")).filter((row) => row.key !== null)} />
            {kinds.data && <Calls answer={kinds.data} />}
          </div>
          {sessions.data && <SessionTable answer={sessions.data} />}
        </>
      )}
    </>
  );
}

function Cards({ total, sessions }: { total: Figures; sessions: Sessions | null }) {
  return (
    <div class="cards">
      <TimeCard name="agent" label="Agents at work" swatch="agent" seconds={total.agent_seconds} filter={AGENT} />
      <section class="card figure"><h2>Sessions</h2><p class="big">{sessions ? count(sessions.count) : "–"}</p></section>
      <section class="card figure"><h2>Tokens</h2><p class="big">{compact(allTokens(total.tokens))}</p><p class="soft delta">{compact(total.tokens.output)} of them written</p></section>
      {sessions && (
        <section class="card figure" data-cost={sessions.estimated_cost_usd}>
          <h2>Estimated cost</h2>
          <p class="big">{costText(sessions.estimated_cost_usd, sessions.unpriced_models)}</p>
          <p class="soft delta">{priceNote(sessions.prices_as_of)}{sessions.unpriced_models.length > 0 && ` No price for ${sessions.unpriced_models.join(", ")}.`}</p>
        </section>
      )}
    </div>
  );
}

/** A small chart for each model, over the same time and up to the same height, and their tokens by kind. */
function Models({ answer, unit }: { answer: Stats; unit: Unit }) {
  const models = [...grouped(answer.items, "model")].filter(([model]) => model !== null).sort((a, b) => allTokens(b[1].tokens) - allTokens(a[1].tokens)) as [string, Figures][];
  const keys = keysOf(unit, answer);
  const series = (model: string) => keys.map((key) => answer.items.filter((item) => item.model === model && keyOf(item, unit) === key).reduce((sum, item) => sum + item.tokens.output, 0));
  const shown = models.slice(0, 7).map(([model, figures]) => ({ model, figures, values: series(model) }));
  const most = Math.max(1, ...shown.flatMap((each) => each.values));
  const swatches = swatchesOf(shown.map((each) => each.model));
  const isOpen = (param("table") ?? "").split(",").includes("model-time");
  const rows = shown.flatMap(({ model, values }) => keys.flatMap((key, i) => (values[i]! > 0 ? [[model, titleOf(unit, key), values[i]!]] : [])));
  return (
    <figure class="card chart" data-chart="models">
      <figcaption>
        <h2>Models</h2>
        <span class="note">tokens written by {DIMENSIONS[unit]!.toLowerCase()}, up to {compact(most)}</span>
        <a class="quiet-link" role="button" aria-pressed={isOpen} href={here({ table: isOpen ? null : "model-time" })}>{isOpen ? "Hide table" : "Table"}<span class="unseen">: models over time</span></a>
      </figcaption>
      <div class="multiples">
        {shown.map(({ model, figures, values }) => (
          <div key={model}>
            <h3><i class={`swatch ${swatches.get(model)}`} /><bdi>{model}</bdi></h3>
            <Spark values={values} most={most} swatch={swatches.get(model)!} height={48} label={`${model}: ${count(figures.tokens.output)} tokens written, by ${unit}`} />
          </div>
        ))}
      </div>
      {isOpen && <DataTable name="model-time" title="Tokens written by model" table={{ head: ["Model", DIMENSIONS[unit]!, "Tokens written"], rows }} />}
      <div class="scroll" tabIndex={0} role="region" aria-label="Tokens by model">
        <table class="plain" data-twin="models">
          <caption class="unseen">Tokens by model</caption>
          <thead><tr><th scope="col">Model</th>{KINDS.map(([, label]) => <th scope="col" key={label}>{label}</th>)}<th scope="col">At work</th></tr></thead>
          <tbody>
            {models.map(([model, figures]) => (
              <tr key={model} data-key={model}>
                <th scope="row" class="wrap"><bdi>{model}</bdi></th>
                {KINDS.map(([kind]) => <td key={kind} data-tokens={figures.tokens[kind as keyof Tokens]}>{compact(figures.tokens[kind as keyof Tokens])}</td>)}
                <td><Why filter={{ dimension: "model", key: model }} what={model}>{duration(figures.agent_seconds)}</Why></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

function Calls({ answer }: { answer: Stats }) {
  const rows = [...grouped(answer.items, "tool_class")].filter(([kind]) => kind !== null).sort((a, b) => b[1].heartbeats - a[1].heartbeats);
  const most = Math.max(1, ...rows.map(([, figures]) => figures.heartbeats));
  return (
    <figure class="card chart" data-chart="calls">
      <figcaption><h2 id="calls-title">Tool calls</h2></figcaption>
      <table class="bars" data-twin="calls" aria-labelledby="calls-title">
        <colgroup><col /><col class="amount" /></colgroup>
        <thead class="unseen"><tr><th scope="col">Kind</th><th scope="col">Calls</th></tr></thead>
        <tbody>
          {rows.map(([kind, figures]) => (
            <tr key={kind}>
              <th scope="row">{keyName("tool_class", kind)}<svg class="split" width="100%" height="6" aria-hidden="true"><rect class="track" width="100%" height="6" rx="3" /><rect class="fill agent" width={`${(100 * figures.heartbeats) / most}%`} height="6" rx="2" /></svg></th>
              <td class="number">{count(figures.heartbeats)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

function SessionTable({ answer }: { answer: Sessions }) {
  const shown = param("all") === "sessions" ? answer.sessions : answer.sessions.slice(0, 15);
  return (
    <section class="card">
      <h2>Sessions</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Sessions">
        <table class="plain" data-twin="sessions">
          <caption class="unseen">Sessions, the last active first</caption>
          <thead><tr><th scope="col">Last active</th><th scope="col" class="text">Tool</th><th scope="col" class="text">Project</th><th scope="col">At work</th><th scope="col">Prompts</th><th scope="col">Calls</th><th scope="col">Files</th><th scope="col">Lines</th><th scope="col">Tokens</th><th scope="col">Estimated cost</th></tr></thead>
          <tbody>{shown.map((session) => <SessionRow key={session.source + session.session} session={session} />)}</tbody>
        </table>
      </div>
      {shown.length < answer.sessions.length && <p class="note"><a href={here({ all: "sessions" })}>{answer.sessions.length - shown.length} more</a></p>}
      <p class="note">{answer.count > answer.sessions.length ? `The last ${answer.sessions.length} of ${plural(answer.count, "session")}. ` : ""}{priceNote(answer.prices_as_of)}</p>
    </section>
  );
}

function SessionRow({ session }: { session: Session }) {
  const calls = Object.values(session.tools).reduce((sum, each) => sum + each, 0);
  return (
    <tr data-session={session.session}>
      <th scope="row"><a href={sessionHref(session)}>{moment(session.last).replace(/:\d\d$/, "")}</a></th>
      <td class="text">{keyName("app", session.app)}{session.parent_session && <span class="soft"> (sub-agent)</span>}</td>
      <td class="text wrap"><bdi>{session.projects.join(", ")}</bdi></td>
      <td>{duration(session.agent_seconds)}</td>
      <td>{count(session.prompts)}</td>
      <td>{count(calls)}</td>
      <td>{count(session.files)}</td>
      <td>+{count(session.lines_added)} −{count(session.lines_removed)}</td>
      <td>{compact(allTokens(session.tokens))}</td>
      <td>{costText(session.estimated_cost_usd, session.unpriced_models)}</td>
    </tr>
  );
}
