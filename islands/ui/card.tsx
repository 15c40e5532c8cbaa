/**
 * The surface that things of one kind stand on.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { classNames } from "./class_names.ts";

/** Props of {@linkcode Card}. */
export interface CardProps {
  /** Names the section; its heading gets `<id>-title`. */
  readonly id: string;
  readonly title: string;
  /** Default: 2. */
  readonly level?: 2 | 3;
  /** Beside the heading. */
  readonly aside?: ComponentChildren;
  /** `notice` asks for attention, `danger` holds what cannot be taken back. */
  readonly tone?: "notice" | "danger";
  readonly class?: string;
  readonly children?: ComponentChildren;
}

/** A section with a heading on a surface of its own. */
export function Card({ id, title, level = 2, aside, tone, class: extra, children }: CardProps) {
  const Heading = level === 2 ? "h2" : "h3";
  return (
    <section class={classNames("card stack", tone, extra)} aria-labelledby={`${id}-title`}>
      <div class="card-head">
        <Heading id={`${id}-title`}>{title}</Heading>
        {aside}
      </div>
      {children}
    </section>
  );
}
