/**
 * After the call: why it is over, and the way back.
 *
 * @module
 */
import { callText } from "../i18n/call.ts";
import type { Locale } from "../i18n/mod.ts";
import { Button, ButtonLink } from "../ui/button.tsx";
import { EmptyState } from "../ui/placeholder.tsx";
import type { CallOutcome, CallSession } from "./session.ts";

/** The goodbye. */
export function Over({ session, outcome, locale }: {
  readonly session: CallSession;
  readonly outcome: CallOutcome | null;
  readonly locale: Locale;
}) {
  const text = callText(locale);
  const code = outcome?.kind === "ended" ? outcome.code : "left";
  const [title, sentence] = {
    left: [text.leftTitle, text.leftText],
    lost: [text.leftTitle, text.leftText],
    kicked: [text.kickedTitle, text.kickedText],
    ended: [text.endedTitle, text.endedText],
    elsewhere: [text.elsewhereTitle, text.elsewhereText],
  }[code]!;
  return (
    <EmptyState icon="phone-off" level={1} title={title!} text={sentence!}>
      {code !== "kicked" && (
        <Button kind="primary" icon="phone" onClick={() => session.again()}>{text.rejoin}</Button>
      )}
      <ButtonLink href="/call">{text.otherCall}</ButtonLink>
    </EmptyState>
  );
}
