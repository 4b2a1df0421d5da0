import { KEYS } from "../keys";
import { Drawer } from "./drawer";

export function Help({ onClose }: { onClose: () => void }) {
  return (
    <Drawer title="Keys and words" kind="middle" onClose={onClose}>
      <dl class="keys">{KEYS.map(([keys, what]) => <div key={keys}><dt>{keys.split(" ").map((key) => <kbd key={key}>{key}</kbd>)}</dt><dd>{what}</dd></div>)}</dl>
      <h3>What the colours mean</h3>
      <ul class="words">
        <li><i class="swatch human" /><strong>You</strong>: your own opening, editing, saving and prompting, over all programs, counted once.</li>
        <li><i class="swatch agent" /><strong>Agents</strong>: AI tools at work, from a prompt to the end of the answer. Waiting for you is nobody's time.</li>
        <li><i class="swatch both" /><strong>Both at once</strong>: you worked while an agent did. Active time counts it once.</li>
      </ul>
      <p class="note">Every underlined number can be asked why it is so.</p>
    </Drawer>
  );
}
