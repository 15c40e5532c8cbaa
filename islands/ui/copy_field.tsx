/**
 * A text to be taken elsewhere: an address, a key, a piece of code.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Locale } from "../i18n/mod.ts";
import { uiText } from "../i18n/ui.ts";
import { IconButton } from "./button.tsx";
import { copyText } from "./copy_text.ts";

const NOTE_MS = 2_000;

export { copyText };

/** The text in a field with a button that copies it. */
export function CopyField(
  { id, label, value, shown = value, locale, lines = 1, children }: {
    readonly id: string;
    readonly label: string;
    /** What is copied. */
    readonly value: string;
    /** What is seen, when that is something else. */
    readonly shown?: string;
    readonly locale: Locale;
    /** Lines that are in sight; default: 1. */
    readonly lines?: number;
    /** Buttons before the one that copies. */
    readonly children?: ComponentChildren;
  },
) {
  const text = uiText(locale);
  const [state, setState] = useState<"idle" | "copied" | "refused">("idle");
  useEffect(() => {
    if (state !== "copied") return;
    const timer = setTimeout(() => setState("idle"), NOTE_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const attributes = {
    id,
    readOnly: true,
    value: shown,
    autoComplete: "off",
    spellcheck: false,
    dir: "ltr",
    onFocus: (event: FocusEvent) =>
      (event.currentTarget as HTMLInputElement | HTMLTextAreaElement).select(),
  } as const;
  return (
    <div class="copy-field">
      <label for={id}>{label}</label>
      <div class="copy-field-line">
        {lines === 1
          ? <input {...attributes} class="input mono" />
          : <textarea {...attributes} class="input mono area" rows={lines} />}
        {children}
        <IconButton
          icon={state === "copied" ? "check" : "copy"}
          label={text.copy(label)}
          onClick={async () => setState(await copyText(value) ? "copied" : "refused")}
        />
      </div>
      <p class="visually-hidden" role="status">{state === "copied" ? text.copied : ""}</p>
      {state === "refused" && <p class="field-error">{text.copyFailed}</p>}
    </div>
  );
}
