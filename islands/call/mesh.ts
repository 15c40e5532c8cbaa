/**
 * A call without a server for media: one connection to each other participant. What a call needs of
 * its media stands in {@linkcode CallMedia}, so that an SFU can take this place.
 *
 * @module
 */
import type { PeerView, RelayedMessage } from "../../rooms/calls/protocol.ts";
import type { NegotiationMessage } from "./negotiation.ts";
import { type LinkState, type LocalMedia, PeerLink } from "./peer.ts";

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
  /** The network changed, or other servers are to be used. */
  restart(configuration?: RTCConfiguration): void;
  remote(peer: PeerView): RemoteMedia;
  /** How loud each is, 0 to 1. */
  levels(): ReadonlyMap<string, number>;
  /** Says something to everybody; to how many it went. */
  say(data: string): number;
  /** Connections to look into, by peer. */
  readonly links: ReadonlyMap<string, PeerLink>;
  close(): void;
}

/** What a {@linkcode Mesh} stands on. */
export interface MeshOptions {
  readonly configuration: RTCConfiguration;
  readonly stream: MediaStream;
  readonly media: LocalMedia;
  readonly send: (to: string, message: NegotiationMessage) => void;
  readonly onChange: () => void;
  readonly onChat: (peer: string, data: string) => void;
}

/** Nothing came of somebody yet. */
const NOTHING: RemoteMedia = { state: "connecting", camera: null, screen: null };

/** The connections of a mesh. */
export class Mesh implements CallMedia {
  readonly links = new Map<string, PeerLink>();
  readonly #options: MeshOptions;
  #configuration: RTCConfiguration;
  #media: LocalMedia;
  #self: PeerView | null = null;

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
    const others = peers.filter(({ id }) => id !== self);
    const present = new Set(others.map(({ id }) => id));
    for (const [id, link] of this.links) {
      if (present.has(id)) continue;
      link.close();
      this.links.delete(id);
    }
    for (const peer of others) {
      if (!this.links.has(peer.id)) this.#open(peer, me, others.length);
    }
    this.#update();
  }

  setMedia(media: LocalMedia): void {
    this.#media = media;
    this.#update();
  }

  take({ from, ...message }: RelayedMessage): void {
    this.links.get(from)?.take(message);
  }

  resync(): void {
    for (const link of this.links.values()) link.resync();
  }

  restart(configuration?: RTCConfiguration): void {
    this.#configuration = configuration ?? this.#configuration;
    for (const link of this.links.values()) link.restart(configuration);
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

  #open(peer: PeerView, me: PeerView, peers: number): void {
    // Who came later offers first, and gives way afterwards.
    const later = me.order > peer.order;
    const { stream, send, onChange, onChat } = this.#options;
    this.links.set(
      peer.id,
      new PeerLink({
        configuration: this.#configuration,
        polite: later,
        initiator: later,
        stream,
        media: this.#media,
        peers,
        send: (message) => send(peer.id, message),
        onChange,
        onChat: (data) => onChat(peer.id, data),
      }),
    );
  }

  #update(): void {
    for (const link of this.links.values()) link.update(this.#media, this.links.size);
  }

  #closeLinks(): void {
    for (const link of this.links.values()) link.close();
    this.links.clear();
  }
}
