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
  /** The network changed. */
  restart(): void;
  /** All connections begin anew: browsers stay with a way that works, whatever is configured later. */
  rebuild(configuration: RTCConfiguration): void;
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
  readonly send: (to: string, message: NegotiationMessage | { readonly type: "reset" }) => void;
  readonly onChange: () => void;
  readonly onChat: (peer: string, data: string) => void;
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
  /** Connections that we began anew and that do not hold yet. */
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
      // Who came later offers first, and gives way afterwards.
      if (!this.links.has(peer.id)) this.#open(peer, me.order > peer.order);
    }
    this.#update();
  }

  setMedia(media: LocalMedia): void {
    this.#media = media;
    this.#update();
  }

  take({ from, ...message }: RelayedMessage): void {
    if (message.type !== "reset") {
      this.links.get(from)?.take(message);
      return;
    }
    const peer = this.#peers.get(from);
    if (peer === undefined || this.#self === null) return;
    // Both began anew in the same moment: the polite side's offer gives way to ours.
    const isPolite = this.#self.order > peer.order;
    if (this.#resetting.has(from) && !isPolite) return;
    this.#resetting.delete(from);
    this.#open(peer, false);
  }

  resync(): void {
    // Perhaps nobody heard of it.
    for (const id of this.#resetting) this.#options.send(id, { type: "reset" });
    for (const link of this.links.values()) link.resync();
  }

  restart(): void {
    for (const link of this.links.values()) link.restart();
  }

  rebuild(configuration: RTCConfiguration): void {
    this.#configuration = configuration;
    for (const id of [...this.links.keys()]) this.#reset(id);
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

  /** Begins a connection, in the place of one that there is. */
  #open(peer: PeerView, initiator: boolean): void {
    const { stream, send, onChange, onChat } = this.#options;
    this.links.get(peer.id)?.close();
    const link: PeerLink = new PeerLink({
      configuration: this.#configuration,
      polite: (this.#self?.order ?? 0) > peer.order,
      initiator,
      stream,
      media: this.#media,
      peers: Math.max(1, this.#peers.size - 1),
      send: (message) => send(peer.id, message),
      onChange: () => {
        if (this.links.get(peer.id) === link) this.#judge(peer.id, link);
        onChange();
      },
      onChat: (data) => onChat(peer.id, data),
    });
    this.links.set(peer.id, link);
  }

  /** A connection that failed for good is made anew by one of the two, now and then. */
  #judge(id: string, link: PeerLink): void {
    if (link.state === "connected") this.#resetting.delete(id);
    if (link.state !== "failed") return;
    const peer = this.#peers.get(id);
    const isOurs = peer !== undefined && (this.#self?.order ?? 0) > peer.order;
    const lastMs = this.#resetAtMs.get(id) ?? -Infinity;
    if (isOurs && performance.now() - lastMs > RESET_EVERY_MS) this.#reset(id);
  }

  #reset(id: string): void {
    const peer = this.#peers.get(id);
    if (peer === undefined) return;
    this.#resetAtMs.set(id, performance.now());
    this.#resetting.add(id);
    this.#options.send(id, { type: "reset" });
    this.#open(peer, true);
    this.#options.onChange();
  }

  #update(): void {
    for (const link of this.links.values()) link.update(this.#media, this.links.size);
  }

  #closeLinks(): void {
    for (const link of this.links.values()) link.close();
    this.links.clear();
  }
}
