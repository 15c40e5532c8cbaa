/**
 * Watches the stream of somebody on stage by WHEP, and goes on watching: after a loss it connects
 * anew, with a pass that is good then.
 *
 * @module
 */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { endSession, exchangeOffer } from "../capture/offer_exchange.ts";
import { whenTransportEnds } from "../capture/transport_end.ts";

const ANSWER_TIMEOUT_MS = 6_000;
const CONNECT_TIMEOUT_MS = 6_000;
/** A connection that says it is disturbed is given this long. */
const DISTURBED_MS = 2_500;
/** Before another try: by then it is known whether somebody left. */
const RETRY_MS = 3_000;

/** What is watched. */
export interface SeatViewOptions {
  readonly url: string;
  /** The newest pass to it. */
  readonly pass: () => string;
  /** Seams for tests. */
  readonly createPeer?: () => RTCPeerConnection;
  readonly fetch?: typeof fetch;
  readonly retryMs?: number;
}

/** See the module's docstring. */
export class SeatView {
  readonly #options: SeatViewOptions;
  readonly #stream: Signal<MediaStream | null> = signal(null);
  readonly #end = new AbortController();
  #peer: RTCPeerConnection | null = null;
  #resource: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Rises whenever what is under way becomes stale. */
  #generation = 0;

  constructor(options: SeatViewOptions) {
    this.#options = options;
    void this.#connect();
  }

  /** What comes, as long as it comes; null: nothing. */
  get stream(): ReadonlySignal<MediaStream | null> {
    return this.#stream;
  }

  /** Lets go; of a stream that is over there is no session to end. */
  close({ isOver = false }: { readonly isOver?: boolean } = {}): void {
    if (this.#end.signal.aborted) return;
    this.#end.abort();
    this.#generation++;
    if (isOver) this.#resource = null;
    this.#drop();
  }

  async #connect(): Promise<void> {
    this.#drop();
    const generation = ++this.#generation;
    const isStale = () => generation !== this.#generation;
    const { url, pass, fetch, createPeer } = this.#options;
    const peer = createPeer?.() ?? new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    this.#peer = peer;
    const stream = new MediaStream();
    for (const kind of ["video", "audio"]) peer.addTransceiver(kind, { direction: "recvonly" });
    peer.addEventListener("track", ({ track }) => stream.addTrack(track));
    peer.addEventListener("connectionstatechange", () => {
      if (isStale()) return;
      clearTimeout(this.#timer);
      if (peer.connectionState === "connected") {
        this.#stream.value = stream;
      } else if (peer.connectionState === "disconnected") this.#expect(DISTURBED_MS);
      else if (peer.connectionState === "failed" || peer.connectionState === "closed") this.#lose();
    });
    const key = pass();
    try {
      const { resource } = await exchangeOffer(peer, {
        url,
        key,
        signal: this.#end.signal,
        timeoutMs: ANSWER_TIMEOUT_MS,
        ...(fetch !== undefined && { fetch }),
      });
      if (isStale()) return endSession(resource, { key, ...(fetch && { fetch }) });
      this.#resource = resource;
      whenTransportEnds(peer, () => {
        if (isStale()) return;
        // The other side has ended it.
        this.#resource = null;
        this.#lose();
      });
      if (peer.connectionState !== "connected") this.#expect(CONNECT_TIMEOUT_MS);
    } catch {
      // Not on the air yet, or away for a moment.
      if (!isStale()) this.#lose();
    }
  }

  #expect(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lose(), ms);
  }

  #lose(): void {
    this.#generation++;
    // A session that ran and was lost has ended, or ends by itself.
    if (this.#stream.value !== null) this.#resource = null;
    this.#drop();
    const delayMs = this.#options.retryMs ?? RETRY_MS;
    this.#timer = setTimeout(() => void this.#connect(), delayMs);
  }

  #drop(): void {
    clearTimeout(this.#timer);
    const { fetch, pass } = this.#options;
    endSession(this.#resource, { key: pass(), ...(fetch !== undefined && { fetch }) });
    this.#resource = null;
    this.#peer?.close();
    this.#peer = null;
    this.#stream.value = null;
  }
}

/** A stream that may be watched, as the API says it. */
export interface SeatStream {
  readonly seat: number;
  readonly whep: string;
  readonly pass: string;
}

/** One view for each of some streams, as they come and go. */
export class SeatViews {
  /** By seat. */
  readonly views: Signal<ReadonlyMap<number, SeatView>> = signal(new Map());
  readonly #open = new Map<string, { readonly view: SeatView; pass: string }>();

  /** Watches nothing any more. */
  close(): void {
    for (const { view } of this.#open.values()) view.close();
    this.#open.clear();
    this.views.value = new Map();
  }

  /** Watches these, and no others: those are over. */
  follow(streams: readonly SeatStream[]): void {
    const wanted = new Set(streams.map(({ whep }) => whep));
    let isChanged = false;
    for (const [whep, { view }] of this.#open) {
      if (wanted.has(whep)) continue;
      view.close({ isOver: true });
      this.#open.delete(whep);
      isChanged = true;
    }
    for (const { whep, pass } of streams) {
      const known = this.#open.get(whep);
      if (known !== undefined) {
        known.pass = pass;
        continue;
      }
      const entry = { pass, view: null as SeatView | null };
      entry.view = new SeatView({ url: hereOf(whep), pass: () => entry.pass });
      this.#open.set(whep, entry as { readonly view: SeatView; pass: string });
      isChanged = true;
    }
    if (!isChanged) return;
    this.views.value = new Map(
      streams.map(({ seat, whep }) => [seat, this.#open.get(whep)!.view]),
    );
  }
}

/** An address of the platform as this page reaches it. */
export function hereOf(url: string): string {
  return new URL(new URL(url).pathname, document.baseURI).href;
}
