/**
 * Texts that wait for a review, for those who look after the room: how many, and each with a yes and
 * a no.
 *
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { chatMenuText } from "../i18n/chat_menu.ts";
import { formatCount, type Locale } from "../i18n/mod.ts";
import { api, ApiError, type Schemas } from "../ui/api.ts";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Sheet } from "../ui/dialog.tsx";
import { Icon } from "../ui/icons.tsx";
import { poll } from "../ui/poll.ts";
import { toast } from "../ui/toast.tsx";
import { problemWords } from "./message_menu.tsx";
import { plainWords } from "./words.ts";

const INTERVAL_MS = 10_000;

/** Props of {@linkcode ReviewStrip}. */
export interface ReviewStripProps {
  readonly room: string;
  readonly locale: Locale;
}

/** The strip; nothing while nothing waits. */
export function ReviewStrip({ room, locale }: ReviewStripProps) {
  const text = chatMenuText(locale);
  const [held, setHeld] = useState<readonly Schemas["HeldText"][]>([]);
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const end = new AbortController();
    poll({
      intervalMs: INTERVAL_MS,
      signal: end.signal,
      immediately: true,
      run: async (signal) =>
        setHeld((await api.get("/api/rooms/{room}/review", { path: { room }, signal })).held),
    });
    return () => end.abort();
  }, [room]);
  const decide = async (id: string, action: "approve" | "reject") => {
    if (busy !== null) return;
    setBusy(id);
    try {
      await api.post("/api/rooms/{room}/review/{text}", {
        path: { room, text: id },
        body: { action },
      });
      toast({ tone: "good", text: action === "approve" ? text.approved : text.rejected });
      setHeld((before) => before.filter((one) => one.id !== id));
    } catch (problem) {
      // Somebody else was faster: it waits no more.
      if (problem instanceof ApiError && problem.status === 404) {
        setHeld((before) => before.filter((one) => one.id !== id));
      }
      toast({ tone: "bad", text: problemWords(problem, text) });
    }
    setBusy(null);
    list.current?.querySelector("button")?.focus();
  };
  if (held.length === 0 && !open) return null;
  const count = formatCount(held.length, locale);
  return (
    <>
      <button type="button" class="review-strip" onClick={() => setOpen(true)}>
        <Icon name="shield" size={16} /> {text.waiting(count)}
      </button>
      <Sheet
        id="review"
        open={open}
        onClose={() => setOpen(false)}
        title={text.waitingTitle}
        locale={locale}
        foot={
          <ButtonLink href={`/studio/moderation?room=${room}`} icon="shield">
            {text.rulesPage}
          </ButtonLink>
        }
      >
        <div ref={list}>
          {held.length === 0 && <p class="muted" role="status">{text.waitingEmpty}</p>}
          <ul class="review-list">
            {held.map(({ id, from, text: words }) => {
              const name = from?.name ?? "";
              return (
                <li key={id}>
                  <p dir="auto">
                    <bdi class="muted">{name}</bdi> {plainWords(words)}
                  </p>
                  <p class="menu-buttons">
                    <Button
                      aria-label={text.rejectOf(name)}
                      disabled={busy !== null}
                      onClick={() => decide(id, "reject")}
                    >
                      {text.reject}
                    </Button>
                    <Button
                      kind="primary"
                      aria-label={text.approveOf(name)}
                      busy={busy === id}
                      onClick={() => decide(id, "approve")}
                    >
                      {text.approve}
                    </Button>
                  </p>
                </li>
              );
            })}
          </ul>
        </div>
      </Sheet>
    </>
  );
}
