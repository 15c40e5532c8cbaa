import type { Ref } from "preact";
import { useEffect, useState } from "preact/hooks";
import { passwordStrength, type Strength } from "./account/strength.ts";
import type { Locale } from "./i18n/mod.ts";
import { passwordText } from "./i18n/password.ts";
import { IconButton } from "./ui/button.tsx";
import { Icon } from "./ui/icons.tsx";

/** Props of {@linkcode PasswordField}. */
export interface PasswordFieldProps {
  readonly id: string;
  /** Name of the form field; default: the id. */
  readonly name?: string;
  readonly label: string;
  readonly locale: Locale;
  readonly kind: "current" | "new";
  readonly hint?: string | null;
  /** What was wrong with it. */
  readonly error?: string | null;
  /** For a new one: says in words how easily it is guessed; the owner's name makes it easier. */
  readonly judgeFor?: string | null;
}

/** A password with a button that shows it; without script a plain password field. */
export default function PasswordField(
  props: PasswordFieldProps & { readonly inputRef?: Ref<HTMLInputElement> },
) {
  const { id, name = id, label, locale, kind, hint, error, judgeFor = null, inputRef } = props;
  const text = passwordText(locale);
  // A button that needs script comes with it; its place is always kept.
  const [scripted, setScripted] = useState(false);
  const [shown, setShown] = useState(false);
  const [typed, setTyped] = useState("");
  useEffect(() => setScripted(true), []);
  const judged = judgeFor !== null && typed !== ""
    ? wordsOf(passwordStrength(typed, { name: judgeFor }), locale)
    : null;
  const note = judged ?? hint;
  const noted = note != null || judgeFor !== null;
  const described = [...error != null ? [`${id}-error`] : [], ...noted ? [`${id}-hint`] : []];
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="password">
        <input
          ref={inputRef}
          id={id}
          name={name}
          class="input"
          // The types pair every input type with its roles; none is set here.
          type={(shown ? "text" : "password") as "password"}
          autoComplete={kind === "new" ? "new-password" : "current-password"}
          autoCapitalize="none"
          spellcheck={false}
          minLength={kind === "new" ? 8 : undefined}
          maxLength={512}
          required
          autoFocus={error != null}
          aria-invalid={error != null}
          aria-describedby={described.join(" ") || undefined}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        {scripted && (
          <IconButton
            icon={shown ? "eye-off" : "eye"}
            kind="ghost"
            label={text.show}
            pressed={shown}
            onClick={() => setShown(!shown)}
          />
        )}
      </div>
      {error != null && (
        <p class="field-error" id={`${id}-error`}>
          <Icon name="circle-alert" size={16} /> {error}
        </p>
      )}
      {noted && (
        <p class="hint" id={`${id}-hint`} aria-live={judgeFor === null ? undefined : "polite"}>
          {note}
        </p>
      )}
    </div>
  );
}

function wordsOf(strength: Strength, locale: Locale): string {
  const text = passwordText(locale);
  return strength.kind === "short" ? text.short(strength.missing) : text[strength.kind];
}
