/**
 * Everything that is pressed: buttons, links that look like them, and buttons that are an icon.
 *
 * @module
 */
import type {
  ButtonHTMLAttributes,
  ComponentChildren,
  PartialAnchorHTMLAttributes,
  Ref,
} from "preact";
import { classNames } from "./class_names.ts";
import { Icon, type IconName } from "./icons.tsx";

/**
 * How much a button asks for attention: `primary` is the one thing to do here, `danger` cannot be
 * taken back, `ghost` stands among many.
 */
export type ButtonKind = "primary" | "quiet" | "danger" | "ghost";

interface Look {
  /** Default: `quiet`. */
  readonly kind?: ButtonKind;
  readonly icon?: IconName;
  /** As wide as its place. */
  readonly wide?: boolean;
  /** Low, for tables and dense lists. */
  readonly small?: boolean;
  readonly class?: string;
  readonly children?: ComponentChildren;
}

type Native<Attributes> = Omit<Attributes, keyof Look | "size" | "class" | "icon">;

/** Props of {@linkcode Button}. */
export type ButtonProps =
  & Look
  & Native<ButtonHTMLAttributes<HTMLButtonElement>>
  & {
    /** Its action runs: it turns, keeps the focus, and does nothing when pressed again. */
    readonly busy?: boolean;
    readonly buttonRef?: Ref<HTMLButtonElement>;
  };

/** A button. It submits only when `type` says so. */
export function Button(
  { kind, icon, wide, small, class: extra, children, busy, buttonRef, ...native }: ButtonProps,
) {
  return (
    <button
      type="button"
      {...native}
      {...(busy && { onClick: swallow, "aria-disabled": true, "aria-busy": true })}
      ref={buttonRef}
      class={lookOf({ kind, wide, small, class: extra })}
    >
      {busy ? <Spinner /> : icon && <Icon name={icon} size={small ? 16 : 18} />}
      {children}
    </button>
  );
}

/** Props of {@linkcode ButtonLink}. */
export type ButtonLinkProps =
  & Look
  & Omit<Native<PartialAnchorHTMLAttributes<HTMLAnchorElement>>, "role">
  & {
    readonly href: string;
  };

/** A link that looks like a button: it leads somewhere and works without script. */
export function ButtonLink(
  { kind, icon, wide, small, class: extra, children, ...native }: ButtonLinkProps,
) {
  return (
    <a {...native} class={lookOf({ kind, wide, small, class: extra })}>
      {icon && <Icon name={icon} size={small ? 16 : 18} />}
      {children}
    </a>
  );
}

/** Props of {@linkcode IconButton}. */
export type IconButtonProps = Omit<ButtonProps, "children" | "icon" | "wide"> & {
  readonly icon: IconName;
  /** What it does: the accessible name and the tooltip. */
  readonly label: string;
  /** For a switch: whether it is on. */
  readonly pressed?: boolean;
};

/** A button that shows an icon alone. */
export function IconButton(
  { icon, label, pressed, class: extra, small, busy, ...rest }: IconButtonProps,
) {
  return (
    <Button
      {...rest}
      busy={busy}
      small={small}
      class={classNames("icon-only", extra)}
      aria-label={label}
      title={label}
      {...(pressed !== undefined && { "aria-pressed": pressed })}
    >
      {!busy && <Icon name={icon} size={small ? 16 : 20} />}
    </Button>
  );
}

/** A turning ring in the text's colour. */
export function Spinner({ size = 18 }: { readonly size?: number }) {
  return <span class="spinner" style={`--size:${size}px`} aria-hidden="true" />;
}

function lookOf({ kind = "quiet", wide, small, class: extra }: Look): string | undefined {
  return classNames("button", kind, wide && "wide", small && "small", extra);
}

function swallow(event: Event) {
  event.preventDefault();
  event.stopPropagation();
}
