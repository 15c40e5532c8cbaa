/**
 * Short messages at the bottom of any page, from any island: {@linkcode toast} shows one. The page
 * brings the place (`ToastPlace`); what is said there is read out politely.
 *
 * @module
 */
import { render } from "preact";
import { Icon } from "./icons.tsx";
import {
  addToast,
  expireToasts,
  type ShownToast,
  type ToastMessage,
  type ToastTone,
} from "./toast_queue.ts";

const ICONS = { plain: "info", good: "check", bad: "triangle-alert" } as const satisfies Record<
  ToastTone,
  string
>;

let shown: readonly ShownToast[] = [];
let lastId = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Shows a message for as long as it takes to read it. */
export function toast(message: ToastMessage): void {
  shown = addToast(shown, message, { id: ++lastId, nowMs: Date.now() });
  const voice = document.getElementById("toast-voice");
  if (voice !== null) voice.textContent = message.text;
  draw();
}

function dismiss(id: number): void {
  shown = shown.filter((one) => one.id !== id);
  draw();
}

function draw(): void {
  const place = document.getElementById("toasts");
  if (place === null) return;
  clearTimeout(timer);
  render(<ToastList toasts={shown} onDismiss={dismiss} />, place);
  // The top layer: above dialogs and the picture in full screen.
  place.togglePopover?.(false);
  if (shown.length === 0) return;
  place.togglePopover?.(true);
  const nextEndMs = Math.min(...shown.map(({ endsAtMs }) => endsAtMs));
  timer = setTimeout(expire, Math.max(0, nextEndMs - Date.now()));
}

function expire(): void {
  // Somebody who reads or reaches for it needs it a little longer.
  if (document.querySelector("#toasts :is(:hover, :focus-visible)") !== null) {
    timer = setTimeout(expire, 1_000);
    return;
  }
  shown = expireToasts(shown, Date.now());
  draw();
}

/** The messages, newest last. */
export function ToastList(
  { toasts, onDismiss }: {
    readonly toasts: readonly ShownToast[];
    readonly onDismiss: (id: number) => void;
  },
) {
  return (
    <>
      {toasts.map(({ id, text, tone = "plain", action }) => (
        <div key={id} class={`toast ${tone}`}>
          <Icon name={ICONS[tone]} size={18} />
          <span class="toast-text" dir="auto">{text}</span>
          {action && (
            <button
              type="button"
              class="toast-action"
              onClick={() => {
                action.run();
                onDismiss(id);
              }}
            >
              {action.label}
            </button>
          )}
        </div>
      ))}
    </>
  );
}

/** Where messages appear: once on every page, empty at first. */
export function ToastPlace() {
  return (
    <>
      {/* What is read out is the voice; the role says what stands here. */}
      <div id="toasts" class="toast-place" popover="manual" role="log" aria-live="off" />
      <p id="toast-voice" class="visually-hidden" role="status" />
    </>
  );
}
