/**
 * What stands where nothing is yet: while it loads, and when there is nothing.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { classNames } from "./class_names.ts";
import { Icon, type IconName } from "./icons.tsx";

/** Grey lines in the size of what is coming. `label` is read out once. */
export function Skeleton(
  { label, lines = 3, shape = "lines" }: {
    readonly label: string;
    /** Lines of text, or rows, or cards. */
    readonly lines?: number;
    readonly shape?: "lines" | "rows" | "cards" | "picture";
  },
) {
  return (
    <div class={`skeleton-${shape}`} role="status">
      <span class="visually-hidden">{label}</span>
      {Array.from(
        { length: shape === "picture" ? 1 : lines },
        (_, index) => <span key={index} class="skeleton" aria-hidden="true" />,
      )}
    </div>
  );
}

/** Nothing here: what that means, and the way on. */
export function EmptyState(
  { icon, title, text, level = 2, inset, children }: {
    readonly icon: IconName;
    readonly title: string;
    readonly text?: string;
    /** Level of the heading; default: 2. */
    readonly level?: 1 | 2 | 3;
    /** Inside a card, not a card itself. */
    readonly inset?: boolean;
    /** Buttons and links. */
    readonly children?: ComponentChildren;
  },
) {
  const Heading = `h${level}` as "h1" | "h2" | "h3";
  return (
    <section class={classNames("empty", inset ? "inset" : "card")}>
      <span class="empty-mark">
        <Icon name={icon} size={inset ? 26 : 34} />
      </span>
      <Heading dir="auto">{title}</Heading>
      {text !== undefined && <p class="muted">{text}</p>}
      {children && <p class="empty-actions">{children}</p>}
    </section>
  );
}
