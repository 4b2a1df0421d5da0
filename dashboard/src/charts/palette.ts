// Which of seven colours a name has: its own, from a hash, unless a neighbour in the same chart took it.

export const COLOURS = 7;

function hash(text: string): number {
  let h = 2166136261;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  return h >>> 0;
}

/** At most seven names; the same ones have the same colours in whatever order they come. */
export function swatchesOf(names: readonly string[]): Map<string, string> {
  const taken = new Set<number>();
  const swatches = new Map<string, string>();
  for (const name of [...names].sort()) {
    let colour = hash(name) % COLOURS;
    while (taken.has(colour)) colour = (colour + 1) % COLOURS;
    taken.add(colour);
    swatches.set(name, `c${colour}`);
  }
  return swatches;
}
