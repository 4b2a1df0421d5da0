import { useState } from "preact/hooks";
import { statsPath, type Setting, type Stats } from "../api";
import { useAnswer } from "../answers";
import { moment, zone } from "../days";
import { correctionText, undo, useCorrections } from "../parts/corrections";
import { PageHead } from "../parts/shell";
import { Trouble } from "../parts/trouble";
import { setTheme, THEMES, theme } from "../theme";
import { duration } from "../format";

export function Settings() {
  const { data, problem } = useAnswer<{ items: Setting[] }>("/api/v1/settings", "still");
  return (
    <>
      <PageHead title="Settings" days="none" filter={false} />
      <Appearance />
      <Method />
      <Corrections />
      {problem && problem.kind !== "missing" && <Trouble problem={problem} />}
      {data ? <SettingTable items={data.items} /> : <Commands />}
    </>
  );
}

function Appearance() {
  return (
    <section class="card">
      <h2>Theme</h2>
      <p class="note">Kept in this browser.</p>
      <div class="tools" role="group" aria-label="Theme">
        {THEMES.map((each) => <button key={each} type="button" aria-pressed={theme.value === each} onClick={() => setTheme(each)}>{{ system: "As the system", light: "Light", dark: "Dark" }[each]}</button>)}
      </div>
    </section>
  );
}

/** By which rules this hub counts, as its answers say. */
function Method() {
  const { data } = useAnswer<Stats>(statsPath({ text: "today", from: null, to: null }, [], { by: "actor" }), "still");
  if (!data) return null;
  const { method } = data;
  return (
    <section class="card">
      <h2>How time is counted</h2>
      <dl class="facts">
        <div><dt>A gap is a break from</dt><dd>{duration(method.timeout_seconds)}</dd></div>
        {method.agent_gap_seconds !== null && <div><dt>An agent's silence ends its turn after</dt><dd>{duration(method.agent_gap_seconds)}</dd></div>}
        <div><dt>Rules</dt><dd>{method.preset}</dd></div>
        <div><dt>Days begin in</dt><dd>{zone}</dd></div>
      </dl>
    </section>
  );
}

function Corrections() {
  const { items, problem } = useCorrections();
  const [failed, setFailed] = useState("");
  if (problem) return <Trouble problem={problem} />;
  if (!items) return null;
  return (
    <section class="card" data-corrections>
      <h2>Corrections</h2>
      {failed && <p class="trouble" role="alert">{failed}</p>}
      {items.length === 0 ? <p class="quiet">None. Projects can be renamed, merged, hidden and ignored where they are listed; a stretch of time is given to a project on Timeline.</p> : (
        <table class="plain">
          <thead><tr><th scope="col">What</th><th scope="col">Made</th><th scope="col"><span class="unseen">Undo</span></th></tr></thead>
          <tbody>{items.map((item) => <tr key={item.id} data-correction={item.id}><th scope="row" class="wrap"><bdi>{correctionText(item)}</bdi></th><td>{moment(item.made_at)}</td><td><button type="button" onClick={() => undo(item.id).catch((error: Error) => setFailed(error.message))}>Undo</button></td></tr>)}</tbody>
        </table>
      )}
    </section>
  );
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) return "–";
  if (Array.isArray(value)) return value.map(String).join(", ");
  return typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
}

/** What somebody has set stands in front; the rest can be opened. */
function SettingTable({ items }: { items: Setting[] }) {
  const chosen = items.filter((item) => item.set_by !== "default");
  const usual = items.filter((item) => item.set_by === "default");
  return (
    <section class="card">
      <h2>Settings of the agent</h2>
      <p class="note">This page changes none of them: the command that does stands beside each.</p>
      {chosen.length > 0 ? <SettingRows items={chosen} label="Settings that were chosen" /> : <p class="quiet">All are as they come.</p>}
      <details>
        <summary>{chosen.length > 0 ? `${usual.length} others, as they come` : `All ${usual.length}`}</summary>
        <SettingRows items={usual} label="Settings as they come" />
      </details>
    </section>
  );
}

function SettingRows({ items, label }: { items: readonly Setting[]; label: string }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table class="plain settings">
        <thead><tr><th scope="col">Setting</th><th scope="col" class="text">Value</th><th scope="col" class="text">Set by</th><th scope="col" class="text">To change it</th></tr></thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.key}>
              <th scope="row" class="wrap"><strong>{item.key}</strong><br /><span class="soft">{item.help}</span></th>
              <td class="text wrap"><bdi>{shown(item.value)}</bdi>{shown(item.value) !== shown(item.default) && <span class="soft"> (usually {shown(item.default)})</span>}</td>
              <td class="text">{item.set_by}</td>
              <td class="text wrap"><code>{item.command}</code></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Commands() {
  return (
    <section class="card">
      <h2>Settings of the agent</h2>
      <ul class="words">
        <li><code>agent config list</code> every setting, its value, and where that comes from</li>
        <li><code>agent config set KEY VALUE</code> changes one</li>
        <li><code>agent pause 30min</code> records nothing for a while</li>
        <li><code>agent privacy preview FILE</code> shows the exact bytes that each destination would get</li>
        <li><code>agent hub token new NAME</code> lets somebody else read</li>
      </ul>
    </section>
  );
}
