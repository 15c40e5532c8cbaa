/**
 * Refusals, failures and advice as sentences.
 *
 * @module
 */
import type { Refusal } from "../../capture/whip.ts";
import type { BrowserStudioText } from "../../i18n/browser_studio.ts";
import type { BrowserAdvice } from "./advice.ts";
import type { SourceFailure } from "./desk.ts";

/** Why the broadcast is not on the air. */
export function refusalWords({ kind }: Pick<Refusal, "kind">, text: BrowserStudioText): string {
  switch (kind) {
    case "wrongKey":
      return text.refusalWrongKey;
    case "unknownRoom":
      return text.refusalUnknownRoom;
    case "suspended":
      return text.refusalSuspended;
    case "ended":
      return text.refusalEnded;
    case "tooMany":
      return text.refusalTooMany;
    case "unavailable":
      return text.refusalUnavailable;
    case "noWhip":
      return text.refusalNoWhip;
    case "rejected":
      return text.refusalRejected;
    case "unreachable":
      return text.refusalUnreachable;
    case "noRoute":
      return text.refusalNoRoute;
    case "lost":
      return text.refusalLost;
    case "taken":
      return text.refusalTaken;
    case "signedOut":
      return text.refusalSignedOut;
  }
}

/** Why a source could not be had. */
export function failureWords({ kind, failure }: SourceFailure, text: BrowserStudioText): string {
  const what = kind === "image" ? text.addImage : text[kind];
  switch (failure) {
    case "insecure":
      return text.failInsecure;
    case "unsupported":
      return text.failUnsupported;
    case "refused":
      return text.failRefused(what);
    case "refused_by_system":
      return text.failSystem(what);
    case "dismissed":
      return text.failDismissed(what);
    case "missing":
      return text.failMissing(what);
    case "busy":
      return text.failBusy(what);
    case "unable":
      return text.failUnable(what);
    case "failed":
      return text.failOther(what);
    case "full":
      return text.failFull;
    case "notImage":
      return text.failNotImage;
    case "tooLarge":
      return text.failTooLarge;
  }
}

/** What to change here. */
export function browserAdviceWords(advice: BrowserAdvice, text: BrowserStudioText): string {
  switch (advice.kind) {
    case "smaller":
      return text.adviceSmaller(String(advice.height));
    case "narrow":
      return text.adviceNarrow;
    case "processor":
      return text.adviceProcessor;
    case "loss":
      return text.adviceLoss(String(advice.percent));
    case "slowLine":
      return text.adviceSlowLine(String(advice.roundTripMs));
    case "relay":
      return text.adviceRelay;
  }
}
