/**
 * Where an account is logged in.
 *
 * @module
 */
import { useState } from "preact/hooks";
import { accountText } from "../i18n/account.ts";
import { formatRelative, type Locale } from "../i18n/mod.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { ConfirmDialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icons.tsx";
import { Badge } from "../ui/marks.tsx";
import { api } from "../ui/api.ts";
import { toast } from "../ui/toast.tsx";
import type { SessionRow } from "./data.ts";
import { explainAccount } from "./explain.ts";

/** More than these are ended together, not one by one. */
const MAX_SHOWN = 10;

const ICONS = { desktop: "monitor", phone: "smartphone", program: "server" } as const;

/** Sessions; each can be ended, or all but this one, or all. */
export function SessionsCard(
  { sessions, locale, nowMs, onChange }: {
    readonly sessions: readonly SessionRow[];
    readonly locale: Locale;
    readonly nowMs: number;
    readonly onChange: (sessions: readonly SessionRow[]) => void;
  },
) {
  const text = accountText(locale);
  const [busy, setBusy] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const end = async (
    event: Event,
    { id, call, left, said }: {
      readonly id: string;
      readonly call: () => Promise<unknown>;
      /** What remains; null: nothing, not even this one. */
      readonly left: readonly SessionRow[] | null;
      readonly said: string;
    },
  ) => {
    event.preventDefault();
    if (busy !== null) return;
    setBusy(id);
    try {
      await call();
      if (left === null) return location.assign("/login");
      onChange(left);
      toast({ text: said, tone: "good" });
    } catch (error) {
      toast({ text: explainAccount(error, locale).message, tone: "bad" });
    } finally {
      setBusy(null);
    }
  };
  const others = sessions.filter(({ current }) => !current);
  const endOthers = (event: Event) =>
    end(event, {
      id: "others",
      call: () => api.delete("/api/account/sessions", { query: { keep: "current" } }),
      left: sessions.filter(({ current }) => current),
      said: text.elsewhereEnded,
    });
  const endAll = (event: Event) =>
    end(event, {
      id: "all",
      call: () => api.delete("/api/account/sessions"),
      left: null,
      said: "",
    });
  return (
    <Card id="sessions" title={text.sessions}>
      <p class="muted">{text.sessionsText}</p>
      <ul class="sessions">
        {sessions.slice(0, MAX_SHOWN).map((session) => (
          <li key={session.id} class="session">
            <span class="session-mark">
              <Icon name={ICONS[session.device]} />
            </span>
            <p class="session-what">
              <b dir="auto">{nameOf(session, locale)}</b>{" "}
              {session.current && <Badge soft kind="jade">{text.thisSession}</Badge>}
              <span class="hint">
                {[
                  text.from(session.address),
                  text.seen(formatRelative(session.seenAtMs, { nowMs, locale })),
                ].join(" · ")}
              </span>
            </p>
            {!session.current && (
              <form
                method="post"
                action="/account/sessions/end"
                onSubmit={(event) =>
                  end(event, {
                    id: session.id,
                    call: () =>
                      api.delete("/api/account/sessions/{session}", {
                        path: { session: session.id },
                      }),
                    left: sessions.filter(({ id }) => id !== session.id),
                    said: text.sessionEnded,
                  })}
              >
                <input type="hidden" name="session" value={session.id} />
                <Button
                  type="submit"
                  small
                  busy={busy === session.id}
                  aria-label={text.endSessionOf(nameOf(session, locale))}
                >
                  {text.endSession}
                </Button>
              </form>
            )}
          </li>
        ))}
      </ul>
      {sessions.length > MAX_SHOWN && (
        <p class="muted">{text.moreSessions(sessions.length - MAX_SHOWN)}</p>
      )}
      <div class="form-end">
        {others.length === 0
          ? <p class="hint">{text.onlyThis}</p>
          : (
            <form method="post" action="/account/sessions" onSubmit={endOthers}>
              <input type="hidden" name="keep" value="current" />
              <Button type="submit" busy={busy === "others"}>{text.elsewhere}</Button>
            </form>
          )}
        <form
          method="post"
          action="/account/sessions"
          onSubmit={(event) => {
            event.preventDefault();
            setAsking(true);
          }}
        >
          <Button type="submit" icon="log-out">{text.everywhere}</Button>
        </form>
      </div>
      <ConfirmDialog
        id="everywhere"
        open={asking}
        onClose={() => setAsking(false)}
        title={text.everywhereAsk}
        text={text.everywhereText}
        confirm={text.everywhere}
        busy={busy === "all"}
        onConfirm={() => endAll(new Event("submit"))}
        locale={locale}
      />
    </Card>
  );
}

function nameOf({ browser, system }: SessionRow, locale: Locale): string {
  const text = accountText(locale);
  const program = browser ?? text.unknownBrowser;
  return system === null ? program : text.onSystem(program, system);
}
