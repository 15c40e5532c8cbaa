/**
 * Small marks: chips that choose or lead somewhere, badges that say what something is.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { classNames } from "./class_names.ts";
import { Icon, type IconName } from "./icons.tsx";

interface ChipLook {
  readonly icon?: IconName;
  /** How many things stand behind it, formatted. */
  readonly count?: string;
  readonly title?: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** Props of {@linkcode Chip}: a link, a switch, or neither. */
export type ChipProps =
  & ChipLook
  & (
    | { readonly href: string; readonly current?: boolean; readonly onClick?: undefined }
    | { readonly href?: undefined; readonly pressed: boolean; readonly onClick: () => void }
    | { readonly href?: undefined; readonly onClick?: undefined }
  );

/** A choice among others, or a fact in the size of one. */
export function Chip(props: ChipProps) {
  const { icon, count, title, class: extra, children } = props;
  const content = (
    <>
      {icon && <Icon name={icon} size={18} />}
      <span>{children}</span>
      {count !== undefined && <span class="chip-count tabular">{count}</span>}
    </>
  );
  if (props.href !== undefined) {
    return (
      <a
        class={classNames("chip", extra)}
        href={props.href}
        title={title}
        aria-current={props.current ? "true" : undefined}
      >
        {content}
      </a>
    );
  }
  if (props.onClick !== undefined) {
    return (
      <button
        type="button"
        class={classNames("chip", extra)}
        title={title}
        aria-pressed={props.pressed}
        onClick={props.onClick}
      >
        {content}
      </button>
    );
  }
  return <span class={classNames("chip", extra)} title={title}>{content}</span>;
}

/**
 * What a badge means: `live` is on the air, `gold` gifts, `violet` levels, `blue` the other side,
 * `jade` healthy, `danger` shut off, `neutral` a plain fact.
 */
export type BadgeKind = "neutral" | "live" | "gold" | "violet" | "jade" | "blue" | "danger";

/** One or two words in a mark. `soft` is for text, the others can lie over a picture. */
export function Badge(
  { kind = "neutral", soft, icon, class: extra, children }: {
    readonly kind?: BadgeKind;
    readonly soft?: boolean;
    readonly icon?: IconName;
    readonly class?: string;
    readonly children: ComponentChildren;
  },
) {
  return (
    <span class={classNames("badge", kind, soft && "soft", extra)}>
      {icon && <Icon name={icon} size={13} />}
      {children}
    </span>
  );
}
