// Axes of time amounts: few lines, at round values.

const STEPS = [60, 300, 600, 900, 1800, 3600, 7200, 10_800, 14_400, 21_600, 43_200, 86_400, 172_800, 432_000];
const LINES = 4;

/** The values of the lines for seconds up to `most`; the last one is not below it. */
export function timeTicks(most: number): number[] {
  const step = STEPS.find((each) => each * LINES >= most) ?? Math.ceil(most / LINES / 86_400) * 86_400;
  const ticks: number[] = [];
  for (let at = step; at - step < most || ticks.length === 0; at += step) ticks.push(at);
  return ticks;
}

export function tickName(seconds: number): string {
  return seconds < 3600 ? `${seconds / 60}m` : `${+(seconds / 3600).toFixed(1)}h`;
}

/** Round counts: 1, 2 or 5 times a power of ten. */
export function countTicks(most: number): number[] {
  const raw = Math.max(1, most) / LINES;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = Math.max(1, [1, 2, 5, 10].find((each) => each * power >= raw)! * power);
  const ticks: number[] = [];
  for (let at = step; at - step < most || ticks.length === 0; at += step) ticks.push(at);
  return ticks;
}
