// A number that can be asked why it is so: its address is this page's, with the question in it.
import type { ComponentChildren } from "preact";
import { filters, here, range, type Filter } from "../place";

interface Props {
  /** One condition more than those that hold for the page. */
  filter?: Filter | undefined;
  /** Other days than the page's. */
  days?: string | undefined;
  /** What the number is of, for those who hear it. */
  what: string;
  children: ComponentChildren;
}

export function Why({ filter, days, what, children }: Props) {
  const params = new URLSearchParams({ range: days ?? range.value.text });
  for (const each of [...filters.value, ...(filter ? [filter] : [])]) params.append("f", `${each.dimension}:${each.key}`);
  params.set("what", what);
  return <a class="why" href={here({ why: params.toString() })} title="Why?" aria-label={`${String(children)}: ${what}. Why?`}>{children}</a>;
}
