/**
 * A call without a server for media: one connection to each other participant. What a call needs of
 * its media stands in {@linkcode CallMedia}, so that an SFU can take this place.
 *
 * @module
 */
import type { PeerMessage, PeerView, RelayedMessage } from "../../rooms/calls/protocol.ts";
import type { GatheredCandidate } from "./candidates.ts";
import { type LinkState, type LocalMedia, PeerLink } from "./peer.ts";

/** What one peer said to us. */
export type PeerLetter = RelayedMessage;

/** A connection to look into. */
export interface InspectedLink {
  readonly connection: RTCPeerConnection;
  readonly candidates: Readonly<Record<"local" | "remote", readonly GatheredCandidate[]>>;
}

/** Key of the connection to `rtc` in {@linkcode CallMedia.links}. */
export const SFU_LINK = "sfu";

/** What we get of one participant. */
export interface RemoteMedia {
  readonly state: LinkState;
  readonly camera: MediaStream | null;
  readonly screen: MediaStream | null;
}

/** The media of a call. */
export interface CallMedia {
  /** Who is in it, ourselves included; `self` may change when a seat was lost. */
  setPeers(self: string, peers: readonly PeerView[]): void;
  setMedia(media: LocalMedia): void;
  take(message: RelayedMessage): void;
  /** The signalling is back. */
  resync(): void;
  /** The network changed. */
  restart(): void;
  /** All connections begin anew: browsers stay with a way that works, whatever is configured later. */
  rebuild(configuration: RTCConfiguration): void;
  remote(peer: PeerView): RemoteMedia;
  /** How loud each is, 0 to 1. */
  levels(): ReadonlyMap<string, number>;
  /** Says something to everybody; to how many it went. */
  say(data: string): number;
  /** Whose faces are shown large; left out: nothing depends on it. */
  setLarge?(large: readonly string[]): void;
  /** Connections to look into: by peer, or {@linkcode SFU_LINK} for all. */
  readonly links: ReadonlyMap<string, InspectedLink>;
  close(): void;
}

/** What a {@linkcode Mesh} stands on. */
export interface MeshOptions {
  readonly configuration: RTCConfiguration;
  readonly stream: MediaStream;
  readonly media: LocalMedia;
  readonly send: (to: string, message: PeerMessage) => void;
  readonly onChange: () => void;
  readonly onChat: (peer: string, data: string) => void;
  /** Default: the browser's own. */
  readonly create?: (configuration: RTCConfiguration) => RTCPeerConnection;
}

/** A connection that fails is made anew at most so often, milliseconds. */
const RESET_EVERY_MS = 20_000;
/** Nothing came of somebody yet. */
const NOTHING: RemoteMedia = { state: "connecting", camera: null, screen: null };

/** The connections of a mesh. */
export class Mesh implements CallMedia {
  readonly links = new Map<string, PeerLink>();
  readonly #options: MeshOptions;
  #configuration: RTCConfiguration;
  #media: LocalMedia;
  #self: PeerView | null = null;
  #peers: ReadonlyMap<string, PeerView> = new Map();
  /** Numbers of the connections, by peer. */
  readonly #sessions = new Map<string, number>();
  /** Connections that we began anew, or asked for, and that do not hold yet. */
  readonly #resetting = new Set<string>();
  readonly #resetAtMs = new Map<string, number>();

  constructor(options: MeshOptions) {
    this.#options = options;
    this.#configuration = options.configuration;
    this.#media = options.media;
  }

  setPeers(self: string, peers: readonly PeerView[]): void {
    const me = peers.find(({ id }) => id === self);
    if (me === undefined) return;
    // Another seat: to the others we are somebody else.
    if (this.#self !== null && this.#self.id !== self) this.#closeLinks();
    this.#self = me;
    this.#peers = new Map(peers.map((peer) => [peer.id, peer]));
    const others = peers.filter(({ id }) => id !== self);
    const present = new Set(others.map(({ id }) => id));
    for (const [id, link] of this.links) {
      if (present.has(id)) continue;
      link.close();
      this.links.delete(id);
      this.#resetting.delete(id);
    }
    for (const peer of others) {
      if (!this.links.has(peer.id)) this.#open(peer, 0);
    }
    this.#update();
  }

  setMedia(media: LocalMedia): void {
    this.#media = media;
    this.#update();
  }

  take({ from, ...message }: RelayedMessage): void {
    const peer = this.#peers.get(from);
    const session = this.#sessions.get(from) ?? 0;
    if (message.type !== "reset") {
      // What is late of a connection before this one is nothing to it.
      if (message.session === session) this.links.get(from)?.take(message);
      return;
    }
    if (peer === undefined) return;
    if (!this.#isPoliteTo(peer)) {
      if (message.session >= session) this.#begin(peer, session + 1);
    } else if (message.session > session) {
      this.#resetting.delete(from);
      this.#open(peer, message.session);
    }
  }

  resync(): void {
    // Perhaps nobody heard of it.
    for (const id of this.#resetting) this.#sayReset(id);
    for (const link of this.links.values()) link.resync();
  }

  restart(): void {
    for (const link of this.links.values()) link.restart();
  }

  rebuild(configuration: RTCConfiguration): void {
    this.#configuration = configuration;
    for (const id of [...this.links.keys()]) {
      const peer = this.#peers.get(id);
      if (peer !== undefined) this.#reset(peer);
    }
  }

  remote(peer: PeerView): RemoteMedia {
    const link = this.links.get(peer.id);
    if (link === undefined) return NOTHING;
    const { camera, streams, state } = link;
    const screen = streams.find((stream) => stream.id === peer.screen && stream !== camera) ?? null;
    return { state, camera, screen };
  }

  levels(): ReadonlyMap<string, number> {
    return new Map([...this.links].map(([id, link]) => [id, link.audioLevel ?? 0]));
  }

  say(data: string): number {
    return [...this.links.values()].filter((link) => link.say(data)).length;
  }

  close(): void {
    this.#closeLinks();
  }

  #isPoliteTo(peer: PeerView): boolean {
    return (this.#self?.order ?? 0) > peer.order;
  }

  /** Makes a connection, in the place of one that there is. */
  #open(peer: PeerView, session: number): void {
    const { stream, send, onChange, onChat, create } = this.#options;
    this.links.get(peer.id)?.close();
    const polite = this.#isPoliteTo(peer);
    const link: PeerLink = new PeerLink({
      configuration: this.#configuration,
      polite,
      // Who came later offers first, and gives way afterwards.
      initiator: polite,
      stream,
      media: this.#media,
      peers: Math.max(1, this.#peers.size - 1),
      send: (message) => send(peer.id, { ...message, session }),
      onChange: () => {
        if (this.links.get(peer.id) === link) this.#judge(peer, link);
        onChange();
      },
      onChat: (data) => onChat(peer.id, data),
      ...(create !== undefined && { create }),
    });
    this.#sessions.set(peer.id, session);
    this.links.set(peer.id, link);
    onChange();
  }

  /** The impolite side's word: the polite one offers. */
  #begin(peer: PeerView, session: number): void {
    this.#resetting.add(peer.id);
    this.#open(peer, session);
    this.#sayReset(peer.id);
  }

  #sayReset(id: string): void {
    this.#options.send(id, { type: "reset", session: this.#sessions.get(id) ?? 0 });
  }

  /** A connection that failed for good is made anew, now and then. */
  #judge(peer: PeerView, link: PeerLink): void {
    if (link.state === "connected") this.#resetting.delete(peer.id);
    if (link.state !== "failed" || this.#isPoliteTo(peer)) return;
    const lastMs = this.#resetAtMs.get(peer.id) ?? -Infinity;
    if (performance.now() - lastMs > RESET_EVERY_MS) this.#reset(peer);
  }

  #reset(peer: PeerView): void {
    this.#resetAtMs.set(peer.id, performance.now());
    if (this.#isPoliteTo(peer)) {
      this.#resetting.add(peer.id);
      this.#sayReset(peer.id);
    } else this.#begin(peer, (this.#sessions.get(peer.id) ?? 0) + 1);
  }

  #update(): void {
    for (const link of this.links.values()) link.update(this.#media, this.links.size);
  }

  #closeLinks(): void {
    for (const link of this.links.values()) link.close();
    this.links.clear();
    this.#sessions.clear();
    this.#resetting.clear();
  }
}
