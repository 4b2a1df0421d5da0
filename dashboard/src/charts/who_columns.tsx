// Time over hours, days, weeks or months, by who it was.
import type { Item, Stats } from "../api";
import { keyOf, noFigures } from "../api";
import { eachDay, includesToday } from "../days";
import { DIMENSIONS } from "../format";
import { isComparing, range } from "../place";
import { Columns, type Column } from "./columns";
import { ChartFigure, WHO, WHO_SHARES } from "./figure";
import { HOURS, hrefOf, keysOf, labelOf, titleOf, type Unit } from "./periods";
import { whoCells, WHO_HEAD, whoLayers, whoLines } from "./who";

export function WhoColumns({ name, title, answer, unit, isOld = false, what }: { name: string; title: string; answer: Stats; unit: Unit; isOld?: boolean; what: string }) {
  const byKey = (items: readonly Item[]) => new Map(items.map((item) => [keyOf(item, unit), item]));
  const items = byKey(answer.items);
  // Days of another range stand in the same places.
  const before = isComparing.value && answer.previous
    ? (unit === "hour" ? HOURS.map((hour) => byKey(answer.previous!.items).get(hour)) : placed(answer, unit)) : null;
  const keys = keysOf(unit, answer);
  const columns: Column[] = keys.map((key, i) => {
    const figures = items.get(key) ?? noFigures();
    const was = before ? (before[i]?.seconds ?? 0) : undefined;
    return {
      key, title: titleOf(unit, key), label: labelOf(unit, key, keys.length), layers: whoLayers(figures),
      lines: figures.seconds > 0 ? whoLines(figures) : ["nothing"],
      ...(hrefOf(unit, key) ? { href: hrefOf(unit, key)! } : {}), ...(was === undefined ? {} : { before: was }),
    };
  });
  const knowsOverlap = answer.total.overlap_seconds !== undefined;
  const rows = keys.filter((key) => items.has(key)).map((key) => [titleOf(unit, key), ...whoCells(items.get(key)!)]);
  return (
    <ChartFigure name={name} title={title} legend={knowsOverlap ? WHO : WHO_SHARES} isOld={isOld}
      note={before ? "The line is the time before." : undefined} table={{ head: [DIMENSIONS[unit]!, ...WHO_HEAD], rows }}>
      <Columns columns={columns} label={`${what}, ${includesToday(range.value) ? "until now" : "in these days"}`} />
    </ChartFigure>
  );
}

function placed(answer: Stats, unit: string): (Item | undefined)[] {
  const { from, to, items } = answer.previous!;
  if (unit !== "day" || !from || !to) return [];
  const known = new Map(items.map((item) => [keyOf(item, unit), item]));
  return eachDay(from, to).map((day) => known.get(day));
}
