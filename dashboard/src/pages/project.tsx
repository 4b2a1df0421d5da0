import { grouped, keyOf, statsPath, type Stats } from "../api";
import { useAnswer } from "../answers";
import { Bars, ranked } from "../charts/bars";
import { ChartFigure } from "../charts/figure";
import { keysOf, titleOf, unitOf } from "../charts/periods";
import { Spark } from "../charts/spark";
import { WhoColumns } from "../charts/who_columns";
import { includesToday, rangeName } from "../days";
import { compact, count, duration, percent } from "../format";
import { filters, isComparing, param, range, there, type Filter } from "../place";
import { ShareBar, TimeCard } from "../parts/cards";
import { CorrectLink } from "../parts/corrections";
import { Nothing } from "../parts/nothing";
import { ShareLink } from "../parts/share";
import { PageHead } from "../parts/shell";
import { Empty, Trouble } from "../parts/trouble";

export function Project() {
  const name = param("name");
  if (name === null) return <Empty title="Which project?"><p><a href={there("/projects")}>All projects</a></p></Empty>;
  return <Of key={name} name={name} />;
}

function Of({ name }: { name: string }) {
  const asked = range.value;
  const unit = unitOf(asked);
  const live = includesToday(asked) ? "live" : "still";
  const own: Filter = { dimension: "project", key: name };
  const all = [...filters.value.filter((each) => each.dimension !== "project"), own];
  const compare = isComparing.value && asked.from ? "previous" : undefined;
  const time = useAnswer<Stats>(statsPath(asked, all, { by: unit, compare }), live);
  const parts = useAnswer<Stats>(statsPath(asked, all, { by: "language,app,model", compare }), live);
  const branches = useAnswer<Stats>(statsPath(asked, all, { by: "branch", compare }), live);
  const files = useAnswer<Stats>(statsPath(asked, all, { by: "entity", compare, entity_type: "file" }), live);
  const of = (answer: Stats, dimension: string) => ranked(grouped(answer.items, dimension), answer.previous && grouped(answer.previous.items, dimension));
  const compares = compare !== undefined;
  return (
    <>
      <PageHead title={name} sub={`Project, ${rangeName(asked).toLowerCase()}`} compare><CorrectLink project={name} label="Correct" /><ShareLink template="project" /></PageHead>
      {time.problem && <Trouble problem={time.problem} />}
      {time.data && time.data.total.heartbeats === 0 && <Nothing />}
      {time.data && time.data.total.heartbeats > 0 && (
        <>
          <div class="cards">
            <TimeCard name="active" label="Active" seconds={time.data.total.seconds} filter={own}><ShareBar figures={time.data.total} /></TimeCard>
            <TimeCard name="human" label="You" swatch="human" seconds={time.data.total.human_seconds} filter={own} />
            <TimeCard name="agent" label="Agents" swatch="agent" seconds={time.data.total.agent_seconds} filter={own} />
            <section class="card figure"><h2>Model output</h2><p class="big">{compact(time.data.total.tokens.output)}</p><p class="soft delta">tokens, of {count(time.data.total.heartbeats)} heartbeats</p></section>
          </div>
          {!time.isOld && <WhoColumns name="time" title="Time" answer={time.data} unit={unit} what={`Time on ${name}`} />}
          {!time.isOld && <Ratio answer={time.data} />}
          <div class="columns">
            {branches.data && <Bars name="branches" title="Branches" dimension="branch" rows={of(branches.data, "branch")} compares={compares} />}
            {files.data && <Bars name="files" title="Files" dimension="entity" rows={of(files.data, "entity")} compares={compares} />}
            {parts.data && <Bars name="languages" title="Languages" dimension="language" rows={of(parts.data, "language")} compares={compares} />}
            {parts.data && <Bars name="apps" title="Editors and tools" dimension="app" rows={of(parts.data, "app")} compares={compares} />}
            {parts.data && <Bars name="models" title="Models" dimension="model" rows={of(parts.data, "model").filter((row) => row.key !== null)} compares={compares} />}
          </div>
        </>
      )}
    </>
  );
}

/** Which part of the time was the agents', as a line. */
function Ratio({ answer }: { answer: Stats }) {
  const unit = unitOf(range.value);
  const known = new Map(answer.items.map((item) => [keyOf(item, unit), item]));
  const shares = keysOf(unit, answer).map((key) => ({ key, item: known.get(key) })).filter(({ item }) => item && item.seconds > 0)
    .map(({ key, item }) => ({ key, item: item!, share: item!.agent_seconds / (item!.human_seconds + item!.agent_seconds || 1) }));
  if (shares.length < 2) return null;
  const rows = shares.map(({ key, item }) => [titleOf(unit, key), percent(item.agent_seconds, item.human_seconds + item.agent_seconds), duration(item.human_seconds), duration(item.agent_seconds)]);
  return (
    <ChartFigure name="ratio" title="The agents' share" table={{ head: ["When", "Agents' share", "You", "Agents"], rows }}
      note={`From ${percent(Math.min(...shares.map((each) => each.share)), 1)} to ${percent(Math.max(...shares.map((each) => each.share)), 1)}; days without activity are left out.`}>
      <Spark values={shares.map((each) => each.share)} most={1} swatch="agent" height={64} label={`The agents' share of the time, last ${percent(shares.at(-1)!.share, 1)}`} />
    </ChartFigure>
  );
}
