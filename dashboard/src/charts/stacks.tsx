// Time over days, stacked by a dimension: seven names at most, the rest together.
import { grouped, keyOf, type Figures, type Stats } from "../api";
import { duration, keyName } from "../format";
import { includesToday } from "../days";
import { range } from "../place";
import { ranked } from "./bars";
import { Columns, type Column } from "./columns";
import { ChartFigure } from "./figure";
import { COLOURS, swatchesOf } from "./palette";
import { hrefOf, keysOf, labelOf, titleOf, type Unit } from "./periods";

interface Props { name: string; title: string; answer: Stats; dimension: string; unit: Unit; isOld?: boolean }

export function Stacks({ name, title, answer, dimension, unit, isOld = false }: Props) {
  const order = ranked(grouped(answer.items, dimension)).filter((row) => row.figures.seconds > 0);
  const top = order.slice(0, COLOURS).map((row) => row.key ?? "");
  const swatches = swatchesOf(top);
  const cells = new Map<string, Map<string, Figures>>();
  for (const item of answer.items) {
    const period = keyOf(item, unit)!;
    const key = keyOf(item, dimension) ?? "";
    if (!cells.has(period)) cells.set(period, new Map());
    cells.get(period)!.set(key, item);
  }
  const keys = keysOf(unit, answer);
  const secondsIn = (period: string, key: string) => cells.get(period)?.get(key)?.seconds ?? 0;
  const restIn = (period: string) => [...(cells.get(period) ?? [])].filter(([key]) => !swatches.has(key)).reduce((sum, [, each]) => sum + each.seconds, 0);
  const columns: Column[] = keys.map((period) => {
    const named = top.map((key) => ({ swatch: swatches.get(key)!, height: secondsIn(period, key), key }));
    const rest = restIn(period);
    const lines = [...named.filter((layer) => layer.height > 0).map((layer) => `${keyName(dimension, layer.key)} ${duration(layer.height)}`), ...(rest > 0 ? [`others ${duration(rest)}`] : [])];
    const href = hrefOf(unit, period);
    return { key: period, title: titleOf(unit, period), label: labelOf(unit, period, keys.length), layers: [...named, { swatch: "other", height: rest }], lines: lines.length ? lines : ["nothing"], ...(href ? { href } : {}) };
  });
  const hasRest = order.length > top.length;
  const legend = [...top.map((key) => ({ label: keyName(dimension, key), swatch: swatches.get(key)! })), ...(hasRest ? [{ label: "others", swatch: "other" }] : [])];
  const head = [titleCase(unit), ...top.map((key) => keyName(dimension, key)), ...(hasRest ? ["others"] : [])];
  const rows = keys.filter((period) => cells.has(period)).map((period) =>
    [titleOf(unit, period), ...top.map((key) => duration(secondsIn(period, key))), ...(hasRest ? [duration(restIn(period))] : [])]);
  return (
    <ChartFigure name={name} title={title} legend={legend} isOld={isOld} table={{ head, rows }}>
      <Columns columns={columns} label={`${title}, ${includesToday(range.value) ? "until now" : "in these days"}`} height={240} />
    </ChartFigure>
  );
}

const titleCase = (text: string) => text.replace(/^./, (c) => c.toUpperCase());
