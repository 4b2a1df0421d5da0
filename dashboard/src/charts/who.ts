// The layers in which every chart shows time: you alone, both at once, agents alone.
import type { Figures } from "../api";
import { duration } from "../format";

export interface Layer { swatch: string; height: number }

/** Parts of `seconds` from the bottom. Where the overlap is not known (a filter holds), its time is divided. */
export function whoLayers(figures: Figures): Layer[] {
  const { seconds, human_seconds: human, agent_seconds: agent, overlap_seconds: overlap } = figures;
  if (overlap !== undefined) {
    return [
      { swatch: "human", height: Math.max(0, human - overlap) },
      { swatch: "both", height: overlap },
      { swatch: "agent", height: Math.max(0, agent - overlap) },
    ];
  }
  const shares = human + agent || 1;
  return [{ swatch: "human", height: (seconds * human) / shares }, { swatch: "agent", height: (seconds * agent) / shares }];
}

export function whoLines(figures: Figures): string[] {
  const lines = [`${duration(figures.seconds)} active`, `you ${duration(figures.human_seconds)}`, `agents ${duration(figures.agent_seconds)}`];
  if (figures.overlap_seconds) lines.push(`both at once ${duration(figures.overlap_seconds)}`);
  return lines;
}

/** The same as cells of a table. */
export const WHO_HEAD = ["Active", "You", "Agents", "Both at once", "Heartbeats"] as const;
export function whoCells(figures: Figures): (string | number)[] {
  const overlap = figures.overlap_seconds === undefined ? "–" : duration(figures.overlap_seconds);
  return [duration(figures.seconds), duration(figures.human_seconds), duration(figures.agent_seconds), overlap, figures.heartbeats];
}
