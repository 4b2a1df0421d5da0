// A page without figures says why, and where there are some.
import type { Status } from "../api";
import { useAnswer } from "../answers";
import { dayName, dayOf, isOneDay, today } from "../days";
import { filters, here, range } from "../place";
import { Empty } from "./trouble";

export function Nothing({ what = "Nothing was recorded" }: { what?: string }) {
  const { data } = useAnswer<Status>("/api/v1/status");
  if (!data) return null;
  const last = data.sources.reduce((latest, source) => (source.last_time > latest ? source.last_time : latest), "");
  if (last === "") {
    return (
      <Empty title="No heartbeat has come in yet">
        <p>Vigil sees Claude Code, Codex and editors from the outside: work in one of them, and it appears here.</p>
        <p><code>agent sources</code> lists what is watched, and says of each why it sees nothing.</p>
      </Empty>
    );
  }
  if (filters.value.length > 0) {
    return <Empty title="Nothing fits the filter"><p><a href={here({ f: null })}>Show everything</a> of these days.</p></Empty>;
  }
  const day = dayOf(new Date(last));
  const where = range.value.text === "today" ? "yet today" : isOneDay(range.value) ? "on this day" : "in these days";
  return (
    <Empty title={`${what} ${where}`}>
      {range.value.text === "today" && <p>What happens from now on appears here by itself.</p>}
      <p><a class="button" href={here({ range: day === today() ? "today" : day })}>Show {dayName(day)}</a></p>
    </Empty>
  );
}
