// Squares whose depth says how much; real tables, so that a reader hears rows and columns.
import { go } from "../place";
import { useMarks } from "./marks";

export interface Cell { key: string; title: string; value: number; lines: readonly string[]; href?: string }

export const LEVELS = 5;

/** 0 for nothing, then 1 to 5: by the share of the most. */
export function level(value: number, most: number): number {
  if (value <= 0 || most <= 0) return 0;
  return Math.min(LEVELS, 1 + Math.floor((value / most) * LEVELS * 0.999));
}

interface Props {
  name: string;
  title: string;
  /** `name` is for those who hear it, `label` is shown where there is room. */
  columns: readonly { key: string; name: string; label: string }[];
  rows: readonly { label: string; shown?: string; cells: readonly (Cell | null)[] }[];
  format: (value: number) => string;
}

export function Heat({ name, title, columns, rows, format }: Props) {
  const cells = rows.flatMap((row) => row.cells);
  const most = Math.max(0, ...cells.map((cell) => cell?.value ?? 0));
  const across = columns.length;
  const { root, handlers, mark } = useMarks({
    total: cells.length, across, first: cells.findIndex((cell) => cell !== null),
    lines: (i) => cells[i] ? [cells[i]!.title, ...cells[i]!.lines] : undefined,
    open: (i) => { if (cells[i]?.href) go(cells[i]!.href!); },
  });
  return (
    <div class="scroll heat-scroll" tabIndex={-1}>
      <table class="heat" data-twin={name} ref={root} {...handlers} aria-label={title}>
        <thead>
          <tr><td />{columns.map((column) => <th key={column.key} scope="col"><span class="unseen">{column.name}</span><span class="label" aria-hidden="true">{column.label}</span></th>)}</tr>
        </thead>
        <tbody>
          {rows.map((row, r) => (
            <tr key={row.label}>
              <th scope="row"><span class="unseen">{row.label}</span><span aria-hidden="true">{row.shown ?? row.label}</span></th>
              {row.cells.map((cell, c) => {
                if (!cell) return <td key={c} />;
                return (
                  <td key={cell.key} data-day={cell.key} data-seconds={cell.value}>
                    <span class="cell" data-level={level(cell.value, most)} role={cell.href ? "link" : "img"} aria-label={[cell.title, format(cell.value)].join(", ")}
                      {...mark(r * across + c)} />
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="levels" aria-hidden="true">less {Array.from({ length: LEVELS + 1 }, (_, i) => <i key={i} class="cell" data-level={i} />)} more</p>
    </div>
  );
}
