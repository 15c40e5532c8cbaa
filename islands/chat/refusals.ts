/**
 * Why a text was not said, in the reader's words.
 *
 * @module
 */
import type { ChatText } from "../i18n/chat.ts";
import type { ChatRulesText } from "../i18n/chat_rules.ts";
import type { Refusal } from "./outbox.ts";

/**
 * A sentence for a refusal; null: what stands above the composer says it (a rule, a mute, a ban).
 */
export function refusalWords(
  { code, field }: Refusal,
  text: ChatText,
  { rules }: { readonly rules: ChatRulesText },
): string | null {
  switch (code) {
    case "slow_down":
      return text.slowDown;
    case "unreachable":
      return text.unreachable;
    case "unauthenticated":
      return text.signedOut;
    case "muted":
    case "banned":
    case "followers_only":
    case "level":
    case "emotes_only":
    case "visitors":
      return null;
    case "words":
      return rules.words;
    case "suspended":
      return rules.suspended;
    case "not_found":
      return rules.notFound;
    case "forbidden":
      return field?.startsWith("style") === true ? rules.style : rules.forbidden;
    case "invalid":
      return field === "replyTo" ? rules.notFound : rules.invalid;
    default:
      return text.refused(rules.kept);
  }
}
