/**
 * Why a text was not said, in the reader's words.
 *
 * @module
 */
import type { ChatText } from "../i18n/chat.ts";
import type { Refusal } from "./outbox.ts";

/** A sentence for a refusal. */
export function refusalWords({ code, detail }: Refusal, text: ChatText): string {
  switch (code) {
    case "slow_down":
      return text.slowDown;
    case "unreachable":
      return text.unreachable;
    case "unauthenticated":
      return text.signedOut;
    default:
      return text.refused(detail.replace(/^Cannot [^:]{1,60}: /, ""));
  }
}
