// What Vigil got wrong, put right: projects renamed, merged, hidden or ignored, spans given to a project. Nothing stored
// is changed, so all of it can be undone. A hub that knows no corrections answers 404, and the page shows none of this.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { ask, change, grouped, Refusal, statsPath, type Correction, type Stats } from "../api";
import { forgetAnswers, useAnswer } from "../answers";
import { moment } from "../days";
import { newsOfAll } from "../live";
import { go, here, param } from "../place";
import { Drawer } from "./drawer";
import { Trouble } from "./trouble";

const PATH = "/api/v1/corrections";

interface Known { items: Correction[] | null; problem: Refusal | null }
const known = signal<Known | null>(null);
let askedAt = -1;

function load(): Promise<void> {
  return ask<{ items: Correction[] }>(PATH).then(
    ({ items }) => { known.value = { items, problem: null }; },
    (error: unknown) => { known.value = { items: null, problem: error instanceof Refusal && error.kind === "refused" ? error : null }; });
}

/** Those in force, newest first, asked for once and when there is news; no items where the hub knows none. */
export function useCorrections(): Known {
  const news = newsOfAll.value;
  useEffect(() => {
    if (askedAt === news) return;
    askedAt = news;
    void load();
  }, [news]);
  return known.value ?? { items: null, problem: null };
}

export function CorrectLink({ project, label }: { project: string; label?: string }) {
  const { items } = useCorrections();
  if (!items) return null;
  return <a class={label ? "button" : "quiet-link"} href={here({ correct: project })} aria-label={`Correct ${project}`}>{label ?? "Correct"}</a>;
}

export function correctionText(item: Correction): string {
  switch (item.kind) {
    case "rename": return `${item.project} is counted as ${item.to}`;
    case "hide": return `${item.project} is hidden`;
    case "ignore": return `${item.project} is ignored`;
    case "assign": return `${moment(item.from!)} to ${moment(item.until!)}${item.project ? `, so far ${item.project},` : ""} is counted as ${item.to}`;
  }
}

const undoable = signal<Correction | null>(null);
const UNDO_MS = 12_000;

async function correct(body: object): Promise<void> {
  const made = await change<Correction>("POST", PATH, body);
  forgetAnswers();
  undoable.value = made;
}

export async function undo(id: number): Promise<void> {
  await change("DELETE", `${PATH}/${id}`);
  if (undoable.value?.id === id) undoable.value = null;
  forgetAnswers();
}

/** What was just done, and the way back, for a while. */
export function Undo() {
  const made = undoable.value;
  useEffect(() => {
    if (!made) return;
    const timer = setTimeout(() => { undoable.value = null; }, UNDO_MS);
    return () => clearTimeout(timer);
  }, [made]);
  return <div class="toast-place" role="status">{made && <p class="toast">{correctionText(made)}. <button type="button" onClick={() => void undo(made.id)}>Undo</button></p>}</div>;
}

/** Shown when the address names a project or a span to correct. */
export function CorrectDrawer() {
  const [project, span] = [param("correct"), param("assign")];
  if (project !== null) return <CorrectProject key={project} project={project} />;
  const [from, until] = (span ?? "").split("/");
  return from && until ? <AssignSpan key={span} from={from} until={until} /> : null;
}

const close = () => go(here({ correct: null, assign: null }));

/** Sends a correction; what the hub says against it is shown. */
function useSending() {
  const [problem, setProblem] = useState<Refusal | null>(null);
  const send = async (body: object) => {
    try {
      await correct(body);
      close();
    } catch (error) {
      setProblem(error instanceof Refusal ? error : new Refusal("refused", String(error)));
    }
  };
  return { problem, send };
}

function ProjectNames() {
  const { data } = useAnswer<Stats>(statsPath({ text: "last_year", from: null, to: null }, [], { by: "project" }), "still");
  const names = data ? [...grouped(data.items, "project").keys()].filter((name) => name !== null) : [];
  return <datalist id="project-names">{names.map((name) => <option key={name} value={name!} />)}</datalist>;
}

function CorrectProject({ project }: { project: string }) {
  const { problem, send } = useSending();
  const [to, setTo] = useState("");
  return (
    <Drawer title={`Correct ${project}`} kind="middle" onClose={close}>
      {problem && <Trouble problem={problem} />}
      <form class="form" onSubmit={(event) => { event.preventDefault(); if (to && to !== project) void send({ kind: "rename", project, to }); }}>
        <p>Give it another name, or that of another project to put the two together.</p>
        <label>Counted as <input name="to" required list="project-names" autoComplete="off" value={to} onInput={(event) => setTo(event.currentTarget.value)} /></label>
        <ProjectNames />
        <div class="actions"><button class="primary" type="submit">Rename or merge</button></div>
      </form>
      <div class="form">
        <p>Hidden: its time counts, its name is not shown. Ignored: as if it had not been.</p>
        <div class="actions">
          <button type="button" onClick={() => void send({ kind: "hide", project })}>Hide its name</button>
          <button type="button" onClick={() => void send({ kind: "ignore", project })}>Ignore it</button>
        </div>
      </div>
      <p class="note">No heartbeat is changed. Settings list all corrections, and undo each.</p>
    </Drawer>
  );
}

function AssignSpan({ from, until }: { from: string; until: string }) {
  const { problem, send } = useSending();
  return (
    <Drawer title="Give this time to a project" kind="middle" onClose={close}>
      {problem && <Trouble problem={problem} />}
      <p>{moment(from)} to {moment(until)}</p>
      <form class="form" onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget as HTMLFormElement);
        const project = String(form.get("project"));
        void send({ kind: "assign", from, until, to: String(form.get("to")), ...(project ? { project } : {}) });
      }}>
        <label>Counted as <input name="to" required list="project-names" autoComplete="off" /></label>
        <label>Only that of <input name="project" list="project-names" autoComplete="off" placeholder="any project" /></label>
        <ProjectNames />
        <div class="actions"><button class="primary" type="submit">Assign</button></div>
      </form>
      <p class="note">No heartbeat is changed. Settings list all corrections, and undo each.</p>
    </Drawer>
  );
}
