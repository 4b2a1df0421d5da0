// Stretches of time on their own: put together and measured.
import type { Lane } from "./api";

export interface Stretch { from: number; to: number }

/** Overlapping and touching ones made one, in order. */
export function united(stretches: readonly Stretch[]): Stretch[] {
  const sorted = [...stretches].sort((a, b) => a.from - b.from);
  const made: Stretch[] = [];
  for (const { from, to } of sorted) {
    const last = made.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else made.push({ from, to });
  }
  return made;
}

export const stretchesOf = (lanes: readonly Lane[]): Stretch[] =>
  lanes.flatMap((lane) => lane.intervals.map((each) => ({ from: Date.parse(each.begin), to: Date.parse(each.end) })));

/** Your own unbroken work of 25 minutes and more. */
export const FOCUS_MS = 25 * 60_000;
export const focusBlocks = (lanes: readonly Lane[]): Stretch[] =>
  united(stretchesOf(lanes.filter((lane) => lane.actor === "human"))).filter(({ from, to }) => to - from >= FOCUS_MS);
