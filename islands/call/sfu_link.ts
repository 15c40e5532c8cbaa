/**
 * One connection to `rtc`: only this side offers, and each answer says anew who is to be seen. It has
 * one life: when it is lost its owner makes another one.
 *
 * @module
 */
import { withAudioNack } from "../capture/audio_nack.ts";
import { whenTransportEnds } from "../capture/transport_end.ts";
import type { SfuRefusal, SfuSeatKind } from "../../rooms/calls/protocol.ts";
import { candidateOf, type GatheredCandidate } from "./candidates.ts";
import type { LinkState } from "./peer.ts";
import { candidateLines, receivedPlaces, withoutAudioLevel } from "./sfu_answer.ts";

/** What `rtc` said to an offer. */
export type SfuReply = { readonly sdp: string } | { readonly refused: SfuRefusal };

/** What a {@linkcode SfuLink} stands on. */
export interface SfuLinkOptions {
  readonly configuration: RTCConfiguration;
  readonly seat: SfuSeatKind;
  /** Adds what is sent. */
  readonly prepare: (connection: RTCPeerConnection) => void;
  readonly ask: (offer: { readonly sdp: string; readonly fresh: boolean }) => Promise<SfuReply>;
  readonly onChange: () => void;
  /** A fresh connection was answered. */
  readonly onAnswered: () => void;
  /** It is over: nothing comes any more, or nobody answers. */
  readonly onLost: () => void;
  readonly create?: ((configuration: RTCConfiguration) => RTCPeerConnection) | undefined;
}

/** From the answer to a connection, milliseconds. */
const CONNECT_MS = 8_000;
/** A connection that says it is disturbed is given so long, milliseconds. */
const DISTURBED_MS = 2_500;
/** `rtc` reports every second, or at least answers checks: silent for so long it is gone, milliseconds. */
const SILENCE_MS = 4_000;
const LOOK_EVERY_MS = 500;
/** Pause before an offer that was not taken is made again, milliseconds. */
const AGAIN_MS = 700;
const MAX_CANDIDATES = 60;

/** A connection; see the module. */
export class SfuLink {
  readonly connection: RTCPeerConnection;
  readonly candidates: Record<"local" | "remote", GatheredCandidate[]> = { local: [], remote: [] };
  readonly #options: SfuLinkOptions;
  #streams: ReadonlyMap<string, MediaStream> = new Map();
  #levels: ReadonlyMap<string, number> = new Map();
  #state: LinkState = "connecting";
  #places = 0;
  #answered = false;
  #wanted = false;
  #asking = false;
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  #looker: ReturnType<typeof setInterval>;
  /** Signs of life of `rtc`, and when they last grew. */
  #heard = { signs: -1, atMs: 0 };
  /** Energy and seconds of each sound when they were read last, by track. */
  #sounds: ReadonlyMap<string, { readonly energy: number; readonly seconds: number }> = new Map();

  constructor(options: SfuLinkOptions) {
    this.#options = options;
    const { create = (configuration) => new RTCPeerConnection(configuration) } = options;
    const connection = this.connection = create(options.configuration);
    connection.onconnectionstatechange = () => this.#judge();
    connection.onicecandidate = ({ candidate }) => this.#note("local", candidate?.candidate);
    options.prepare(connection);
    this.#looker = setInterval(() => void this.#look(), LOOK_EVERY_MS);
  }

  get state(): LinkState {
    return this.#state;
  }

  /** What comes in, by the seat of whom it is. */
  get streams(): ReadonlyMap<string, MediaStream> {
    return this.#streams;
  }

  /** How loud each is that is heard, 0 to 1, by seat. */
  get levels(): ReadonlyMap<string, number> {
    return this.#levels;
  }

  /** Makes places for so many others. */
  expect(places: number): void {
    for (; this.#places < places; this.#places++) {
      this.connection.addTransceiver("audio", { direction: "recvonly" });
      preferCommonCodecs(
        this.connection.addTransceiver("video", { direction: "recvonly" }),
        "receive",
      );
    }
  }

  /** Offers, first or again: others came, went, or send something else. */
  renew(): void {
    this.#wanted = true;
    void this.#offer();
  }

  /** Ends it. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#again);
    clearInterval(this.#looker);
    this.connection.onconnectionstatechange = null;
    this.connection.onicecandidate = null;
    this.connection.close();
  }

  async #offer(): Promise<void> {
    if (this.#asking || this.#closed) return;
    this.#asking = true;
    clearTimeout(this.#again);
    try {
      while (this.#wanted && !this.#closed) {
        this.#wanted = false;
        if (await this.#negotiate()) continue;
        this.#wanted = true;
        this.#again = setTimeout(() => void this.#offer(), AGAIN_MS);
        return;
      }
    } catch {
      // Another transport than before: `rtc` was started anew.
      this.#lose();
    } finally {
      this.#asking = false;
    }
  }

  /** False: it is to be tried again. */
  async #negotiate(): Promise<boolean> {
    const { connection } = this;
    const { ask, seat, onAnswered, onChange } = this.#options;
    const fresh = !this.#answered;
    await connection.setLocalDescription();
    const offer = withAudioNack(connection.localDescription?.sdp ?? "");
    const reply = await ask({
      sdp: seat === "screen" ? withoutAudioLevel(offer) : offer,
      fresh,
    });
    if (this.#closed) return true;
    if ("refused" in reply) {
      if (reply.refused !== "not_now" && fresh) this.#lose();
      return false;
    }
    await connection.setRemoteDescription({ type: "answer", sdp: reply.sdp });
    if (this.#closed) return true;
    if (fresh) {
      this.#answered = true;
      for (const line of candidateLines(reply.sdp)) this.#note("remote", line);
      whenTransportEnds(connection, () => this.#lose());
      if (this.#state === "connecting") this.#expectWithin(CONNECT_MS);
      onAnswered();
    }
    this.#arrange(reply.sdp);
    onChange();
    return true;
  }

  /** Puts sound and picture of each seat into one stream, the same one as long as they are. */
  #arrange(answer: string): void {
    const { onChange } = this.#options;
    const byMid = new Map(this.connection.getTransceivers().map((each) => [each.mid, each]));
    const tracks = new Map<string, MediaStreamTrack[]>();
    for (const { mid, seat } of receivedPlaces(answer)) {
      const receiver = byMid.get(mid)?.receiver;
      if (receiver === undefined) continue;
      const { track } = receiver;
      track.onmute = onChange;
      track.onunmute = onChange;
      // What lies long in a buffer is no conversation.
      if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = 0;
      tracks.set(seat, [...tracks.get(seat) ?? [], track]);
    }
    const before = this.#streams;
    this.#streams = new Map([...tracks].map(([seat, list]) => {
      const known = before.get(seat);
      const same = known?.getTracks().length === list.length &&
        list.every((track) => known.getTrackById(track.id) === track);
      return [seat, same ? known! : new MediaStream(list)];
    }));
  }

  #judge(): void {
    if (this.#closed) return;
    switch (this.connection.connectionState) {
      case "connected":
        clearTimeout(this.#timer);
        this.#heard = { signs: -1, atMs: performance.now() };
        return this.#become("connected");
      case "disconnected":
        this.#become("unsteady");
        return this.#expectWithin(DISTURBED_MS);
      case "failed":
      case "closed":
        return this.#lose();
    }
  }

  #expectWithin(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lose(), ms);
  }

  #lose(): void {
    if (this.#closed) return;
    this.close();
    this.#state = "unsteady";
    this.#options.onLost();
  }

  async #look(): Promise<void> {
    if (this.#state !== "connected") return;
    const report = await this.connection.getStats().catch(() => null);
    if (report === null || this.#closed) return;
    const levels = new Map<string, number>();
    const sounds = new Map<string, { readonly energy: number; readonly seconds: number }>();
    let signs = 0;
    const seats = new Map(
      [...this.#streams].flatMap(([seat, stream]) =>
        stream.getAudioTracks().map((track) => [track.id, seat] as const)
      ),
    );
    report.forEach((entry: Record<string, unknown>) => {
      if (entry.type === "candidate-pair") {
        // Where nobody sends anything, the checks of the way itself are still answered (RFC 7675).
        signs += Number(entry.bytesReceived ?? 0) + Number(entry.responsesReceived ?? 0);
      }
      if (entry.type !== "inbound-rtp" || entry.kind !== "audio") return;
      const track = String(entry.trackIdentifier);
      const seat = seats.get(track);
      if (seat === undefined) return;
      const energy = Number(entry.totalAudioEnergy ?? 0);
      const seconds = Number(entry.totalSamplesDuration ?? 0);
      const { energy: energyBefore = energy, seconds: secondsBefore = seconds } =
        this.#sounds.get(track) ?? {};
      sounds.set(track, { energy, seconds });
      // Of the whole time since the last look: a word between two looks counts.
      levels.set(
        seat,
        seconds > secondsBefore
          ? Math.sqrt((energy - energyBefore) / (seconds - secondsBefore))
          : 0,
      );
    });
    this.#levels = levels;
    this.#sounds = sounds;
    const nowMs = performance.now();
    if (signs !== this.#heard.signs) this.#heard = { signs, atMs: nowMs };
    else if (nowMs - this.#heard.atMs > SILENCE_MS) this.#lose();
  }

  #note(side: "local" | "remote", line: string | undefined): void {
    const candidate = line === undefined ? null : candidateOf(line);
    const known = this.candidates[side];
    if (candidate !== null && known.length < MAX_CANDIDATES) known.push(candidate);
  }

  #become(state: LinkState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onChange();
  }
}

/**
 * H.264 and VP8 alone: what `rtc` takes from everybody and everybody can show; an offer with places
 * for thirty pictures stays short.
 */
export function preferCommonCodecs(
  transceiver: RTCRtpTransceiver,
  way: "send" | "receive",
): void {
  const kind = way === "send" ? globalThis.RTCRtpSender : globalThis.RTCRtpReceiver;
  const codecs =
    kind?.getCapabilities?.("video")?.codecs.filter(({ mimeType, sdpFmtpLine = "" }) =>
      /^video\/vp8$/i.test(mimeType) ||
      /^video\/h264$/i.test(mimeType) && /packetization-mode=1/.test(sdpFmtpLine)
    ) ?? [];
  if (codecs.length > 0) transceiver.setCodecPreferences?.(codecs);
}
