/**
 * The server does not answer, or does not know the broadcaster any more.
 *
 * @module
 */
import { ButtonLink } from "../ui/button.tsx";

/** A single failure is not worth a word: the next look comes in a moment. */
const QUIET_FAILURES = 2;

/** What is the matter with what the page knows; nothing while all is well. */
export function Trouble(
  { failures, signedOut, text }: {
    readonly failures: number;
    readonly signedOut: boolean;
    readonly text: {
      readonly signedOut: string;
      readonly statusUnknown: string;
      readonly logIn: string;
    };
  },
) {
  if (!signedOut && failures <= QUIET_FAILURES) return null;
  return (
    <p class="advice trouble" role="alert">
      {signedOut ? text.signedOut : text.statusUnknown}
      {signedOut && <ButtonLink small href="/login?next=/studio">{text.logIn}</ButtonLink>}
    </p>
  );
}
