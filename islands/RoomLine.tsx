import { useEffect, useRef, useState } from "preact/hooks";
import { formatCount, formatDuration, type Locale } from "./i18n/mod.ts";
import { roomText } from "./i18n/room.ts";
import { watchText } from "./i18n/watch.ts";
import { FollowButton } from "./room/follow_button.tsx";
import { linkify } from "./room/linkify.ts";
import { type RoomView, useRoomView } from "./room/room_watch.ts";
import { Avatar } from "./ui/avatar.tsx";
import { Button, ButtonLink } from "./ui/button.tsx";
import { Chip } from "./ui/marks.tsx";

/** Props of {@linkcode RoomLine}. */
export interface RoomLineProps {
  readonly view: RoomView;
  readonly locale: Locale;
  /** When `view` was read. */
  readonly nowMs: number;
  /** Names of the categories in the reader's language, by key. */
  readonly categories: Readonly<Record<string, string>>;
  /** Whether other sites may show the player. */
  readonly embeddable: boolean;
}

/**
 * What stands under the picture: who, what, since when, how many; follow and share; what the
 * broadcaster wrote. Theatre mode, too.
 */
export default function RoomLine(props: RoomLineProps) {
  const { locale } = props;
  const text = roomText(locale);
  const view = useRoomView(props.view);
  const { room } = view;
  useTheatre();
  const count = formatCount(room.viewers, locale);
  const category = room.category === null ? undefined : props.categories[room.category];
  return (
    <>
      <div class="room-line">
        <Avatar name={room.ownerName} picture={room.ownerPicture} size={48} />
        <div class="room-line-text">
          <h1 dir="auto">{room.title}</h1>
          <p class="muted">
            <bdi class="ellipsis">{room.ownerName}</bdi>
            {room.live && room.startedAtMs !== null
              ? <LiveFor startedAtMs={room.startedAtMs} nowMs={props.nowMs} locale={locale} />
              : <span>{text.offline}</span>}
            <span class="wide-only">{text.roomNumber(room.id)}</span>
            {room.live && (
              <span class="narrow-only tabular">{text.watching(room.viewers, count)}</span>
            )}
          </p>
        </div>
        <div class="room-line-actions">
          {category !== undefined && (
            <Chip class="category" href={`/?category=${room.category}`}>{category}</Chip>
          )}
          {room.live && (
            <Chip
              class="viewers"
              icon="users"
              title={text.watchingLong(room.viewers, count)}
            >
              <span class="tabular">{text.watching(room.viewers, count)}</span>
            </Chip>
          )}
          <Share view={view} locale={locale} embeddable={props.embeddable} />
          {view.own
            ? (
              <ButtonLink icon="video" href="/studio" class="to-studio">
                <span>{watchText(locale).studio}</span>
              </ButtonLink>
            )
            : <FollowButton view={view} locale={locale} />}
        </div>
      </div>
      {room.description !== "" && <Description text={room.description} locale={locale} />}
    </>
  );
}

function LiveFor(
  { startedAtMs, nowMs, locale }: {
    readonly startedAtMs: number;
    readonly nowMs: number;
    readonly locale: Locale;
  },
) {
  const [now, setNow] = useState(nowMs);
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const duration = formatDuration(now - startedAtMs);
  return <span class="wide-only tabular">{watchText(locale).liveFor(duration)}</span>;
}

/** What the broadcaster wrote, folded to its first lines while it is longer. */
function Description({ text, locale }: { readonly text: string; readonly locale: Locale }) {
  const words = watchText(locale);
  const body = useRef<HTMLParagraphElement>(null);
  const [fold, setFold] = useState<"folded" | "open" | "short">("folded");
  useEffect(() => {
    const element = body.current;
    if (element === null) return;
    const measure = () =>
      setFold((now) =>
        now === "open" ? now : element.scrollHeight > element.clientHeight + 2 ? "folded" : "short"
      );
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [text]);
  return (
    <div class={`description ${fold}`}>
      <p ref={body} dir="auto">
        {linkify(text).map(({ text, href }, index) =>
          href === null
            ? text
            : (
              <a key={index} href={href} target="_blank" rel="nofollow noopener ugc">
                {text}
              </a>
            )
        )}
      </p>
      {fold !== "short" && (
        <button
          type="button"
          class="description-fold"
          aria-expanded={fold === "open"}
          onClick={() => setFold(fold === "open" ? "folded" : "open")}
        >
          {fold === "open" ? words.less : words.more}
        </button>
      )}
    </div>
  );
}

/** Folds the panel away when the player, which owns the switch, says so (`wanren:theatre`). */
function useTheatre() {
  useEffect(() => {
    const follow = (event: Event) => {
      const { detail } = event as CustomEvent<{ readonly on: boolean }>;
      document.querySelector(".watch")?.toggleAttribute("data-theatre", detail.on);
      document.body.classList.toggle("theatre", detail.on);
    };
    document.addEventListener("wanren:theatre", follow);
    return () => document.removeEventListener("wanren:theatre", follow);
  }, []);
}

/** The button; the sheet comes with what the player fetches after its picture. */
function Share(
  { view: { room }, locale, embeddable }: {
    readonly view: RoomView;
    readonly locale: Locale;
    readonly embeddable: boolean;
  },
) {
  const [later, setLater] = useState<typeof import("./player/later.ts") | null>(null);
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const show = async () => {
    setBusy(true);
    try {
      setLater(await import("./player/later.ts"));
      setOpen(true);
    } catch {
      // Off line: the next press tries again.
    }
    setBusy(false);
  };
  return (
    <>
      <Button icon="share-2" class="share" busy={busy} onClick={show}>
        <span>{watchText(locale).share}</span>
      </Button>
      {later !== null && (
        <later.ShareSheet
          open={open}
          onClose={() => setOpen(false)}
          room={room}
          locale={locale}
          embeddable={embeddable}
        />
      )}
    </>
  );
}
