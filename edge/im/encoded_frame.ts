/**
 * A frame that goes to many: each form is made once, when the first viewer needs it.
 *
 * @module
 */
import type { ServerFrame } from "../../im/protocol/frames.ts";
import { encodeServerFrameJson } from "../../im/protocol/json.ts";
import { encodeServerFrame } from "../../im/protocol/protobuf.ts";
import { messageFrame } from "../ws_frames.ts";

const encoder = new TextEncoder();

/** One frame and its bytes, with the head of the WebSocket's message before them. */
export class EncodedFrame {
  readonly frame: ServerFrame;
  #protobuf: Uint8Array<ArrayBuffer> | null = null;
  #json: Uint8Array<ArrayBuffer> | null = null;

  constructor(frame: ServerFrame) {
    this.frame = frame;
  }

  /** For the subprotocol `wanren.im.v1`. */
  get protobuf(): Uint8Array<ArrayBuffer> {
    return this.#protobuf ??= messageFrame(encodeServerFrame(this.frame), { isText: false });
  }

  /** For the subprotocol `wanren.im.v1.json`. */
  get json(): Uint8Array<ArrayBuffer> {
    return this.#json ??= messageFrame(encoder.encode(encodeServerFrameJson(this.frame)), {
      isText: true,
    });
  }
}

/** What every viewer's ping is answered. */
export const PONG: EncodedFrame = new EncodedFrame({ type: "pong" });
