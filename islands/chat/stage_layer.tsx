/**
 * What the room's talk lays over the picture: flying texts, gifts, hearts, and the switches of them.
 *
 * @module
 */
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ChatText } from "../i18n/chat.ts";
import { formatCount, type Locale } from "../i18n/mod.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Sheet } from "../ui/dialog.tsx";
import { Icon } from "../ui/icons.tsx";
import { BlockedList } from "./blocked_list.tsx";
import type { Blocks } from "./blocks.ts";
import { type Banner, BannerBoard, type GiftMessage } from "./banners.ts";
import { BROWSER_CLOCK } from "./clock.ts";
import { DanmakuForm } from "./danmaku_form.tsx";
import { DanmakuLayer } from "./danmaku_layer.ts";
import { loadSettings, saveSettings } from "./danmaku_settings.ts";
import { deviceShelf } from "./drafts.ts";
import { giftIcon, giftName, isFullScreen } from "./gifts.ts";
import { nameOf } from "./message_row.tsx";
import type { ChatRoom } from "./room.ts";
import { TalkOverlay } from "./talk_overlay.tsx";

/** The player may come later than the talk: it is looked for so often, milliseconds. */
const LOOK_EVERY_MS = 250;
/** Gifts with the whole picture to themselves that play or wait. */
const MAX_BURSTS = 4;

/** What the layer needs. */
export interface StageOptions {
  readonly chat: ChatRoom;
  readonly me: string | null;
  /** Null: a visitor has no list. */
  readonly blocks: Blocks | null;
  readonly text: ChatText;
  readonly locale: Locale;
  /** Address of the worker script that draws the texts over the picture. */
  readonly danmakuWorkerUrl: string;
}

/** Puts the layer into the page's player; the answer takes it away. */
export function mountStage(options: StageOptions): () => void {
  let place: HTMLElement | null = null;
  const look = setInterval(() => {
    const player = document.querySelector<HTMLElement>("[data-player]");
    if (player === null) return;
    clearInterval(look);
    place = document.createElement("div");
    place.className = "stage-layer";
    player.append(place);
    const video = player.querySelector("video");
    render(<StageLayer {...options} video={video} />, place);
  }, LOOK_EVERY_MS);
  return () => {
    clearInterval(look);
    if (place === null) return;
    render(null, place);
    place.remove();
  };
}

function StageLayer(
  { chat, me, blocks, text, locale, danmakuWorkerUrl: workerUrl, video }: StageOptions & {
    readonly video: HTMLVideoElement | null;
  },
) {
  const sky = useRef<HTMLDivElement>(null);
  const layer = useRef<DanmakuLayer | null>(null);
  const [settings, setSettings] = useState(() => loadSettings(deviceShelf()));
  const [open, setOpen] = useState(false);
  const [banners, setBanners] = useState<readonly Banner[]>([]);
  /** The first one is played, the others wait. */
  const [bursts, setBursts] = useState<readonly GiftMessage[]>([]);
  const [burst] = bursts;
  const change = (changed: Partial<typeof settings>) =>
    setSettings((before) => ({ ...before, ...changed }));

  useEffect(() => {
    if (sky.current === null) return;
    const created = layer.current = new DanmakuLayer(sky.current, { settings, workerUrl });
    const board = new BannerBoard(BROWSER_CLOCK, setBanners);
    const end = chat.onNews((messages) => {
      for (const message of messages) {
        if (message.kind === "chat") created.show(message, message.from?.id === me);
        else if (message.kind === "gift") {
          board.add(message);
          if (isFullScreen(message.body.gift)) {
            setBursts((before) => [...before, message].slice(-MAX_BURSTS));
          }
        }
      }
    });
    const endGone = chat.onGone((gone) => {
      created.remove(gone);
      board.remove(gone);
      setBursts((before) => before.filter((message) => !gone(message)));
    });
    const follow = () => created.setPaused(video?.paused === true);
    video?.addEventListener("pause", follow);
    video?.addEventListener("play", follow);
    video?.addEventListener("playing", follow);
    return () => {
      end();
      endGone();
      board.stop();
      created.destroy();
      video?.removeEventListener("pause", follow);
      video?.removeEventListener("play", follow);
      video?.removeEventListener("playing", follow);
    };
  }, []);
  useEffect(() => {
    layer.current?.apply(settings);
    saveSettings(deviceShelf(), settings);
  }, [settings]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "d" || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.composedPath()[0];
      if (target instanceof Element && target.closest("input, textarea, select") !== null) return;
      if (document.querySelector("dialog:modal") !== null) return;
      event.preventDefault();
      setSettings((before) => ({ ...before, on: !before.on }));
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);

  return (
    <>
      <div ref={sky} class="danmaku" aria-hidden="true" />
      {burst !== undefined && (
        <div
          key={burst.score}
          class="gift-burst"
          aria-hidden="true"
          onAnimationEnd={(event) => {
            if (event.target === event.currentTarget) setBursts((before) => before.slice(1));
          }}
        >
          <span class="gift-burst-rays" />
          <Icon name={giftIcon(burst.body.gift)} size={112} />
        </div>
      )}
      <ul class="gift-banners">
        {banners.map((banner) => (
          <GiftBanner key={banner.key} banner={banner} text={text} locale={locale} />
        ))}
      </ul>
      <TalkOverlay chat={chat} text={text} />
      <div class="stage-switches">
        <button
          type="button"
          class="player-button"
          aria-pressed={settings.on}
          aria-label={text.danmaku}
          title={settings.on ? text.danmakuOff : text.danmakuOn}
          onClick={() => change({ on: !settings.on })}
        >
          <Icon name={settings.on ? "captions" : "captions-off"} />
        </button>
        <button
          type="button"
          class="player-button"
          aria-label={text.danmakuSettings}
          title={text.danmakuSettings}
          onClick={() => setOpen(true)}
        >
          <Icon name="sliders-horizontal" />
        </button>
      </div>
      <Sheet
        id="danmaku-settings"
        open={open}
        onClose={() => setOpen(false)}
        title={text.danmakuSettings}
        locale={locale}
        place="center"
      >
        <DanmakuForm settings={settings} text={text} onChange={change} />
        {blocks !== null && <BlockedList blocks={blocks} locale={locale} />}
      </Sheet>
    </>
  );
}

function GiftBanner(
  { banner: { message, count }, text, locale }: {
    readonly banner: Banner;
    readonly text: ChatText;
    readonly locale: Locale;
  },
) {
  const { gift } = message.body;
  return (
    <li class="gift-banner" dir="auto">
      <Avatar name={nameOf(message.from, text)} size={36} />
      <span>
        <bdi>{nameOf(message.from, text)}</bdi>
        <small>{text.gave} {giftName(gift, locale)}</small>
      </span>
      <Icon name={giftIcon(gift)} size={34} />
      <b key={count} class="tabular">×{formatCount(count, locale)}</b>
    </li>
  );
}

/** A heart that goes up over the picture. */
export function floatHeart(): void {
  const player = document.querySelector<HTMLElement>(".stage-layer");
  if (player === null || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  if (player.querySelectorAll(".heart").length > 20) return;
  const heart = document.createElement("span");
  heart.className = "heart";
  heart.setAttribute("aria-hidden", "true");
  heart.style.setProperty("--drift", `${Math.round(Math.random() * 60 - 30)}px`);
  heart.style.setProperty("--hue", String(Math.round(Math.random() * 40 - 10)));
  heart.addEventListener("animationend", () => heart.remove());
  player.append(heart);
}
