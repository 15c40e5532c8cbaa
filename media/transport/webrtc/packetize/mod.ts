/**
 * Access units to RTP packets, for viewers of streams that did not come by WebRTC.
 *
 * @module
 */
import { type AccessUnit, CLOCK_HZ, type Tracks, type VideoTrack } from "../../../access_unit.ts";
import { parseAvcConfig } from "../../../codec/h264.ts";
import { writeFields } from "../rtp.ts";
import type { RtpCodec } from "../sdp/formats.ts";
import { packetizeAv1 } from "./av1.ts";
import { packetizeH264 } from "./h264.ts";
import { PacketWriter } from "./packet_writer.ts";
import { packetizeVp8, packetizeVp9 } from "./vpx.ts";

/** How a source is made. */
export interface RtpSourceOptions {
  readonly codec: RtpCodec;
  readonly payloadType: number;
  readonly ssrc: number;
  /** First sequence number, 16 bits; random, as RFC 3550 §5.1 asks. */
  readonly sequenceNumber: number;
  /** RTP timestamp of presentation time 0, 32 bits; random too. */
  readonly timestampOffset: number;
  /** Largest payload, in bytes. Default: 1200. */
  readonly maxPayloadBytes?: number;
}

/** Whether the codec of a track can be sent to viewers by RTP. */
export function isRtpCodec(codec: string): codec is RtpCodec {
  return codec === "h264" || codec === "vp8" || codec === "vp9" || codec === "av1" ||
    codec === "opus";
}

/**
 * One RTP stream made of access units. Its packets look like those of a publisher: they are rewritten
 * for each viewer and can be sent again.
 */
export class RtpSource {
  readonly codec: RtpCodec;
  readonly ssrc: number;
  readonly payloadType: number;
  /** Ticks a second of the RTP clock. */
  readonly clockRate: number;
  readonly #timestampOffset: number;
  readonly #maxPayloadBytes: number | undefined;
  #sequenceNumber: number;
  #parameterSets: readonly Uint8Array[] = [];

  constructor(options: RtpSourceOptions) {
    this.codec = options.codec;
    this.ssrc = options.ssrc;
    this.payloadType = options.payloadType;
    this.clockRate = options.codec === "opus" ? 48_000 : 90_000;
    this.#timestampOffset = options.timestampOffset;
    this.#maxPayloadBytes = options.maxPayloadBytes;
    this.#sequenceNumber = options.sequenceNumber;
  }

  /**
   * The tracks that the following units are decoded with.
   *
   * @throws {MalformedMediaError} when the configuration is broken.
   */
  tracks(tracks: Tracks): void {
    if (this.codec === "h264") this.#parameterSets = parameterSetsOf(tracks.video);
  }

  /** The RTP timestamp of a presentation time in 90 kHz ticks, which may be fractional. */
  timestampOf(pts: number): number {
    const ticks = Math.round(pts * this.clockRate / CLOCK_HZ) + this.#timestampOffset;
    // Above 2^53 nothing lives; the remainder may be negative.
    return (ticks % 2 ** 32 + 2 ** 32) % 2 ** 32;
  }

  /**
   * The packets of a unit, each in memory of its own, the last one of a picture marked.
   *
   * @throws {MalformedMediaError} when the unit is broken.
   */
  packets(unit: AccessUnit): Uint8Array[] {
    const writer = new PacketWriter(this.#maxPayloadBytes);
    const { data } = unit;
    if (unit.kind === "audio") writer.next(data.length).set(data);
    else this.#packetize(unit, writer);
    const timestamp = this.timestampOf(unit.pts);
    writer.packets.forEach((packet, i) => {
      writeFields(packet, {
        payloadType: this.payloadType,
        sequenceNumber: this.#sequenceNumber,
        timestamp,
        ssrc: this.ssrc,
        marker: unit.kind === "video" && i === writer.packets.length - 1,
      });
      this.#sequenceNumber = this.#sequenceNumber + 1 & 0xffff;
    });
    return writer.packets;
  }

  #packetize(unit: Extract<AccessUnit, { kind: "video" }>, writer: PacketWriter): void {
    const { data, keyFrame } = unit;
    switch (this.codec) {
      case "h264":
        packetizeH264(data, { writer, before: keyFrame ? this.#parameterSets : [] });
        break;
      case "vp8":
        packetizeVp8(data, writer);
        break;
      case "vp9":
        packetizeVp9(data, { writer, keyFrame });
        break;
      case "av1":
        packetizeAv1(data, { writer, keyFrame });
        break;
      case "opus":
        break;
    }
  }
}

function parameterSetsOf(track: VideoTrack | null): Uint8Array[] {
  if (track === null || track.codec !== "h264") return [];
  const { sps, pps } = parseAvcConfig(track.description);
  return [...sps, ...pps];
}
