import { useEffect, useRef, useState } from "preact/hooks";
import { formatCount, formatDuration, type Locale } from "./i18n/mod.ts";
import { studioText } from "./i18n/studio.ts";
import { desk as deskOfPage } from "./studio/browser/link.ts";
import { explainFailure } from "./studio/failures.ts";
import { followFieldLink } from "./studio/fields.ts";
import { focusPanel, useHeir } from "./studio/focus.ts";
import type { StudioSnapshot } from "./studio/snapshot.ts";
import { studioStore, useNow, useStudio } from "./studio/store.ts";
import { ApiError } from "./ui/api.ts";
import { Button, ButtonLink, IconButton } from "./ui/button.tsx";
import { copyText } from "./ui/copy_field.tsx";
import { ConfirmDialog } from "./ui/dialog.tsx";
import { Icon } from "./ui/icons.tsx";
import { Badge, Chip } from "./ui/marks.tsx";
import { toast } from "./ui/toast.tsx";

/** Props of {@linkcode StudioBar}. */
export interface StudioBarProps {
  readonly studio: StudioSnapshot;
  /** Absolute address of the watch page. */
  readonly link: string;
  readonly locale: Locale;
}

/** Title, state and running time, the link for viewers, and the end of the stream. */
export default function StudioBar({ studio, link, locale }: StudioBarProps) {
  const text = studioText(locale);
  const { room, stream, viewers, nowMs: lookedAtMs } = useStudio(studio);
  const live = stream?.state === "live";
  const nowMs = useNow(studio, { lookedAtMs, ticking: stream !== null });
  const duration = stream === null ? null : formatDuration(nowMs - stream.startedAtMs);
  usePageTitle(live && duration !== null ? text.liveTitle(duration, room.title) : null);

  const share = async () => {
    if (await copyText(link)) toast({ text: text.linkCopied, tone: "good" });
    else toast({ text: text.linkRefused(link), tone: "bad" });
  };
  const count = formatCount(viewers, locale);
  return (
    <>
      <div class="studio-title">
        <h1 dir="auto">{room.title}</h1>
        <a
          class="button ghost icon-only"
          href="#room-title"
          aria-label={text.editTitle}
          title={text.editTitle}
          onClick={followFieldLink}
        >
          <Icon name="pencil" size={18} />
        </a>
      </div>
      <div class="studio-bar">
        <p class="studio-state">
          {live
            ? <Badge kind="live">{text.live}</Badge>
            : stream !== null
            ? <Badge kind="gold">{text.reconnecting}</Badge>
            : <Badge soft>{text.offline}</Badge>}
          {duration !== null && (
            <span class="studio-clock tabular" title={text.runsFor(duration)}>{duration}</span>
          )}
        </p>
        {stream !== null && (
          <Chip icon="users" class="studio-viewers" title={text.watching(viewers, count)}>
            <span class="tabular" aria-hidden="true">{count}</span>
            <span class="visually-hidden">{text.watching(viewers, count)}</span>
          </Chip>
        )}
        <div class="studio-actions">
          <IconButton class="scripted" icon="link" label={text.copyLink} onClick={share} />
          <ButtonLink class="studio-view" href={`/rooms/${studio.roomId}`} icon="eye">
            <span>{text.whatViewersSee}</span>
          </ButtonLink>
          {(stream !== null || deskOfPage.value?.onAir === true) && (
            <EndStream studio={studio} locale={locale} />
          )}
        </div>
      </div>
    </>
  );
}

/** Asks once. Without script the form leads to a page that asks. */
function EndStream(
  { studio, locale }: { readonly studio: StudioSnapshot; readonly locale: Locale },
) {
  const text = studioText(locale);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const done = useRef(false);
  const desk = deskOfPage.value;
  const own = desk !== null && desk.publisher.value !== null;
  useHeir(".studio-actions");
  useEffect(() => {
    // This button goes away with the stream.
    if (!asking && done.current) focusPanel();
  }, [asking]);
  const end = async () => {
    setBusy(true);
    setProblem(null);
    try {
      // What comes from here needs nobody to be held off: it stops by itself.
      if (own) {
        desk.end();
        await studioStore(studio).lookSoon();
      }
      if (!own || studioStore(studio).state.stream !== null) await studioStore(studio).endStream();
      done.current = true;
      setAsking(false);
      toast({ text: text.ended, tone: "good" });
    } catch (error) {
      const unconfirmed = error instanceof ApiError && error.status === 503;
      setProblem(unconfirmed ? text.endUnconfirmed : explainFailure(error, text));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <form
        method="get"
        action="/studio"
        onSubmit={(event) => {
          event.preventDefault();
          setProblem(null);
          setAsking(true);
        }}
      >
        <input type="hidden" name="ask" value="end" />
        <Button type="submit" kind="danger" icon="circle-stop">{text.end}</Button>
      </form>
      <ConfirmDialog
        id="end"
        open={asking}
        onClose={() => setAsking(false)}
        title={text.endQuestion}
        text={own ? text.endOwnText : text.endText}
        confirm={text.endConfirm}
        onConfirm={end}
        busy={busy}
        error={problem}
        locale={locale}
      />
    </>
  );
}

/** The window's title tells that the room is live, also behind the encoder's window. */
function usePageTitle(title: string | null) {
  const original = useRef<string | null>(null);
  useEffect(() => {
    original.current ??= document.title;
    document.title = title ?? original.current;
  }, [title]);
}
