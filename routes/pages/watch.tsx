/**
 * `/rooms/<room>`: the picture, the room line under it, what is known of the room beside it.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { formatRelative } from "../../islands/i18n/mod.ts";
import { watchPageText } from "../../islands/i18n/watch_page.ts";
import LiveRooms from "../../islands/LiveRooms.tsx";
import RoomLine from "../../islands/RoomLine.tsx";
import { Icon, type IconName } from "../../islands/ui/icons.tsx";
import { Island } from "../../islands/ui/island.tsx";
import type { AssetManifest } from "../../islands/ui/manifest.ts";
import { codecName, usualFrameRate } from "../../islands/ui/room_data.ts";
import { Avatar } from "../../islands/ui/avatar.tsx";
import type { PlaybackAddresses, RoomState } from "../../rooms/model.ts";
import type { Page } from "./document.tsx";
import { summarize } from "./lobby.tsx";
import { PlayerStage } from "./player.tsx";
import type { Reader } from "./view.ts";

/** Before this a frame rate is still being measured. */
const SETTLING_MS = 8_000;

/** What the watch page shows. */
export interface WatchInput {
  readonly room: RoomState;
  readonly playback: PlaybackAddresses;
  /** Other rooms that are live. */
  readonly others: readonly RoomState[];
  readonly reader: Reader;
  readonly manifest: AssetManifest;
  readonly canonical: string;
}

/** The watch page of a room, live or not. */
export function watchPage(input: WatchInput): Page {
  const { room, reader, others, playback } = input;
  const text = watchPageText(reader.locale);
  const own = reader.account?.id === room.owner.id;
  return {
    reader,
    layout: "watch",
    title: text.watchTitle(room.title, room.owner.name),
    description: text.watchDescription(room.title, room.owner.name),
    canonical: input.canonical,
    content: (
      <div class={own && !room.live ? "watch own-silent" : "watch"}>
        <div class="stage">
          <PlayerStage
            room={room}
            playback={playback}
            reader={reader}
            manifest={input.manifest}
            mode="watch"
          />
        </div>
        <div class="under-stage">
          <Island
            name="RoomLine"
            component={RoomLine}
            props={{ room: summarize(room), locale: reader.locale, nowMs: reader.nowMs }}
          />
        </div>
        <div class="more-live">
          <Island
            name="LiveRooms"
            component={LiveRooms}
            props={{
              rooms: others.map(summarize),
              locale: reader.locale,
              nowMs: reader.nowMs,
              beside: room.id,
            }}
          />
        </div>
        <aside class="panel" aria-label={text.aboutRoom}>
          {own && !room.live && (
            <section class="card notice">
              <p>{text.ownRoomNotLive}</p>
              <p>
                <a class="button primary" href="/studio">
                  <Icon name="video" size={18} /> {text.openStudio}
                </a>
              </p>
            </section>
          )}
          <About room={room} playback={playback} reader={reader} />
        </aside>
      </div>
    ),
  };
}

function About(
  { room, playback, reader }: {
    readonly room: RoomState;
    readonly playback: PlaybackAddresses;
    readonly reader: Reader;
  },
) {
  const { locale, nowMs } = reader;
  const text = watchPageText(locale);
  const video = room.stream?.video ?? null;
  const audio = room.stream?.audio ?? null;
  const settled = room.startedAtMs !== null && nowMs - room.startedAtMs > SETTLING_MS;
  const opened = formatRelative(room.createdAtMs, { nowMs, locale });
  const addresses = [
    ["RTMP", playback.rtmp],
    ["LL-HLS", playback.llhls],
    ["HLS", playback.hls],
    ["HTTP-FLV", playback.flv],
  ] as const;
  const keys = [
    ["K", text.keyPlay],
    ["M", text.keyMute],
    ["F", text.keyFullscreen],
    ["T", text.keyTheatre],
    ["I", text.keyStatistics],
  ] as const;
  return (
    <section class="card about" aria-labelledby="about-title">
      <h2 id="about-title">{text.aboutRoom}</h2>
      <div class="person">
        <Avatar name={room.owner.name} size={44} />
        <div>
          <p class="person-name">
            <bdi>{room.owner.name}</bdi>
          </p>
          <p class="muted">{text.broadcaster}</p>
        </div>
      </div>
      <dl class="facts">
        <Fact icon="tv" label={text.roomNumber} value={room.id} />
        <Fact icon="clock" label={text.roomOpened} value={opened} />
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
      </dl>
      {room.live && (
        <details open>
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
      )}
      <details class="keyboard" open>
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
    </section>
  );
}

/** The address with places where a line may end. */
function breakable(address: string): ComponentChildren {
  return address.split(/(?<=[/.:])/).map((piece) => [piece, <wbr key={piece} />]);
}

function Fact(
  { icon, label, value }: {
    readonly icon: IconName;
    readonly label: string;
    readonly value: string;
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
