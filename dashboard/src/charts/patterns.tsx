// Fills that colour alone does not carry: both at once is striped with the two.
export function Patterns() {
  return (
    <svg class="defs" width="0" height="0" aria-hidden="true">
      <defs>
        <pattern id="stripes" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect class="fill human" width="8" height="8" /><rect class="fill agent" width="4" height="8" />
        </pattern>
      </defs>
    </svg>
  );
}
