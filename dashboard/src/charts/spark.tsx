// A line over days, small, with a label that says it in words.
import { useWidth } from "./figure";

interface Props { values: readonly number[]; most?: number; label: string; swatch: string; height?: number }

export function Spark({ values, most = Math.max(1, ...values), label, swatch, height = 40 }: Props) {
  const [box, width] = useWidth(200);
  const x = (i: number) => 2 + (i * (width - 4)) / Math.max(1, values.length - 1);
  const y = (value: number) => height - 3 - (value / most) * (height - 6);
  const points = values.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  return (
    <div class="plot" ref={box}>
      <svg width={width} height={height} role="img" aria-label={label}>
        <line class="grid" x1="0" x2={width} y1={height - 3} y2={height - 3} />
        <polyline class={`line ${swatch}`} points={points} />
        {values.length > 0 && <circle class={`fill ${swatch}`} cx={x(values.length - 1)} cy={y(values.at(-1)!)} r="2.5" />}
      </svg>
    </div>
  );
}
