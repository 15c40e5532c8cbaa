/**
 * The small real bitstreams of `tests/fixtures/media` as access units that can be sent by RTP.
 *
 * @module
 */
import type { AccessUnit, Tracks, VideoUnit } from "../../media/access_unit.ts";
import { inspectAv1, stripTemporalDelimiters } from "../../media/codec/av1.ts";
import { H264_NAL } from "../../media/codec/h264.ts";
import { joinNalUnits, nalUnits } from "../../media/codec/nal.ts";
import { opusPacketSamples } from "../../media/codec/opus.ts";
import { parseVp9Frame } from "../../media/codec/vp9.ts";
import { FlvDemuxer, FlvTagParser } from "../../media/container/flv/mod.ts";
import type { RtpCodec } from "../../media/transport/webrtc/sdp/formats.ts";
import { ivfFrames, mediaFixture, oggPackets } from "./bitstreams.ts";

/** Units of one codec, presented in order, and the tracks they are decoded with. */
export interface RtpFixture {
  readonly codec: RtpCodec;
  readonly tracks: Tracks;
  readonly units: readonly AccessUnit[];
}

const NO_TRACKS: Tracks = { video: null, audio: null };
const FRAME_TICKS = 3000;

/** The fixture of a codec. VP8 has a synthetic one: only its frame headers are real. */
export function rtpFixture(codec: RtpCodec): RtpFixture {
  switch (codec) {
    case "h264":
      return h264Fixture();
    case "vp8":
      return { codec, tracks: NO_TRACKS, units: vp8Frames().map(videoUnit) };
    case "vp9": {
      const frames = ivfFrames(mediaFixture("vp9.ivf"));
      const units = frames.map((data, i) =>
        videoUnit({ data, keyFrame: parseVp9Frame(data).keyFrame }, i)
      );
      return { codec, tracks: NO_TRACKS, units };
    }
    case "av1": {
      const units = ivfFrames(mediaFixture("av1.ivf")).map((frame, i) => {
        const data = stripTemporalDelimiters(frame);
        return videoUnit({ data, keyFrame: inspectAv1(data).keyFrame }, i);
      });
      return { codec, tracks: NO_TRACKS, units };
    }
    case "opus": {
      let pts = 0;
      const units = oggPackets(mediaFixture("opus.ogg")).slice(2).map((data): AccessUnit => {
        const samples = opusPacketSamples(data);
        const unit: AccessUnit = { kind: "audio", dts: pts, pts, samples, data };
        pts += samples * 90 / 48;
        return unit;
      });
      return { codec, tracks: NO_TRACKS, units };
    }
  }
}

/** The picture with a message of no meaning behind it (SEI, user data), up to a size. */
export function withFiller(data: Uint8Array, size: number): Uint8Array {
  const more = Math.floor(size) - data.length - 4;
  if (more < 32) return data;
  const out = new Uint8Array(data.length + 4 + more).fill(0x5a);
  out.set(data);
  new DataView(out.buffer).setUint32(data.length, more);
  out.set([6, 5], data.length + 4);
  return out;
}

/** Codecs of pictures that have a fixture. */
export const RTP_VIDEO_CODECS = ["h264", "vp8", "vp9", "av1"] as const;

function videoUnit(
  frame: { readonly data: Uint8Array; readonly keyFrame: boolean },
  i: number,
): VideoUnit {
  return { kind: "video", dts: i * FRAME_TICKS, pts: i * FRAME_TICKS, ...frame };
}

/** The pictures of an FLV file without in-band parameter sets, presented in decoding order. */
function h264Fixture(): RtpFixture {
  const parser = new FlvTagParser();
  const demuxer = new FlvDemuxer();
  let tracks = NO_TRACKS;
  const units: VideoUnit[] = [];
  for (const tag of parser.push(mediaFixture("h264_bframes_aac.flv"))) {
    for (const item of demuxer.push(tag)) {
      if (item.kind === "tracks") tracks = item.tracks;
      if (item.kind !== "video") continue;
      const nals = nalUnits(item.data).filter((nal) => {
        const type = nal[0] & 0x1f;
        return type !== H264_NAL.SPS && type !== H264_NAL.PPS && type !== H264_NAL.AUD;
      });
      units.push(videoUnit({ data: joinNalUnits(nals), keyFrame: item.keyFrame }, units.length));
    }
  }
  return { codec: "h264", tracks, units };
}

/** A key frame of 320×240 every tenth frame, sizes from a few bytes to several packets. */
function vp8Frames(): { data: Uint8Array; keyFrame: boolean }[] {
  return Array.from({ length: 30 }, (_, i) => {
    const keyFrame = i % 10 === 0;
    const data = new Uint8Array(keyFrame ? 4000 + i : 20 + i * 97);
    for (let at = 0; at < data.length; at++) data[at] = (at * 31 + i * 7) & 0xff;
    data.set(
      keyFrame ? [0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00] : [0x11, 0, 0],
    );
    return { data, keyFrame };
  });
}
