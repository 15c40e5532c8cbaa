/**
 * Which pictures there are, and which one is large. Pure.
 *
 * @module
 */
import type { PeerView } from "../../rooms/calls/protocol.ts";

/** How faces are arranged. */
export type CallLayout = "grid" | "speaker";

/** One picture's place. */
export interface TilePlace {
  /** `<peer>` or `<peer> screen`. */
  readonly key: string;
  readonly peer: PeerView;
  readonly kind: "camera" | "screen";
  readonly own: boolean;
}

/** Every place: screens first, then the others in the order of their coming, then ourselves. */
export function placesOf(
  self: PeerView | null,
  others: readonly PeerView[],
): readonly TilePlace[] {
  const all = [...others].sort((a, b) => a.order - b.order);
  const everybody = self === null ? all : [...all, self];
  const place = (peer: PeerView, kind: TilePlace["kind"]): TilePlace => ({
    key: kind === "screen" ? `${peer.id} screen` : peer.id,
    peer,
    kind,
    own: peer.id === self?.id,
  });
  return [
    ...everybody.filter(({ screen }) => screen !== null).map((peer) => place(peer, "screen")),
    ...everybody.map((peer) => place(peer, "camera")),
  ];
}

/** So many others are all received large: then a small layer saves nothing that is worth it. */
const ALL_LARGE = 3;

/** Whose faces are asked for in their large layer: a grid of many takes the small ones. */
export function largeFaces(places: readonly TilePlace[], large: string | null): readonly string[] {
  const faces = places.filter(({ kind, own }) => kind === "camera" && !own);
  return (faces.length <= ALL_LARGE ? faces : faces.filter(({ key }) => key === large))
    .map(({ peer }) => peer.id);
}

/**
 * The key of the large picture; null: all are alike. What was chosen counts first, then a screen that
 * somebody else shares, then who speaks.
 */
export function largeKey(
  places: readonly TilePlace[],
  { layout, pinned, speaker }: {
    readonly layout: CallLayout;
    readonly pinned: string | null;
    readonly speaker: string | null;
  },
): string | null {
  if (places.length < 2) return null;
  if (pinned !== null && places.some(({ key }) => key === pinned)) return pinned;
  const screen = places.find(({ kind, own }) => kind === "screen" && !own);
  if (screen !== undefined) return screen.key;
  if (layout === "grid") return null;
  const others = places.filter(({ own, kind }) => !own && kind === "camera");
  return (others.find(({ peer }) => peer.id === speaker) ?? others[0])?.key ?? null;
}
