/**
 * The frame of one component on the page that shows them all.
 *
 * @module
 */
import type { ComponentChildren } from "preact";

/** A component by its name in the code, with its states in a row. */
export function Specimen(
  { name, stacked, children }: {
    readonly name: string;
    /** States under each other. */
    readonly stacked?: boolean;
    readonly children: ComponentChildren;
  },
) {
  return (
    <section class="specimen" id={name} aria-labelledby={`${name}-name`}>
      <h3 id={`${name}-name`}>
        <code>{name}</code>
      </h3>
      <div class={stacked ? "states stack" : "states"}>{children}</div>
    </section>
  );
}
