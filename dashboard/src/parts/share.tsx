// A picture to show to others: the hub draws it, from the same numbers.
import { useState } from "preact/hooks";
import { question } from "../api";
import { rangeDates } from "../days";
import { filters, go, here, param, range } from "../place";
import { theme } from "../theme";
import { Drawer } from "./drawer";

const TEMPLATES = { week: "Projects and languages, a bar a day", year: "The same, a square a day", ai: "Tools and models", project: "One project" } as const;
type Template = keyof typeof TEMPLATES;
const REDACTIONS: Record<string, string> = { nothing: "as they are", names: "numbered", all: "left out" };

export function ShareLink({ template }: { template: Template }) {
  return <a class="button" href={here({ share: template })}>Share</a>;
}

/** Shown when the address asks for a picture. */
export function ShareDrawer() {
  const template = param("share");
  return template !== null && Object.hasOwn(TEMPLATES, template) ? <Share template={template as Template} /> : null;
}

function Share({ template }: { template: Template }) {
  const [redact, setRedact] = useState("nothing");
  const [title, setTitle] = useState("");
  const [look, setLook] = useState(theme.value === "dark" || (theme.value === "system" && matchMedia("(prefers-color-scheme: dark)").matches) ? "dark" : "light");
  const [problem, setProblem] = useState("");
  const path = (format: string, scale = "1") => {
    const project = template === "project" && param("name") !== null ? [{ dimension: "project", key: param("name")! }] : [];
    return `/api/v1/export/image?${question(range.value, [...filters.value, ...project], { template, theme: look, redact, title: title || null, format, scale })}`;
  };
  const copy = async () => {
    try {
      await navigator.clipboard.write([new ClipboardItem({ "image/png": fetch(path("png", "2")).then((answer) => answer.blob()) })]);
      setProblem("Copied.");
    } catch {
      setProblem("The browser allows no copying here.");
    }
  };
  const name = `vigil-${range.value.text}`;
  return (
    <Drawer title="Share a picture" kind="wide" onClose={() => go(here({ share: null }))}>
      <p class="soft">{rangeDates(range.value)}</p>
      <img class="card-picture" width="1200" height="630" src={path("png")} alt={`${TEMPLATES[template]}, ${rangeDates(range.value)}`} onLoad={() => setProblem("")} onError={() => setProblem("This hub cannot draw pictures: it lacks libpangocairo. SVG may still do.")} />
      <p role="status" class="note">{problem}</p>
      <div class="form two">
        <label>Shows <select value={template} onChange={(event) => go(here({ share: event.currentTarget.value }), "replace")}>{Object.entries(TEMPLATES).filter(([key]) => key !== "project" || param("name") !== null).map(([key, text]) => <option key={key} value={key}>{text}</option>)}</select></label>
        <label>Names <select value={redact} onChange={(event) => setRedact(event.currentTarget.value)}>{Object.entries(REDACTIONS).map(([key, text]) => <option key={key} value={key}>{text}</option>)}</select></label>
        <label>Title <input value={title} maxLength={64} placeholder="usual" onChange={(event) => setTitle(event.currentTarget.value)} /></label>
        <label>Theme <select value={look} onChange={(event) => setLook(event.currentTarget.value)}><option value="light">light</option><option value="dark">dark</option></select></label>
      </div>
      <div class="tools">
        <a class="button" href={path("png", "2")} download={`${name}.png`}>PNG</a>
        <a class="button" href={path("svg")} download={`${name}.svg`}>SVG</a>
        <button type="button" onClick={() => void copy()}>Copy</button>
      </div>
      <p class="note">The picture is made on this machine and goes nowhere unless you send it.</p>
    </Drawer>
  );
}
