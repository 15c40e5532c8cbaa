/**
 * The faces.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { callText } from "../i18n/call.ts";
import type { Locale } from "../i18n/mod.ts";
import { Button } from "../ui/button.tsx";
import { useTrackStream } from "./face.tsx";
import type { CallState } from "./session.ts";
import { type CallLayout, largeFaces, largeKey, placesOf } from "./places.ts";
import { Tile } from "./tile.tsx";

/** More pictures than this are arranged by their number alone. */
const MANY = 6;

/** Pictures beside the large one, and columns of a grid that is about as wide as it is high. */
function stageStyle(pictures: number): string {
  const rest = Math.max(1, pictures - 1);
  // Two columns stand beside the large one then.
  const rows = pictures > MANY ? Math.ceil(rest / 2) : rest;
  return `--rest:${rows};--columns:${Math.ceil(Math.sqrt(pictures))}`;
}

/** All of them alike, or one large. */
export function Stage({ state, layout, locale, onInvite, onLarge }: {
  readonly state: CallState;
  readonly layout: CallLayout;
  readonly locale: Locale;
  readonly onInvite: () => void;
  /** Hears whose faces are large. */
  readonly onLarge: (peers: readonly string[]) => void;
}) {
  const text = callText(locale);
  const { self, others, local, speaker, heard } = state;
  const [pinned, setPinned] = useState<string | null>(null);
  const own = useTrackStream(local.videoTrack);
  const places = placesOf(self, others.map(({ peer }) => peer));
  const large = largeKey(places, { layout, pinned, speaker });
  const faces = largeFaces(places, large);
  useEffect(() => onLarge(faces), [faces.join()]);
  const byPeer = new Map(others.map(({ peer, media }) => [peer.id, media]));
  const tiles = places.map((place) => {
    const media = byPeer.get(place.peer.id);
    const stream = place.own
      ? place.kind === "screen" ? local.screen : own
      : (place.kind === "screen" ? media?.screen : media?.camera) ?? null;
    return (
      <Tile
        key={place.key}
        place={place}
        stream={stream}
        state={place.own ? null : media?.state ?? "connecting"}
        heard={heard.has(place.peer.id)}
        large={place.key === large}
        locale={locale}
        onPin={places.length < 2
          ? null
          : () => setPinned(place.key === large && pinned !== null ? null : place.key)}
      />
    );
  });
  return (
    <section
      class="call-stage"
      aria-label={text.faces}
      data-count={places.length}
      data-many={places.length > MANY ? "" : undefined}
      style={stageStyle(places.length)}
      data-layout={large === null ? "grid" : "speaker"}
    >
      {tiles}
      {others.length === 0 && (
        <div class="call-alone">
          <h2>{text.alone}</h2>
          <p class="muted">{text.aloneText}</p>
          <Button kind="primary" icon="user-plus" onClick={onInvite}>{text.invite}</Button>
        </div>
      )}
    </section>
  );
}
