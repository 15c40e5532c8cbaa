/**
 * `/studio`: what a broadcaster needs to go live, to see that all is well, and to end well.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import BrowserStudio from "../../islands/BrowserStudio.tsx";
import { siteText } from "../../islands/i18n/site.ts";
import { studioText } from "../../islands/i18n/studio.ts";
import { studioPageText } from "../../islands/i18n/studio_page.ts";
import { studioWaysText } from "../../islands/i18n/studio_ways.ts";
import LastBroadcasts from "../../islands/LastBroadcasts.tsx";
import PkCard from "../../islands/PkCard.tsx";
import PublishCard from "../../islands/PublishCard.tsx";
import StageCard from "../../islands/StageCard.tsx";
import RoomDetails, { type RoomDetailsProps } from "../../islands/RoomDetails.tsx";
import StudioBar from "../../islands/StudioBar.tsx";
import StudioPanel from "../../islands/StudioPanel.tsx";
import type { BroadcastFigures, StudioSnapshot } from "../../islands/studio/snapshot.ts";
import { avatarUrl } from "../../islands/ui/avatar.tsx";
import { Button, ButtonLink } from "../../islands/ui/button.tsx";
import { Card } from "../../islands/ui/card.tsx";
import { Icon } from "../../islands/ui/icons.tsx";
import { Island } from "../../islands/ui/island.tsx";
import type { AssetManifest } from "../../islands/ui/manifest.ts";
import { TabLinks } from "../../islands/ui/tabs.tsx";
import { streamFigures } from "../../islands/ui/room_data.ts";
import type { Broadcast, PlaybackAddresses, PublishAddress, RoomState } from "../../rooms/model.ts";
import { DESCRIPTION_LENGTH, TITLE_LENGTH } from "../../rooms/rules.ts";
import type { SettingValues } from "../../rooms/settings.ts";
import type { Page } from "./document.tsx";
import { PlayerStage } from "./player.tsx";
import type { Reader } from "./view.ts";

/** How somebody broadcasts: from the page itself, or from an encoder. */
export type StudioWay = "browser" | "obs";

/** What the studio of a room shows. */
export interface StudioInput {
  readonly room: RoomState;
  readonly heldUntilMs: number | null;
  /** The last ones, newest first. */
  readonly broadcasts: readonly Broadcast[];
  readonly settings: SettingValues;
  readonly playback: PlaybackAddresses;
  readonly publish: PublishAddress;
  /** Absolute address of the watch page. */
  readonly link: string;
  readonly reader: Reader;
  readonly manifest: AssetManifest;
  /** Null: the one that was used last, or the one that is there. */
  readonly way: StudioWay | null;
  /** The room's form came back. */
  readonly refused?: RoomDetailsProps["refused"];
  /** The room's form was taken. */
  readonly saved?: boolean;
  /** Asks before the stream is ended, where no script does. */
  readonly askEnd?: boolean;
}

/** The studio of a room. */
export function studioPage(input: StudioInput): Page {
  const { room, reader, publish, settings } = input;
  const { locale } = reader;
  const studio = snapshotOf(input);
  const browser = (input.way ?? usualWay(input)) === "browser";
  const workerUrl = input.manifest.files["scene.worker.js"] ?? "";
  const limits = { title: TITLE_LENGTH.max, description: DESCRIPTION_LENGTH.max };
  const categories = settings.categories.map((category) => ({
    value: category.key,
    label: category[locale],
  }));
  return {
    reader,
    layout: "studio",
    ...(browser && { styles: ["live"] }),
    current: "studio",
    title: studioPageText(locale).studioTitle,
    description: siteText(locale).siteDescription,
    noIndex: true,
    content: (
      <div class="studio">
        <Notices input={input} />
        <div class="studio-head">
          <Island
            name="StudioBar"
            component={StudioBar}
            props={{ studio, link: input.link, locale }}
          />
        </div>
        <Ways browser={browser} reader={reader} />
        {browser
          ? (
            <Island
              name="BrowserStudio"
              component={BrowserStudio}
              props={{ studio, locale, workerUrl }}
            />
          )
          : (
            <div class="stage">
              <PlayerStage
                room={room}
                playback={input.playback}
                reader={reader}
                manifest={input.manifest}
                mode="preview"
              />
            </div>
          )}
        <div class="studio-side">
          <Island
            name="StudioPanel"
            component={StudioPanel}
            props={{ studio, locale, workerUrl: browser ? workerUrl : null }}
          />
          <Island
            name="PkCard"
            component={PkCard}
            props={{ studio, locale, sheet: input.manifest.styles.pk ?? null }}
          />
          {!browser && (
            <>
              <Island
                name="PublishCard"
                component={PublishCard}
                props={{ studio, locale, whip: publish.whip, ...publish.rtmp }}
              />
              <PlainKey streamKey={publish.rtmp.streamKey} reader={reader} />
            </>
          )}
          <Island
            name="StageCard"
            component={StageCard}
            props={{ studio, locale, sheet: input.manifest.styles.guests ?? null }}
          />
        </div>
        <div class="studio-main">
          <Island
            name="RoomDetails"
            component={RoomDetails}
            props={{
              studio,
              categories,
              limits,
              refused: input.refused ?? null,
              saved: input.saved ?? false,
              locale,
            }}
          />
          <Card id="room-rules" title={studioPageText(locale).moderation}>
            <p class="muted">{studioPageText(locale).moderationText}</p>
            <p>
              <ButtonLink href="/studio/moderation" icon="shield">
                {studioPageText(locale).moderationLink}
              </ButtonLink>
            </p>
          </Card>
          <Island
            name="LastBroadcasts"
            component={LastBroadcasts}
            props={{ studio, broadcasts: input.broadcasts.map(figuresOf), locale }}
          />
        </div>
      </div>
    ),
  };
}

/**
 * The way that runs, else the one that was used last; whoever never broadcast begins in the
 * browser, where this server takes that.
 */
function usualWay({ room, broadcasts, publish }: StudioInput): StudioWay {
  const protocol = room.stream?.protocol ?? broadcasts[0]?.protocol;
  if (protocol !== undefined) return protocol === "whip" ? "browser" : "obs";
  return publish.whip === null ? "obs" : "browser";
}

function Ways({ browser, reader }: { readonly browser: boolean; readonly reader: Reader }) {
  const text = studioWaysText(reader.locale);
  return (
    <div class="studio-ways">
      <TabLinks
        label={text.ways}
        current={browser ? "browser" : "obs"}
        tabs={[
          { id: "browser", label: text.browser, icon: "video", href: "/studio?with=browser" },
          { id: "obs", label: text.obs, icon: "monitor", href: "/studio?with=obs" },
        ]}
      />
    </div>
  );
}

/** What the islands start from. */
function snapshotOf({ room, heldUntilMs, settings, reader }: StudioInput): StudioSnapshot {
  const { category } = room;
  return {
    roomId: room.id,
    ownerName: room.owner.name,
    room: {
      title: room.title,
      description: room.description,
      // A category that was taken away is none.
      category: settings.categories.some(({ key }) => key === category) ? category : null,
      cover: avatarUrl(room.cover),
      nextLiveAtMs: room.nextLiveAtMs,
    },
    stream: room.stream === null ? null : streamFigures(room.stream),
    viewers: room.viewers,
    viewersByProtocol: room.viewersByProtocol,
    heldUntilMs,
    nowMs: reader.nowMs,
  };
}

function figuresOf(broadcast: Broadcast): BroadcastFigures {
  const { startedAtMs, endedAtMs, seenAtMs, peakViewers, averageViewers } = broadcast;
  const { averageKbps, droppedFrames, reconnects } = broadcast;
  return {
    startedAtMs,
    endedAtMs,
    durationMs: Math.max(0, (endedAtMs ?? seenAtMs) - startedAtMs),
    peakViewers,
    averageViewers,
    averageKbps,
    droppedFrames,
    reconnects,
  };
}

/** What stands in the way of a broadcast, and the question that no script asks. */
function Notices({ input }: { readonly input: StudioInput }) {
  const { room, settings, reader, askEnd = false } = input;
  const text = studioPageText(reader.locale);
  const studio = studioText(reader.locale);
  if (room.suspended) return <Notice title={text.closedTitle}>{text.closedText}</Notice>;
  if (settings.broadcasting === "administrators" && reader.account?.admin !== true) {
    return <Notice title={text.othersTitle}>{text.othersText}</Notice>;
  }
  if (!askEnd || !room.live) return null;
  return (
    <section class="card danger stack ask-end" aria-labelledby="ask-end-title">
      <h2 id="ask-end-title">{studio.endQuestion}</h2>
      <p>{studio.endText}</p>
      <form method="post" action="/studio/end" class="save-line">
        <Button type="submit" kind="danger" icon="circle-stop">{studio.endConfirm}</Button>
        <ButtonLink href="/studio">{text.keepOn}</ButtonLink>
      </form>
    </section>
  );
}

function Notice(
  { title, children }: { readonly title: string; readonly children: ComponentChildren },
) {
  return (
    <section class="card notice" aria-labelledby="studio-notice">
      <h2 id="studio-notice">{title}</h2>
      <p>{children}</p>
    </section>
  );
}

/** The key and a new one, where no script shows and rotates it. */
function PlainKey({ streamKey, reader }: { readonly streamKey: string; readonly reader: Reader }) {
  const text = studioPageText(reader.locale);
  return (
    <noscript>
      <section class="card stack">
        <details>
          <summary>
            {text.showKey}
            <Icon name="chevron-down" size={18} />
          </summary>
          <p class="mono">{streamKey}</p>
        </details>
        <form method="post" action="/studio/key" class="stack">
          <p class="hint">{text.newKeyText}</p>
          <Button type="submit" kind="danger">{text.newKey}</Button>
        </form>
      </section>
    </noscript>
  );
}
