import { allTokens, grouped, statsPath, type Stats } from "../api";
import { useAnswer } from "../answers";
import { ranked, type BarRow } from "../charts/bars";
import { Stacks } from "../charts/stacks";
import { unitOf } from "../charts/periods";
import { includesToday, rangeName } from "../days";
import { compact, count, difference, duration, keyName, own, percent, plural } from "../format";
import { filters, here, isComparing, param, range, there } from "../place";
import { CorrectLink, useCorrections } from "../parts/corrections";
import { Nothing } from "../parts/nothing";
import { PageHead } from "../parts/shell";
import { Trouble } from "../parts/trouble";
import { Why } from "../parts/why";

const SORTS: Record<string, readonly [label: string, value: (row: BarRow) => number | string]> = {
  name: ["Project", (row) => (row.key ?? "").toLowerCase()],
  time: ["Active", (row) => -row.figures.seconds],
  you: ["You", (row) => -row.figures.human_seconds],
  agents: ["Agents", (row) => -row.figures.agent_seconds],
  tokens: ["Tokens", (row) => -allTokens(row.figures.tokens)],
  beats: ["Heartbeats", (row) => -row.figures.heartbeats],
};

function sorted(rows: BarRow[]): BarRow[] {
  const value = (own(SORTS, param("sort") ?? "time") ?? SORTS.time!)[1];
  return [...rows].sort((a, b) => (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0));
}

export function Projects() {
  const asked = range.value;
  const unit = unitOf(asked);
  const compare = isComparing.value && asked.from ? "previous" : undefined;
  const { data, problem, isOld } = useAnswer<Stats>(statsPath(asked, filters.value, { by: `project,${unit}`, compare }), includesToday(asked) ? "live" : "still");
  const rows = data ? ranked(grouped(data.items, "project"), data.previous && grouped(data.previous.items, "project")) : [];
  return (
    <>
      <PageHead title="Projects" sub={data ? `${plural(rows.filter((row) => row.key !== null).length, "project")}, ${rangeName(asked).toLowerCase()}` : undefined} compare />
      {problem && <Trouble problem={problem} />}
      {data && rows.length === 0 && <Nothing />}
      {data && rows.length > 0 && (
        <>
          {!isOld && <Stacks name="project-time" title="Time by project" answer={data} dimension="project" unit={unit} />}
          <ProjectTable rows={sorted(rows)} whole={data.total.seconds} compares={data.previous !== undefined} />
        </>
      )}
    </>
  );
}

function ProjectTable({ rows, whole, compares }: { rows: BarRow[]; whole: number; compares: boolean }) {
  const sort = param("sort") ?? "time";
  const canCorrect = useCorrections().items !== null;
  return (
    <section class="card">
      <div class="scroll" tabIndex={0} role="region" aria-label="All projects">
        <table class="plain" data-twin="projects">
          <caption class="unseen">All projects</caption>
          <thead>
            <tr>
              {Object.entries(SORTS).map(([key, [label]]) => (
                <th scope="col" key={key} aria-sort={sort === key ? (key === "name" ? "ascending" : "descending") : undefined}>
                  <a class="sort" href={here({ sort: key === "time" ? null : key })}>{label}{sort === key && <span aria-hidden="true"> ↓</span>}</a>
                </th>
              ))}
              <th scope="col">{compares ? "Difference" : "Share"}</th>
              {canCorrect && <th scope="col"><span class="unseen">Correct</span></th>}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, figures, before }) => (
              <tr key={key ?? ""} data-key={key ?? ""}>
                <th scope="row" class="wrap">{key === null ? <span class="soft">{keyName("project", null)}</span> : <a href={there("/project", { name: key })}><bdi>{key}</bdi></a>}</th>
                <td data-seconds={figures.seconds}><Why filter={{ dimension: "project", key: key ?? "" }} what={keyName("project", key)}>{duration(figures.seconds)}</Why></td>
                <td>{duration(figures.human_seconds)}</td>
                <td>{duration(figures.agent_seconds)}</td>
                <td>{compact(allTokens(figures.tokens))}</td>
                <td>{count(figures.heartbeats)}</td>
                <td>{compares ? difference(figures.seconds - (before?.seconds ?? 0)) : percent(figures.seconds, whole)}</td>
                {canCorrect && <td>{key !== null && <CorrectLink project={key} />}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="note">Where several things went on at once, Active gives each its share, so that the parts add up; You and Agents count each in full.</p>
    </section>
  );
}
