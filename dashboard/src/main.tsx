import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Patterns } from "./charts/patterns";
import { listenToKeys } from "./keys";
import { follow } from "./live";
import { PAGES, place, type PagePath } from "./place";
import { ExplainDrawer } from "./parts/explain";
import { Help } from "./parts/help";
import { Shell } from "./parts/shell";
import { Empty } from "./parts/trouble";
import { Today } from "./pages/today";

const SHOWN: Record<PagePath, () => preact.JSX.Element | null> = { "/": Today };

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
      {isHelping && <Help onClose={() => setHelping(false)} />}
    </>
  );
}

const root = document.getElementById("app")!;
root.replaceChildren();
render(<App />, root);
// The stream opens when the first view stands: what that needs goes before.
setTimeout(follow, 100);
