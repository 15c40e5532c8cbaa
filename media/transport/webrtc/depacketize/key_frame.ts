/**
 * What forwarding needs to see in a packet without putting pictures together.
 *
 * @module
 */
import { H264_NAL } from "../../../codec/h264.ts";
import type { RtpCodec } from "../sdp/formats.ts";
import { H264_PACKET } from "./h264.ts";
import { parseVp8Descriptor } from "./vp8.ts";
import { parseVp9Descriptor } from "./vp9.ts";

/**
 * Whether a key frame begins with this payload, so that a viewer can be switched to the stream here.
 * For H.264 that is the sequence parameter set before an IDR picture, or the picture's first slice
 * when no parameter set stands before it. Sound can be joined everywhere.
 */
export function startsKeyFrame(codec: RtpCodec, payload: Uint8Array): boolean {
  if (payload.length < 2) return codec === "opus";
  switch (codec) {
    case "opus":
      return true;
    case "h264":
      return startsH264KeyFrame(payload);
    case "vp8": {
      const descriptor = parseVp8Descriptor(payload);
      return descriptor !== null && descriptor.startsPartition && descriptor.partition === 0 &&
        (payload[descriptor.dataStart] & 1) === 0;
    }
    case "vp9": {
      const descriptor = parseVp9Descriptor(payload);
      return descriptor !== null && descriptor.startsFrame && !descriptor.interPicture &&
        descriptor.spatialLayer === 0;
    }
    case "av1":
      // N: the first packet of a coded video sequence (AV1 RTP §4.4).
      return (payload[0] & 0x88) === 0x08;
  }
}

function startsH264KeyFrame(payload: Uint8Array): boolean {
  const type = payload[0] & 0x1f;
  if (type === H264_PACKET.FU_A) {
    return (payload[1] & 0x80) !== 0 && (payload[1] & 0x1f) === H264_NAL.IDR &&
      (payload[2] & 0x80) !== 0;
  }
  if (type !== H264_PACKET.STAP_A) {
    return type === H264_NAL.SPS || (type === H264_NAL.IDR && (payload[1] & 0x80) !== 0);
  }
  let position = 1;
  while (position + 2 < payload.length) {
    const nalType = payload[position + 2] & 0x1f;
    if (nalType === H264_NAL.SPS || nalType === H264_NAL.IDR) return true;
    position += 2 + (payload[position] << 8 | payload[position + 1]);
  }
  return false;
}
