// Stacked columns over hours, days or weeks.
import { go } from "../place";
import { useWidth } from "./figure";
import { useMarks } from "./marks";
import { tickName, timeTicks } from "./scale";

/** One column: what it stands for, and its layers from the bottom. `height`s are in the unit of `ticks`. */
export interface Column {
  key: string;
  /** In full, for label and tooltip. */
  title: string;
  /** Below the axis, where there is room; may be empty. */
  label: string;
  layers: readonly { swatch: string; height: number }[];
  lines: readonly string[];
  href?: string;
  /** What it was before, as a line. */
  before?: number;
}

interface Props {
  columns: readonly Column[];
  label: string;
  height?: number;
  ticks?: (most: number) => number[];
  tick?: (value: number) => string;
}

const LEFT = 36;
const BOTTOM = 20;
const TOP = 8;
const total = (column: Column) => column.layers.reduce((sum, layer) => sum + layer.height, 0);

export function Columns({ columns, label, height = 200, ticks = timeTicks, tick = tickName }: Props) {
  const [box, width] = useWidth();
  const { root, handlers, mark } = useMarks({
    total: columns.length,
    lines: (i) => columns[i] && [columns[i]!.title, ...columns[i]!.lines],
    open: (i) => { if (columns[i]?.href) go(columns[i]!.href!); },
  });
  const most = Math.max(1, ...columns.map((column) => Math.max(total(column), column.before ?? 0)));
  const lines = ticks(most);
  const top = lines.at(-1)!;
  const y = (value: number) => TOP + (height - TOP - BOTTOM) * (1 - value / top);
  const step = (width - LEFT) / Math.max(1, columns.length);
  const gap = step > 56 ? step - 50 : step > 8 ? Math.min(6, step * 0.25) : step > 3 ? 1 : 0;
  return (
    <div class="plot" ref={box}>
      <svg ref={root} width={width} height={height} role="group" aria-label={label} {...handlers}>
        {[0, ...lines].map((value) => (
          <g key={value} aria-hidden="true">
            <line class="grid" x1={LEFT} x2={width} y1={y(value)} y2={y(value)} />
            {value > 0 && <text class="axis" x={LEFT - 6} y={y(value) + 4} text-anchor="end">{tick(value)}</text>}
          </g>
        ))}
        {columns.map((column, i) => {
          const x = LEFT + i * step + gap / 2;
          let base = 0;
          return (
            <g key={column.key} class="mark" {...mark(i)} role={column.href ? "link" : "img"} aria-label={[column.title, ...column.lines].join(", ")}>
              <rect class="hit" x={LEFT + i * step} y={TOP} width={step} height={height - TOP - BOTTOM} />
              {column.layers.map((layer) => {
                if (layer.height <= 0) return null;
                const from = y(base);
                base += layer.height;
                const size = Math.max(1, from - y(base));
                return <rect key={layer.swatch} class={`fill ${layer.swatch}`} x={x} y={from - size} width={Math.max(1, step - gap)} height={Math.max(1, size - (size > 3 ? 1 : 0))} rx={size > 4 && step > 8 ? 2 : 0} />;
              })}
              {column.before !== undefined && <line class="before" x1={x - 1} x2={x + step - gap + 1} y1={y(column.before)} y2={y(column.before)} />}
            </g>
          );
        })}
        {spaced(columns, step).map(({ column, x }) => (
          <text key={column.key} class="axis" aria-hidden="true" x={x} y={height - 4} text-anchor="middle">{column.label}</text>
        ))}
      </svg>
    </div>
  );
}

const CHARACTER = 6;
const BETWEEN = 14;

/** Labels and their places: every n-th of those that there are, so that they do not touch. */
function spaced(columns: readonly Column[], step: number): { column: Column; x: number }[] {
  const labelled = columns.map((column, i) => ({ column, x: LEFT + (i + 0.5) * step })).filter(({ column }) => column.label !== "");
  const widest = Math.max(0, ...labelled.map(({ column }) => column.label.length)) * CHARACTER + BETWEEN;
  const apart = labelled.length > 1 ? labelled[1]!.x - labelled[0]!.x : widest;
  const every = Math.max(1, Math.ceil(widest / apart));
  return labelled.filter((_, i) => i % every === 0);
}
