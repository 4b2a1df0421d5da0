import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { afterFirstView } from "./answers";
import { Patterns } from "./charts/patterns";
import { listenToKeys } from "./keys";
import { follow } from "./live";
import { PAGES, place, type PagePath } from "./place";
import { ExplainDrawer } from "./parts/explain";
import { Help } from "./parts/help";
import { SessionDrawer } from "./parts/session";
import { ShareDrawer } from "./parts/share";
import { Shell } from "./parts/shell";
import { Empty } from "./parts/trouble";
import { Ai } from "./pages/ai";
import { Live } from "./pages/live";
import { Project } from "./pages/project";
import { Projects } from "./pages/projects";
import { Reports } from "./pages/reports";
import { Settings } from "./pages/settings";
import { System } from "./pages/system";
import { Timeline } from "./pages/timeline";
import { Today } from "./pages/today";
import { Year } from "./pages/year";
import { CorrectDrawer, Undo } from "./parts/corrections";

const SHOWN: Record<PagePath, () => preact.JSX.Element | null> = {
  "/": Today, "/timeline": Timeline, "/projects": Projects, "/project": Project, "/ai": Ai, "/live": Live, "/year": Year,
  "/reports": Reports, "/system": System, "/settings": Settings };

function NoPage() {
  return <Empty title="There is no page at this address"><p><a href="/">Today</a> is a good start.</p></Empty>;
}

function App() {
  const [isHelping, setHelping] = useState(false);
  const path = place.value.path as PagePath;
  useEffect(() => listenToKeys(() => setHelping(true)), []);
  useEffect(() => { document.title = `${PAGES[path] ?? "Vigil"} · Vigil`; }, [path]);
  const Page = SHOWN[path] ?? NoPage;
  return (
    <>
      <Patterns />
      <Shell onHelp={() => setHelping(true)}><Page key={path} /></Shell>
      <ExplainDrawer />
      <SessionDrawer />
      <ShareDrawer />
      <CorrectDrawer />
      <Undo />
      {isHelping && <Help onClose={() => setHelping(false)} />}
    </>
  );
}

const root = document.getElementById("app")!;
root.replaceChildren();
render(<App />, root);
// The stream opens when the first view stands: what that needs goes before.
afterFirstView(follow);
