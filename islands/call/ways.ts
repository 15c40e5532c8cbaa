/**
 * The media of a call over all its ways: when it grows out of the mesh, or back into it, the new way
 * is there before the old one is let go, and each face changes over when it moves on the new one.
 *
 * @module
 */
import type { CallTopology, PeerView } from "../../rooms/calls/protocol.ts";
import type { CallMedia, InspectedLink, PeerLetter, RemoteMedia } from "./mesh.ts";
import type { LocalMedia } from "./peer.ts";

/** What {@linkcode CallWays} stand on. */
export interface CallWaysOptions {
  /** Makes the media of a topology, with what is sent now. */
  readonly open: (topology: CallTopology) => CallMedia;
  readonly onChange: () => void;
  /** Milliseconds; for tests. */
  readonly now?: () => number;
}

/** When everybody has come over here, others may still need us there, milliseconds. */
export const LINGER_MS = 4_000;
/** The old way goes after so long even when somebody has not come over, milliseconds. */
export const CHANGE_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 250;

/** The way that is left. */
interface OldWay {
  readonly media: CallMedia;
  /** Who is on it; those who came later are on the new one alone. */
  readonly peers: ReadonlySet<string>;
  readonly sinceMs: number;
  /** Since when everybody has come over; null: not yet. */
  allMs: number | null;
}

/** The ways of a call; see the module. */
export class CallWays {
  readonly #options: CallWaysOptions;
  #topology: CallTopology;
  #now: CallMedia;
  #before: OldWay | null = null;
  #self: string | null = null;
  #peers: readonly PeerView[] = [];
  #large: readonly string[] = [];
  /** Tracks, of both ways, that something was got of. */
  #moving: ReadonlySet<string> = new Set();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(topology: CallTopology, options: CallWaysOptions) {
    this.#options = options;
    this.#topology = topology;
    this.#now = options.open(topology);
  }

  /** Who sends to whom. */
  get topology(): CallTopology {
    return this.#topology;
  }

  /** The way that is taken, or about to be. */
  get current(): CallMedia {
    return this.#now;
  }

  /** Both ways are open. */
  get isChanging(): boolean {
    return this.#before !== null;
  }

  /** Connections to look into. */
  get links(): ReadonlyMap<string, InspectedLink> {
    return this.#now.links;
  }

  /** Who is in it, and how. */
  arrange(
    topology: CallTopology,
    { self, peers }: { readonly self: string; readonly peers: readonly PeerView[] },
  ): void {
    if (topology !== this.#topology) this.#change(topology);
    this.#self = self;
    this.#peers = peers;
    const before = this.#before;
    before?.media.setPeers(self, peers.filter(({ id }) => before.peers.has(id)));
    this.#now.setPeers(self, peers);
  }

  setMedia(media: LocalMedia): void {
    for (const each of this.#all) each.setMedia(media);
  }

  setLarge(large: readonly string[]): void {
    this.#large = large;
    this.#now.setLarge?.(large);
  }

  take(message: PeerLetter): void {
    for (const each of this.#all) each.take(message);
  }

  resync(): void {
    for (const each of this.#all) each.resync();
  }

  restart(): void {
    for (const each of this.#all) each.restart();
  }

  rebuild(configuration: RTCConfiguration): void {
    this.#drop();
    this.#now.rebuild(configuration);
  }

  /** What is got of somebody: by the new way as soon as it moves there. */
  remote(peer: PeerView): RemoteMedia {
    const next = this.#now.remote(peer);
    if (this.#before === null || hasArrived(peer, next, this.#moving)) return next;
    const last = this.#before.media.remote(peer);
    if (last.camera === null) return next;
    // That they let go of the old way is no fault of the network.
    return last.state === "connected" ? last : { ...last, state: next.state };
  }

  levels(): ReadonlyMap<string, number> {
    const levels = new Map(this.#before?.media.levels());
    for (const [id, level] of this.#now.levels()) {
      levels.set(id, Math.max(level, levels.get(id) ?? 0));
    }
    return levels;
  }

  /** Lets the old way go when it is time; it is called by itself again and again. */
  async look(): Promise<void> {
    const before = this.#before;
    if (before === null) return;
    const moving = await movingTracks(this.#all.flatMap(({ links }) => [...links.values()]));
    if (this.#before !== before) return;
    this.#moving = moving;
    const nowMs = this.#nowMs();
    const others = this.#peers.filter(({ id, present }) => id !== this.#self && present);
    const all = others.every((peer) => hasArrived(peer, this.#now.remote(peer), moving));
    const some = others.some((peer) => this.#now.remote(peer).state === "connected");
    before.allMs = all ? before.allMs ?? nowMs : null;
    const isDone = before.allMs !== null && nowMs - before.allMs >= LINGER_MS;
    // A way that never came about takes nobody's place.
    if (isDone || some && nowMs - before.sinceMs >= CHANGE_WITHIN_MS) this.#drop();
    this.#options.onChange();
  }

  close(): void {
    this.#drop();
    this.#now.close();
  }

  get #all(): readonly CallMedia[] {
    return this.#before === null ? [this.#now] : [this.#before.media, this.#now];
  }

  #change(topology: CallTopology): void {
    this.#topology = topology;
    const nowMs = this.#nowMs();
    const last = this.#now;
    const back = this.#before?.media ?? null;
    clearInterval(this.#timer);
    // There and back again before it was done: the way that is still there is taken.
    this.#now = back ?? this.#options.open(topology);
    const peers = new Set(this.#peers.map(({ id }) => id));
    this.#before = { media: last, peers, sinceMs: nowMs, allMs: null };
    this.#now.setLarge?.(this.#large);
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
  }

  #drop(): void {
    clearInterval(this.#timer);
    this.#before?.media.close();
    this.#before = null;
  }

  #nowMs(): number {
    return (this.#options.now ?? (() => performance.now()))();
  }
}

/**
 * Tracks of which a picture was decoded, or sound came, by id. That a track is not muted only says
 * that something was agreed upon.
 */
async function movingTracks(links: readonly InspectedLink[]): Promise<ReadonlySet<string>> {
  const moving = new Set<string>();
  const reports = await Promise.all(
    links.map(({ connection }) => connection.getStats().catch(() => null)),
  );
  for (const report of reports) {
    report?.forEach((entry: Record<string, unknown>) => {
      if (entry.type !== "inbound-rtp") return;
      const got = entry.kind === "video" ? entry.framesDecoded : entry.packetsReceived;
      if (Number(got ?? 0) > 0) moving.add(String(entry.trackIdentifier));
    });
  }
  return moving;
}

/** Whether somebody is seen, or heard when there is nothing to be seen. */
function hasArrived(
  peer: PeerView,
  { state, camera }: RemoteMedia,
  moving: ReadonlySet<string>,
): boolean {
  if (state !== "connected" || camera === null) return false;
  if (!peer.video && !peer.audio) return true;
  const tracks = peer.video ? camera.getVideoTracks() : camera.getAudioTracks();
  return tracks.some(({ id }) => moving.has(id));
}
