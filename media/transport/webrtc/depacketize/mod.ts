/**
 * RTP payloads to coded pictures, and those to the items of a live stream.
 *
 * @module
 */
import type { PayloadFormat } from "./assembler.ts";
import { Av1Format } from "./av1.ts";
import { H264Format } from "./h264.ts";
import type { RtpVideoCodec } from "./stream_items.ts";
import { Vp8Format } from "./vp8.ts";
import { Vp9Format } from "./vp9.ts";

export * from "./assembler.ts";
export * from "./key_frame.ts";
export * from "./stream_items.ts";

/** The payload format of a codec, empty. */
export function openPayloadFormat(codec: RtpVideoCodec): PayloadFormat {
  switch (codec) {
    case "h264":
      return new H264Format();
    case "vp8":
      return new Vp8Format();
    case "vp9":
      return new Vp9Format();
    case "av1":
      return new Av1Format();
  }
}
