// A table to take along: by any dimension, rounded and priced as a bill wants it.
import { allTokens, keyOf, question, statsPath, type Figures, type Item, type Stats } from "../api";
import { useAnswer } from "../answers";
import { includesToday, rangeDates } from "../days";
import { compact, count, DIMENSIONS, keyName } from "../format";
import { filters, go, here, param, range } from "../place";
import { Nothing } from "../parts/nothing";
import { ShareLink } from "../parts/share";
import { PageHead } from "../parts/shell";
import { Trouble } from "../parts/trouble";
import { Why } from "../parts/why";
import { asCsv, asMarkdown, hours, rounded, type Line } from "../report_files";

const GROUPS = ["project", "day", "week", "month", "language", "app", "model", "branch", "machine", "category"] as const;
const ROUNDS: Record<string, string> = { "0": "exact", "360": "6 minutes", "900": "15 minutes", "1800": "30 minutes", "3600": "an hour" };
const COUNTS = { all: "active time", human: "your time", agent: "agents' time" } as const;

function counted(figures: Figures): number {
  const what = param("count") ?? "all";
  return what === "human" ? figures.human_seconds : what === "agent" ? figures.agent_seconds : figures.seconds;
}

function linesOf(items: readonly Item[], by: string, step: number, rate: number): Line[] {
  const isTime = ["day", "week", "month"].includes(by);
  return items
    .map((item) => {
      const seconds = rounded(counted(item), step);
      return { name: keyName(by, keyOf(item, by)), figures: item, seconds, amount: rate > 0 ? (seconds / 3600) * rate : null };
    })
    .filter((line) => line.seconds > 0)
    .sort((a, b) => (isTime ? a.name.localeCompare(b.name) : b.seconds - a.seconds));
}

export function Reports() {
  const asked = range.value;
  const by = GROUPS.find((each) => each === param("by")) ?? "project";
  const step = Number(param("round") ?? "0") || 0;
  const rate = Number(param("rate") ?? "0") || 0;
  const { data, problem, isOld } = useAnswer<Stats>(statsPath(asked, filters.value, { by }), includesToday(asked) ? "live" : "still");
  const lines = data && !isOld ? linesOf(data.items, by, step, rate) : [];
  return (
    <>
      <PageHead title="Report" sub={rangeDates(asked)}><ShareLink template="week" /></PageHead>
      <div class="card tools report-tools">
        <Choice label="By" name="by" value={by} usual="project" options={GROUPS.map((each) => [each, DIMENSIONS[each]!])} />
        <Choice label="Count" name="count" value={param("count") ?? "all"} usual="all" options={Object.entries(COUNTS)} />
        <Choice label="Round up to" name="round" value={String(step)} usual="0" options={Object.entries(ROUNDS)} />
        <label class="inline">Rate per hour <input class="narrow" type="number" min="0" step="any" value={rate || ""} placeholder="none" onChange={(event) => go(here({ rate: event.currentTarget.value || null }), "replace")} /></label>
      </div>
      {problem && <Trouble problem={problem} />}
      {data && !isOld && lines.length === 0 && <Nothing />}
      {lines.length > 0 && data && (
        <>
          <ReportTable lines={lines} by={by} rate={rate} />
          <p class="note">Rows are shares of the active time, so what overlaps is in none of them twice{step > 0 ? "; each is rounded up on its own" : ""}. Gaps under {Math.round(data.method.timeout_seconds / 60)} minutes count.</p>
          <Downloads lines={lines} by={by} />
        </>
      )}
    </>
  );
}

function Choice({ label, name, value, usual, options }: { label: string; name: string; value: string; usual: string; options: readonly (readonly [string, string])[] }) {
  return (
    <label class="inline">{label} <select name={name} value={value} onChange={(event) => go(here({ [name]: event.currentTarget.value === usual ? null : event.currentTarget.value }), "replace")}>
      {options.map(([key, text]) => <option key={key} value={key}>{text}</option>)}
    </select></label>
  );
}

const sum = (lines: readonly Line[], of: (line: Line) => number): number => lines.reduce((all, line) => all + of(line), 0);

function ReportTable({ lines, by, rate }: { lines: readonly Line[]; by: string; rate: number }) {
  return (
    <section class="card">
      <div class="scroll" tabIndex={0} role="region" aria-label="Report">
        <table class="plain" data-twin="report">
          <caption class="unseen">Report by {DIMENSIONS[by]}</caption>
          <thead><tr><th scope="col">{DIMENSIONS[by]}</th><th scope="col">Hours</th><th scope="col">You</th><th scope="col">Agents</th><th scope="col">Heartbeats</th><th scope="col">Tokens</th>{rate > 0 && <th scope="col">Amount</th>}</tr></thead>
          <tbody>
            {lines.map(({ name, figures, seconds, amount }) => (
              <tr key={name}>
                <th scope="row" class="wrap"><bdi>{name}</bdi></th>
                <td data-seconds={seconds}>{reasonFor(by, figures) ? <Why {...reasonFor(by, figures)!} what={name}>{hours(seconds)}</Why> : hours(seconds)}</td>
                <td>{hours(figures.human_seconds)}</td>
                <td>{hours(figures.agent_seconds)}</td>
                <td>{count(figures.heartbeats)}</td>
                <td>{compact(allTokens(figures.tokens))}</td>
                {amount !== null && <td>{amount.toFixed(2)}</td>}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">Total</th><td>{hours(sum(lines, (line) => line.seconds))}</td><td>{hours(sum(lines, (line) => line.figures.human_seconds))}</td><td>{hours(sum(lines, (line) => line.figures.agent_seconds))}</td>
              <td>{count(sum(lines, (line) => line.figures.heartbeats))}</td><td>{compact(sum(lines, (line) => allTokens(line.figures.tokens)))}</td>{rate > 0 && <td>{sum(lines, (line) => line.amount ?? 0).toFixed(2)}</td>}
            </tr>
          </tfoot>
        </table>
      </div>
    </section>
  );
}

/** What to ask when a row's number is asked why. */
function reasonFor(by: string, figures: Figures) {
  const key = keyOf(figures as Item, by);
  if (by === "day") return { days: key! };
  if (by === "week" || by === "month") return null;
  return { filter: { dimension: by, key: key ?? "" } };
}

function save(name: string, type: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function Downloads({ lines, by }: { lines: readonly Line[]; by: string }) {
  const name = `vigil-${range.value.text}-${by}`;
  const asJson = () => JSON.stringify(lines.map(({ name: key, seconds, amount, figures }) => ({ [by]: key, seconds, amount, human_seconds: figures.human_seconds, agent_seconds: figures.agent_seconds, heartbeats: figures.heartbeats, tokens: figures.tokens })), null, 2);
  const all = `/api/v1/export?${question(range.value, filters.value, { format: "csv" })}`;
  return (
    <div class="tools">
      <button type="button" onClick={() => save(`${name}.csv`, "text/csv", asCsv(lines, DIMENSIONS[by]!))}>CSV</button>
      <button type="button" onClick={() => save(`${name}.json`, "application/json", asJson())}>JSON</button>
      <button type="button" onClick={() => save(`${name}.md`, "text/markdown", asMarkdown(lines, DIMENSIONS[by]!))}>Markdown</button>
      <button type="button" onClick={() => print()}>Print</button>
      <a class="button" href={all} download={`vigil-${range.value.text}.csv`}>All heartbeats</a>
    </div>
  );
}
