/**
 * What lies over the page until it is answered: sheets, dialogs, questions. All of them are the
 * browser's own modal `<dialog>`: the page behind is inert, Escape closes, and the focus returns
 * to where it was.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Locale } from "../i18n/mod.ts";
import { uiText } from "../i18n/ui.ts";
import { Button, IconButton } from "./button.tsx";
import { classNames } from "./class_names.ts";

interface Opened {
  /** Prefix of the elements' ids. */
  readonly id: string;
  readonly open: boolean;
  /** Asked to close: by Escape, the backdrop or a button. The owner sets `open`. */
  readonly onClose: () => void;
  readonly title: string;
  readonly locale: Locale;
}

/** Props of {@linkcode Sheet}. */
export interface SheetProps extends Opened {
  /** Where it stands on wide windows; phones always have it at the bottom. Default: `side`. */
  readonly place?: "side" | "center";
  /** Below the content, always in sight. */
  readonly foot?: ComponentChildren;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** A panel with a head that closes it: from the bottom on phones, from the side otherwise. */
export function Sheet(props: SheetProps) {
  const { id, title, locale, place = "side", foot, class: extra, children, onClose } = props;
  return (
    <Modal {...props} class={classNames("sheet", place, extra)}>
      <div class="sheet-head">
        <h2 id={`${id}-title`}>{title}</h2>
        <IconButton icon="x" kind="ghost" label={uiText(locale).close} onClick={onClose} />
      </div>
      <div class="sheet-body">{children}</div>
      {foot && <div class="sheet-foot">{foot}</div>}
    </Modal>
  );
}

/** Props of {@linkcode Dialog}. */
export interface DialogProps extends Opened {
  readonly actions: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** A short matter in the middle of the window, ended by one of its actions. */
export function Dialog(props: DialogProps) {
  return (
    <Modal {...props} class="dialog">
      <h2 id={`${props.id}-title`}>{props.title}</h2>
      {props.children}
      <div class="dialog-actions">{props.actions}</div>
    </Modal>
  );
}

/** Props of {@linkcode ConfirmDialog}. */
export interface ConfirmDialogProps extends Opened {
  /** What will happen. */
  readonly text: string;
  /** What the button says that does it. */
  readonly confirm: string;
  readonly onConfirm: () => void;
  /** It is being done. */
  readonly busy?: boolean;
  /** Why it could not be done. */
  readonly error?: string | null;
  /** Default: `danger`. */
  readonly kind?: "danger" | "primary";
  /** What has to be typed first, for what can never be undone. */
  readonly typed?: string;
  /** Asked besides. */
  readonly children?: ComponentChildren;
}

/** Whether what was typed is the name, however it was spelled or spaced at its ends. */
export function isConfirmed(typed: string, name: string): boolean {
  const fold = (text: string) => text.normalize("NFKC").trim().toLowerCase();
  return fold(typed) === fold(name);
}

/** Asks before something is done; cancelling is the safe way and has the focus first. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { id, open, locale, typed, kind = "danger", busy = false, error } = props;
  const text = uiText(locale);
  const [answer, setAnswer] = useState("");
  useEffect(() => setAnswer(""), [open]);
  const ready = typed === undefined || isConfirmed(answer, typed);
  const submit = (event: Event) => {
    event.preventDefault();
    if (ready && !busy) props.onConfirm();
  };
  return (
    <Modal {...props} class="dialog" onClose={busy ? () => {} : props.onClose}>
      <form onSubmit={submit}>
        <h2 id={`${id}-title`}>{props.title}</h2>
        <p class="muted">{props.text}</p>
        {props.children}
        {typed !== undefined && (
          <div class="field">
            <label for={`${id}-typed`}>{text.typeToConfirm(typed)}</label>
            <input
              id={`${id}-typed`}
              class="input"
              value={answer}
              autoComplete="off"
              autoCapitalize="none"
              spellcheck={false}
              dir="auto"
              onInput={(event) => setAnswer(event.currentTarget.value)}
            />
          </div>
        )}
        <p class="field-error" role="alert">{error ?? ""}</p>
        <div class="dialog-actions">
          <Button disabled={busy} onClick={props.onClose}>{text.cancel}</Button>
          <Button type="submit" kind={kind} busy={busy} disabled={!ready}>{props.confirm}</Button>
        </div>
      </form>
    </Modal>
  );
}

function Modal(
  { id, open, onClose, class: look, children }: Opened & {
    readonly class?: string;
    readonly children: ComponentChildren;
  },
) {
  const dialog = useRef<HTMLDialogElement>(null);
  // With the render and not after it: a page that looks free of the dialog must be free of it.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (!open || element === null) return;
    if (!element.open) element.showModal();
    // Closing returns the focus, also when the whole component goes away.
    return () => element.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      class={look}
      aria-labelledby={`${id}-title`}
      onCancel={(event) => {
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        onClose();
      }}
      // The browser may close it by itself, as some do on a second Escape; it says so late, when the
      // dialog may be open again.
      onClose={(event) => open && !event.currentTarget.open && onClose()}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget && isOutside(event)) onClose();
      }}
    >
      {open && children}
    </dialog>
  );
}

/** On the backdrop, which belongs to the dialog but lies outside of its box. */
function isOutside(event: PointerEvent): boolean {
  const box = (event.currentTarget as Element).getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right ||
    event.clientY < box.top || event.clientY > box.bottom;
}
