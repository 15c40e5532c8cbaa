/**
 * The field that a text is written in, for rooms and private conversations.
 *
 * @module
 */
import type { ComponentChildren, Ref } from "preact";
import { MAX_TEXT } from "./drafts.ts";

/** From so few characters left on they are counted. */
const NEAR_LIMIT = 40;

/** Characters that may still be written; negative: so many too many. */
export function charactersLeft(draft: string): number {
  return MAX_TEXT - [...draft].length;
}

/** The field, and beside it what sends and helps. */
export function WordsField(
  { field, draft, label, color = null, onWrite, children }: {
    readonly field: Ref<HTMLInputElement>;
    readonly draft: string;
    readonly label: string;
    /** Of the text that is written; null: the usual one. */
    readonly color?: string | null;
    readonly onWrite: (words: string) => void;
    readonly children: ComponentChildren;
  },
) {
  return (
    <div class="chat-field">
      <input
        ref={field}
        class="input chat-input"
        style={color === null ? undefined : `--chat-color:${color}`}
        value={draft}
        placeholder={label}
        aria-label={label}
        dir="auto"
        autoComplete="off"
        enterkeyhint="send"
        onInput={(event) => onWrite(event.currentTarget.value)}
        onKeyDown={(event) => {
          // Enter that ends a word of an input method is not for us.
          if (event.key === "Enter" && event.isComposing) event.preventDefault();
        }}
      />
      {children}
    </div>
  );
}

/** How much may still be written, once that is little. */
export function CharactersLeft(
  { left, say }: { readonly left: number; readonly say: (left: string) => string },
) {
  if (left > NEAR_LIMIT) return null;
  return (
    <p class={`chat-left tabular${left < 0 ? " over" : ""}`} aria-live="polite">
      {say(String(left))}
    </p>
  );
}
