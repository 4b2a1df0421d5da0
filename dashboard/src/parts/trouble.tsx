// What is wrong, in words, with what to do about it.
import type { ComponentChildren } from "preact";
import type { Refusal } from "../api";
import { link } from "../live";

export function Trouble({ problem }: { problem: Refusal }) {
  // The banner at the top says it already.
  if (problem.kind === "gone" || problem.kind === "signed_out") return <p class="quiet">Waiting for the hub.</p>;
  return <p class="trouble" role="alert">{problem.message}</p>;
}

export function Banner() {
  if (link.value === "lost") {
    return (
      <p class="banner" role="alert" data-banner="lost">
        <strong>The hub does not answer.</strong> Is the agent running? <code>agent status</code> tells, <code>agent run</code> starts it. Trying again every two seconds.
      </p>
    );
  }
  if (link.value === "signed_out") {
    return <p class="banner" role="alert" data-banner="signed_out"><strong>Signed out.</strong> Run <code>agent open</code> on this machine: it gives a new link.</p>;
  }
  return null;
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return <div class="card empty"><h2>{title}</h2>{children}</div>;
}
