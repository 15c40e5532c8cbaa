/**
 * `/rooms/<room>`: the picture, the room line under it, and beside it a panel of tabs.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { chatShellText } from "../../islands/i18n/chat_shell.ts";
import { followText } from "../../islands/i18n/follow.ts";
import { formatCount, formatRelative } from "../../islands/i18n/mod.ts";
import { roomText } from "../../islands/i18n/room.ts";
import { watchPageText } from "../../islands/i18n/watch_page.ts";
import Chat from "../../islands/Chat.tsx";
import MoreLive from "../../islands/MoreLive.tsx";
import RoomLine from "../../islands/RoomLine.tsx";
import RoomTabs, { ROOM_TABS } from "../../islands/RoomTabs.tsx";
import { Avatar, avatarUrl } from "../../islands/ui/avatar.tsx";
import { ButtonLink } from "../../islands/ui/button.tsx";
import { Icon, type IconName } from "../../islands/ui/icons.tsx";
import { Island } from "../../islands/ui/island.tsx";
import type { AssetManifest } from "../../islands/ui/manifest.ts";
import { codecName, usualFrameRate } from "../../islands/ui/room_data.ts";
import { personOf, type PlaybackAddresses, type RoomState } from "../../rooms/model.ts";
import type { Category } from "../../rooms/settings.ts";
import type { BodyMark, Page } from "./document.tsx";
import { labelOf, labelsOf } from "./lobby.tsx";
import { enginePreloads, PlayerStage } from "./player.tsx";
import { describe, summarize } from "./room_summary.ts";
import { oembedAlternates, roomSocial } from "./social.ts";
import type { Reader } from "./view.ts";

/** Before this a frame rate is still being measured. */
const SETTLING_MS = 8_000;

/** Tabs of the panel, in their order. */
const PANELS = ["chat", "board", "about", "more"] as const;
/** One of {@linkcode PANELS}. */
export type Panel = (typeof PANELS)[number];

/** What the watch page shows. */
export interface WatchInput {
  readonly room: RoomState;
  /** Whether the reader follows the room; null: nobody is logged in. */
  readonly following: boolean | null;
  readonly playback: PlaybackAddresses;
  /** Other rooms that are live. */
  readonly others: readonly RoomState[];
  readonly categories: readonly Category[];
  /** Whether other sites may show the player. */
  readonly embeddable: boolean;
  /** Null: talk while it is live, otherwise what the room is about. */
  readonly panel: Panel | null;
  readonly theatre: boolean;
  /** Begins without sound whatever the device remembers. */
  readonly muted: boolean;
  readonly reader: Reader;
  readonly manifest: AssetManifest;
  readonly userAgent: string;
  /** Scheme, host and port, as the reader sees them. */
  readonly baseUrl: string;
}

/** The panel that an address asks for; null: none. */
export function parsePanel(text: string | undefined): Panel | null {
  return PANELS.find((panel) => panel === text) ?? null;
}

/** The watch page of a room, live or not. */
export function watchPage(input: WatchInput): Page {
  const { room, reader, playback, baseUrl, following } = input;
  const { locale } = reader;
  const text = watchPageText(locale);
  const own = reader.account?.id === room.owner.id;
  const view = { room: describe(room), following, own };
  const labels = labelsOf(input.categories, locale);
  return {
    reader,
    layout: "watch",
    title: text.watchTitle(room.title, room.owner.name),
    description: summaryOf(room.description) ?? text.watchDescription(room.title, room.owner.name),
    canonical: `${baseUrl}/rooms/${room.id}`,
    social: roomSocial(room, { baseUrl, embeddable: input.embeddable, locale }),
    alternates: oembedAlternates(room, { baseUrl }),
    headStart: room.live,
    marks: marksOf(input),
    preload: enginePreloads(room, { ...input, layout: "watch" }),
    content: (
      <div class="watch" {...(input.theatre && { "data-theatre": "" })}>
        <div class="stage">
          <PlayerStage
            room={room}
            view={view}
            playback={playback}
            reader={reader}
            manifest={input.manifest}
            mode="watch"
            theatre={input.theatre}
            muted={input.muted ? true : null}
          />
          <a class="stage-back" href="/" aria-label={text.back}>
            <Icon name="arrow-left" />
          </a>
        </div>
        <div class="under-stage">
          <Island
            name="RoomLine"
            component={RoomLine}
            props={{
              view,
              locale,
              nowMs: reader.nowMs,
              categories: Object.fromEntries(labels.map(({ key, label }) => [key, label])),
              embeddable: input.embeddable,
            }}
          />
          {!own && <div id="stage-guest" class="guest-place" hidden />}
          {own && <div id="pk-host" class="pk-place" hidden={!room.live} />}
          {own && (
            <section id="own-away" class="card notice" hidden={room.live}>
              <p>{text.ownRoomNotLive}</p>
              <p>
                <ButtonLink kind="primary" icon="video" href="/studio">
                  {text.openStudio}
                </ButtonLink>
              </p>
            </section>
          )}
        </div>
        <RoomPanel {...input} />
      </div>
    ),
  };
}

/** The column of tabs; the talk stands first in it. */
function marksOf(input: WatchInput): readonly BodyMark[] {
  const talking = (input.panel ?? usualPanel(input)) === "chat";
  return [...(input.theatre ? ["theatre" as const] : []), ...(talking ? ["talking" as const] : [])];
}

/** Where there is talk it is what people come for. */
function usualPanel({ room }: WatchInput): Panel {
  return room.live ? "chat" : "about";
}

function RoomPanel(input: WatchInput) {
  const { room, reader, manifest } = input;
  const { locale, account } = reader;
  const text = watchPageText(locale);
  const chat = chatShellText(locale);
  const usual = usualPanel(input);
  const panel = input.panel ?? usual;
  const titles: Record<Panel, string> = {
    chat: chat.chat,
    board: chat.leaderboard,
    about: text.about,
    more: text.moreLive,
  };
  const tabs = PANELS.map((id) => ({
    id,
    label: titles[id],
    href: id === usual ? `/rooms/${room.id}` : `/rooms/${room.id}?panel=${id}`,
  }));
  const contents: Record<Panel, ComponentChildren> = {
    chat: (
      <Island
        name="Chat"
        component={Chat}
        props={{
          room: room.id,
          owner: room.owner.id,
          account: account === null
            ? null
            : { id: account.id, name: personOf(account).name, admin: account.admin },
          locale,
          sheet: manifest.styles.chat ?? null,
          danmakuWorkerUrl: manifest.files["danmaku.worker.js"] ?? "",
          stage: { sheet: manifest.styles.guests ?? null },
          battles: {
            sheet: manifest.styles.pk ?? null,
            hlsWorkerUrl: manifest.files["hls.worker.js"] ?? "",
            nowMs: reader.nowMs,
          },
        }}
      />
    ),
    board: (
      <div id="board-place" class="board-place">
        <noscript>
          <p class="muted">{chat.needsScript}</p>
        </noscript>
      </div>
    ),
    about: <About {...input} />,
    more: (
      <Island
        name="MoreLive"
        component={MoreLive}
        props={{ rooms: input.others.map(summarize), locale, beside: room.id }}
      />
    ),
  };
  return (
    <aside class="panel" aria-label={text.panel}>
      <Island
        name="RoomTabs"
        component={RoomTabs}
        props={{ label: text.panel, tabs, current: panel }}
      />
      {PANELS.map((id) => (
        <div
          key={id}
          id={`${ROOM_TABS}-panel-${id}`}
          class={`panel-content panel-${id}`}
          role="tabpanel"
          aria-labelledby={`${ROOM_TABS}-${id}`}
          tabIndex={0}
          hidden={id !== panel}
        >
          <h2 class="visually-hidden">{titles[id]}</h2>
          {contents[id]}
        </div>
      ))}
    </aside>
  );
}

function About({ room, playback, reader, categories }: WatchInput) {
  const { locale, nowMs } = reader;
  const text = watchPageText(locale);
  const category = categories.find(({ key }) => key === room.category);
  const followers = followText(locale)
    .followers(room.followers, formatCount(room.followers, locale));
  return (
    <>
      <section class="broadcaster" aria-label={text.broadcaster}>
        <Avatar name={room.owner.name} picture={avatarUrl(room.owner.avatar)} size={56} />
        <div>
          <p class="person-name">
            <bdi>{room.owner.name}</bdi>
          </p>
          <p class="muted">{followers}</p>
          {!room.live && room.lastLiveAtMs !== null && (
            <p class="muted">
              {roomText(locale).lastLive(formatRelative(room.lastLiveAtMs, { nowMs, locale }))}
            </p>
          )}
        </div>
      </section>
      <dl class="facts">
        <Fact icon="tv" label={text.roomNumber} value={room.id} />
        {category !== undefined && (
          <Fact
            icon="layout-grid"
            label={text.category}
            value={<a href={`/?category=${category.key}`}>{labelOf(category, locale)}</a>}
          />
        )}
        <Fact
          icon="clock"
          label={text.roomOpened}
          value={formatRelative(room.createdAtMs, { nowMs, locale })}
        />
        <StreamFacts room={room} reader={reader} />
      </dl>
      {room.live && <PlayElsewhere playback={playback} text={text} />}
      <Keyboard text={text} />
    </>
  );
}

function StreamFacts({ room, reader }: Pick<WatchInput, "room" | "reader">) {
  const text = watchPageText(reader.locale);
  const video = room.stream?.video ?? null;
  const audio = room.stream?.audio ?? null;
  const settled = room.startedAtMs !== null && reader.nowMs - room.startedAtMs > SETTLING_MS;
  return (
    <>
      {video !== null && (
        <Fact
          icon="video"
          label={text.pictureFact}
          value={[
            `${video.width} × ${video.height}`,
            ...(settled ? [`${usualFrameRate(video.fps)} fps`] : []),
            codecName(video.codec),
          ].join(" · ")}
        />
      )}
      {audio !== null && (
        <Fact
          icon="volume-2"
          label={text.soundFact}
          value={`${codecName(audio.codec)} · ${audio.sampleRate / 1000} kHz`}
        />
      )}
    </>
  );
}

type WatchPageText = ReturnType<typeof watchPageText>;

function PlayElsewhere(
  { playback, text }: Pick<WatchInput, "playback"> & { readonly text: WatchPageText },
) {
  const addresses = [
    ["RTMP", playback.rtmp],
    ["LL-HLS", playback.llhls],
    ["HLS", playback.hls],
    ["HTTP-FLV", playback.flv],
  ] as const;
  return (
    <details>
      <summary>
        {text.playElsewhere}
        <Icon name="chevron-down" size={18} />
      </summary>
      <p class="hint">{text.playElsewhereText}</p>
      <dl class="addresses">
        {addresses.map(([name, address]) =>
          address !== null && (
            <div key={name}>
              <dt>{name}</dt>
              <dd class="mono">{breakable(address)}</dd>
            </div>
          )
        )}
      </dl>
    </details>
  );
}

function Keyboard({ text }: { readonly text: WatchPageText }) {
  const keys = [
    ["K", text.keyPlay],
    ["M", text.keyMute],
    ["F", text.keyFullscreen],
    ["T", text.keyTheatre],
    ["C", text.keyChat],
    ["D", text.keyDanmaku],
    ["I", text.keyStatistics],
    ["?", text.keyHelp],
  ] as const;
  return (
    <details class="keyboard">
      <summary>
        {text.keyboard}
        <Icon name="chevron-down" size={18} />
      </summary>
      <dl class="keys">
        {keys.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** The first words of a description, for search engines and previews; null without one. */
function summaryOf(description: string): string | null {
  const line = description.replaceAll(/\s+/g, " ").trim();
  if (line === "") return null;
  return line.length > 200 ? `${line.slice(0, 199).trimEnd().toWellFormed()}…` : line;
}

/** The address with places where a line may end. */
function breakable(address: string): ComponentChildren {
  return address.split(/(?<=[/.:])/).map((piece) => [piece, <wbr key={piece} />]);
}

function Fact(
  { icon, label, value }: {
    readonly icon: IconName;
    readonly label: string;
    readonly value: ComponentChildren;
  },
) {
  return (
    <div>
      <dt>
        <Icon name={icon} size={18} /> {label}
      </dt>
      <dd class="tabular">{value}</dd>
    </div>
  );
}
