/**
 * What comes over one publisher's transport: packets are told apart, put in order, asked for again,
 * given to viewers as they come, and put together to the items of a live stream.
 *
 * @module
 */
import type { StreamItem } from "../../access_unit.ts";
import { MalformedMediaError } from "../../errors.ts";
import { type AudioLevel, audioLevelOf } from "../../transport/webrtc/audio_level.ts";
import { ReceiveBandwidth } from "../../transport/webrtc/bandwidth.ts";
import { ClockSync } from "../../transport/webrtc/clock_sync.ts";
import { Demultiplexer } from "../../transport/webrtc/demultiplexer.ts";
import {
  FrameAssembler,
  openPayloadFormat,
  StreamItems,
} from "../../transport/webrtc/depacketize/mod.ts";
import {
  parseRtcp,
  type ReportBlock,
  type RtcpPacket,
  writeRtcp,
} from "../../transport/webrtc/rtcp.ts";
import { isRtcp, parseRtp, type RtpPacket } from "../../transport/webrtc/rtp.ts";
import {
  formatParameter,
  type OfferPlan,
  type TakenSection,
  takenSection,
} from "../../transport/webrtc/sdp/mod.ts";
import type { HubFeed } from "../egress/hub.ts";
import type { FeedDescription, FeedTrack } from "../egress/packet.ts";
import { IncomingStream } from "./incoming_stream.ts";

/** What all publishers together have caused; only grows. */
export interface WhipCounters {
  packets: number;
  bytes: number;
  /** Packets of no stream that was agreed to. */
  foreign: number;
  /** Packets that are no RTP or RTCP. */
  malformed: number;
  /** Sequence numbers that were asked for. */
  requested: number;
  /** Packets that were given up. */
  lost: number;
  /** Coded pictures and sounds for `media`. */
  units: number;
  /** Pictures that could not be used. */
  unusable: number;
}

/** What a receiver needs. */
export interface MediaReceiverOptions {
  readonly plan: OfferPlan;
  /** SSRC of our reports. */
  readonly ssrc: number;
  /** Milliseconds since the epoch, with fractions. */
  readonly now: () => number;
  /** Sends RTCP to the publisher. */
  readonly send: (packet: Uint8Array) => void;
  /** The hub's feed; asked for when the first packets have come. Null: nobody can watch here. */
  readonly openFeed: () => HubFeed | null;
  /** Null: packets are only passed on, nothing is put together. */
  readonly onItem: ((item: StreamItem) => void) | null;
  /** Hears how loud each packet of sound is, where the publisher says so (RFC 6464). */
  readonly onLevel?: (level: AudioLevel) => void;
  readonly counters: WhipCounters;
}

/** What a publisher may send: 1080p60 of a browser, and a picture that can just be told. */
const BANDWIDTH = { minBitsPerSecond: 150_000, maxBitsPerSecond: 8_000_000 };
/** A layer that was silent for so long is not sent any more, milliseconds. */
const LAYER_SILENCE_MS = 1_500;
/** Presentation begins here, so that no time is ever negative: 1 s. */
const FIRST_TICKS = 90_000;
const TICKS_PER_MS = 90;
/** The shortest time between two looks at what is missing, milliseconds. */
const LOOK_MS = 5;

/** Receives from one publisher. */
export class MediaReceiver {
  readonly #options: MediaReceiverOptions;
  readonly #demultiplexer: Demultiplexer;
  readonly #streams = new Map<number, IncomingStream>();
  readonly #sync = new ClockSync();
  readonly #video: TakenSection | null;
  readonly #audio: TakenSection | null;
  readonly #assemblers = new Map<number, FrameAssembler>();
  #items: StreamItems;
  /** Bytes of each stream when layers were compared last, by SSRC. */
  readonly #layerBytes = new Map<number, number>();
  /** The layer that `media` gets; null before the first picture. */
  #mediaLayer: number | null = null;
  /** The layer that it gets from the next key frame of that one on; null: it stays. */
  #nextLayer: number | null = null;
  #feed: HubFeed | null = null;
  #firstAtMs: number | null = null;
  readonly #bandwidth = new ReceiveBandwidth(BANDWIDTH);
  #reportedBytes = 0;
  #reportedAtMs: number;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #stopped = false;

  constructor(options: MediaReceiverOptions) {
    this.#options = options;
    this.#demultiplexer = new Demultiplexer(options.plan);
    this.#video = takenSection(options.plan, "video");
    this.#audio = takenSection(options.plan, "audio");
    this.#items = this.#newItems();
    this.#reportedAtMs = options.now();
  }

  /** When the last packet of media came, milliseconds since the epoch; null before the first. */
  get arrivedAtMs(): number | null {
    let latest: number | null = null;
    for (const { arrivedAtMs } of this.#streams.values()) {
      latest = Math.max(latest ?? 0, arrivedAtMs);
    }
    return latest;
  }

  /** For `/debug`. */
  inspect(): Readonly<Record<string, unknown>> {
    const nowMs = this.#options.now();
    return {
      allowedKbps: Math.round(this.#bandwidth.bitsPerSecond / 1000),
      bandwidth: this.#bandwidth.state,
      mediaLayer: this.#mediaLayer,
      reordered: this.#items.reordered,
      streams: [...this.#streams.values()].map(({ kind, layer, section, jitter, queue }) => ({
        kind,
        layer,
        codec: section.format.codec,
        ...jitter.counts,
        queueMs: Math.round(queue.queueMs(nowMs)),
        roundTripMs: Math.round(jitter.roundTripMs),
      })),
    };
  }

  /** Takes a packet of the transport. */
  receive(bytes: Uint8Array): void {
    if (this.#stopped) return;
    const { counters, now } = this.#options;
    const nowMs = now();
    counters.packets++;
    counters.bytes += bytes.byteLength;
    if (isRtcp(bytes)) {
      const packets = parseRtcp(bytes);
      if (packets === null) counters.malformed++;
      else for (const packet of packets) this.#heard(packet, nowMs);
      return;
    }
    const packet = parseRtp(bytes);
    if (packet === null) {
      counters.malformed++;
      return;
    }
    const stream = this.#streamOf(packet);
    if (stream === null) {
      counters.foreign++;
      return;
    }
    this.#firstAtMs ??= nowMs;
    this.#listen(stream, packet);
    const taken = stream.take(packet, nowMs);
    this.#openFeed()?.write(taken);
    stream.drain(nowMs);
    this.#look(nowMs);
  }

  /** Somebody needs a key frame: viewers of a layer, or `media` when none is given. */
  requestKeyFrame(layer = this.#mediaLayer): void {
    for (const stream of this.#streams.values()) {
      if (stream.kind === "video" && (layer === null || stream.layer === layer)) {
        stream.keyFrames.want();
      }
    }
    this.#look(this.#options.now());
  }

  /** Begins the items anew, tracks first: whoever took them before has lost what it knew. */
  restartItems(): void {
    this.#items = this.#newItems();
    this.requestKeyFrame();
  }

  /** Called every second: reports to the publisher (RFC 3550 §6.4.2), and looks at its layers. */
  tick(): void {
    if (this.#stopped || this.#streams.size === 0) return;
    const { now, send, ssrc } = this.#options;
    const nowMs = now();
    const streams = [...this.#streams.values()].filter(({ arrivedAtMs }) => arrivedAtMs > 0);
    const reports = streams.map((stream) => ({
      stream,
      report: stream.jitter.report(stream.ssrc, nowMs),
    }));
    const seconds = Math.max(0.1, (nowMs - this.#reportedAtMs) / 1000);
    const bytes = streams.reduce((sum, stream) => sum + stream.bytes, 0);
    const { lossRatio, packets } = this.#lossOf(reports);
    const bitsPerSecond = this.#bandwidth.update({
      nowMs,
      receivedBitsPerSecond: (bytes - this.#reportedBytes) * 8 / seconds,
      lossRatio,
      packets,
      queueMs: Math.max(0, ...streams.map(({ queue }) => queue.queueMs(nowMs))),
      lacksLayer: this.#lacksLayer(streams, nowMs),
    });
    this.#reportedBytes = bytes;
    this.#reportedAtMs = nowMs;
    send(writeRtcp([
      { type: "rr", ssrc, reports: reports.slice(0, 31).map(({ report }) => report) },
      {
        type: "remb",
        ssrc,
        bitsPerSecond,
        ssrcs: streams.filter(({ kind }) => kind === "video").map((stream) => stream.ssrc),
      },
    ]));
    this.#tellClocks();
    this.#chooseMediaLayer(nowMs);
    this.#look(nowMs);
  }

  /** Loss of all streams together since the last report, and how many packets that says. */
  #lossOf(
    reports: readonly { readonly stream: IncomingStream; readonly report: ReportBlock }[],
  ): { readonly lossRatio: number; readonly packets: number } {
    let packets = 0;
    let lost = 0;
    for (const { stream, report } of reports) {
      const { reportedPackets } = stream.jitter;
      packets += reportedPackets;
      lost += reportedPackets * report.fractionLost / 256;
    }
    return { lossRatio: packets === 0 ? 0 : lost / packets, packets };
  }

  /** Whether a layer that was agreed upon does not come, while another one does. */
  #lacksLayer(streams: readonly IncomingStream[], nowMs: number): boolean {
    const layers = this.#video?.layers.length ?? 0;
    const sent =
      streams.filter(({ kind, arrivedAtMs }) =>
        kind === "video" && nowMs - arrivedAtMs < LAYER_SILENCE_MS
      ).length;
    return sent > 0 && sent < layers;
  }

  /** Takes nothing more. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #heard(packet: RtcpPacket, nowMs: number): void {
    // BYE says nothing: browsers send it for a paused track and a reloaded tab, too.
    if (packet.type === "sr") this.#streams.get(packet.ssrc)?.reported(packet, nowMs);
  }

  #streamOf(packet: RtpPacket): IncomingStream | null {
    const known = this.#streams.get(packet.ssrc);
    if (known !== undefined && known.section.format.payloadType === packet.payloadType) {
      return known;
    }
    const place = this.#demultiplexer.streamOf(packet);
    if (place === null) return null;
    const stream = new IncomingStream({
      ssrc: packet.ssrc,
      section: place.section,
      layer: place.layer,
      sync: this.#sync,
      onOrdered: (stream, packet, of) => this.#ordered(stream, packet, of),
    });
    this.#replace(stream);
    this.#streams.set(packet.ssrc, stream);
    if (stream.kind === "video") stream.keyFrames.want();
    return stream;
  }

  /** Another SSRC of the same section and layer takes the place of the one before. */
  #replace(stream: IncomingStream): void {
    const before = [...this.#streams.values()].find(({ kind, layer }) =>
      kind === stream.kind && layer === stream.layer
    );
    if (before === undefined) return;
    this.#streams.delete(before.ssrc);
    this.#demultiplexer.forget(before.ssrc);
    this.#sync.close(before.clock);
    if (stream.kind === "video") this.#assemblers.delete(stream.layer);
    // Its numbers have nothing to do with those before.
    this.#feed?.restart();
  }

  #listen(stream: IncomingStream, packet: RtpPacket): void {
    const { onLevel } = this.#options;
    if (onLevel === undefined || stream.kind !== "audio") return;
    const level = audioLevelOf(packet, stream.section.extensions.audioLevel);
    if (level !== null) onLevel(level);
  }

  #ordered(
    stream: IncomingStream,
    packet: RtpPacket,
    { lost, nowMs }: { readonly lost: number; readonly nowMs: number },
  ): void {
    const { counters } = this.#options;
    counters.lost += lost;
    if (this.#options.onItem === null) return;
    try {
      if (stream.kind === "video") {
        this.#assemblerOf(stream).push(packet, lost);
      } else if (packet.payloadBytes > 0) {
        this.#items.audio(packet.payload, ticksOf(stream, { timestamp: packet.timestamp, nowMs }));
        counters.units++;
      }
    } catch (error) {
      if (!(error instanceof MalformedMediaError)) throw error;
      counters.unusable++;
      if (stream.kind === "video") stream.keyFrames.want();
    }
  }

  #assemblerOf(stream: IncomingStream): FrameAssembler {
    let assembler = this.#assemblers.get(stream.layer);
    if (assembler !== undefined) return assembler;
    const { codec } = stream.section.format;
    if (codec === "opus") throw new TypeError("Cannot put pictures together: this is sound");
    assembler = new FrameAssembler(openPayloadFormat(codec), {
      frame: (frame) => {
        this.#mediaLayer ??= stream.layer;
        if (stream.layer !== this.#mediaLayer) {
          if (this.#nextLayer !== stream.layer || !frame.keyFrame) return;
          // Other parameter sets under the same numbers: what is known of them must go.
          this.#mediaLayer = stream.layer;
          this.#nextLayer = null;
          this.#items = this.#newItems();
        }
        const { timestamp } = frame;
        const ticks = ticksOf(stream, { timestamp, nowMs: this.#options.now() });
        if (this.#items.frame(frame, ticks)) this.#options.counters.units++;
        else {
          this.#options.counters.unusable++;
          stream.keyFrames.want();
        }
      },
      loss: () => stream.keyFrames.want(),
    });
    this.#assemblers.set(stream.layer, assembler);
    return assembler;
  }

  /** The layer that takes most bits: `media` makes smaller pictures by itself where they are needed. */
  #chooseMediaLayer(nowMs: number): void {
    if ((this.#video?.layers.length ?? 0) < 2) return;
    let best: IncomingStream | null = null;
    let most = 0;
    for (const stream of this.#streams.values()) {
      if (stream.kind !== "video") continue;
      const bytes = stream.bytes - (this.#layerBytes.get(stream.ssrc) ?? 0);
      this.#layerBytes.set(stream.ssrc, stream.bytes);
      if (bytes <= most || nowMs - stream.arrivedAtMs >= LAYER_SILENCE_MS) continue;
      most = bytes;
      best = stream;
    }
    if (best === null || this.#mediaLayer === null) return;
    this.#nextLayer = best.layer === this.#mediaLayer ? null : best.layer;
    if (this.#nextLayer !== null) best.keyFrames.want();
  }

  #openFeed(): HubFeed | null {
    if (this.#feed === null) {
      this.#feed = this.#options.openFeed();
      this.#tellClocks();
      this.#feed?.describe(this.#description());
    }
    return this.#feed?.isAttached === true ? this.#feed : null;
  }

  #description(): FeedDescription {
    const track = (section: TakenSection | null, layers: number): FeedTrack | null => {
      if (section === null) return null;
      const { codec, clockRate } = section.format;
      const profile = codec === "h264"
        ? parseInt((formatParameter(section.format, "profile-level-id") ?? "42").slice(0, 2), 16)
        : undefined;
      return { codec, clockRate, layers, ...(profile !== undefined && { profile }) };
    };
    return {
      video: track(this.#video, Math.max(1, this.#video?.layers.length ?? 1)),
      audio: track(this.#audio, 1),
    };
  }

  #newItems(): StreamItems {
    const codec = this.#video?.format.codec ?? null;
    return new StreamItems({
      video: codec === "opus" ? null : codec,
      audio: this.#audio !== null,
      item: (item) => this.#options.onItem?.(item),
    });
  }

  /** Tells viewers where the streams stand on the wall clock. */
  #tellClocks(): void {
    const feed = this.#feed;
    if (feed === null || this.#firstAtMs === null) return;
    for (const { kind, layer, shown, arrivedAtMs } of this.#streams.values()) {
      if (arrivedAtMs === 0) continue;
      const atMs = this.#firstAtMs + shown.ticks / TICKS_PER_MS;
      feed.clock({ kind, layer }, { timestamp: shown.timestamp, atMs });
    }
  }

  /** Sends what feedback is due, gives on what has waited long enough, and looks again in time. */
  #look(nowMs: number): void {
    const { ssrc, send, counters } = this.#options;
    const feedback: RtcpPacket[] = [];
    let nextAtMs = Infinity;
    for (const stream of this.#streams.values()) {
      const due = stream.feedback(ssrc, nowMs);
      feedback.push(...due);
      const at = stream.jitter.nextAt();
      if (at !== null) nextAtMs = Math.min(nextAtMs, at);
    }
    if (feedback.length > 0) {
      for (const packet of feedback) {
        if (packet.type === "nack") counters.requested += packet.sequenceNumbers.length;
      }
      send(writeRtcp([{ type: "rr", ssrc, reports: [] }, ...feedback]));
    }
    if (nextAtMs === Infinity || this.#timer !== null || this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#stopped) return;
      const laterMs = this.#options.now();
      for (const stream of this.#streams.values()) stream.drain(laterMs);
      this.#look(laterMs);
    }, Math.max(LOOK_MS, nextAtMs - nowMs));
  }
}

/** Presentation time of a picture or sound, in ticks of the live stream's clock. */
function ticksOf(
  stream: IncomingStream,
  of: { readonly timestamp: number; readonly nowMs: number },
): number {
  return Math.max(0, stream.clock.ticks(of.timestamp, of.nowMs) + FIRST_TICKS);
}
