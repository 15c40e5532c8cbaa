/**
 * Publishing by WebRTC: `rtc` terminates it and sends what came as FLV tags, whole ones, enhanced
 * where a codec needs it.
 *
 * @module
 */
import { FlvDemuxer, FlvTagParser } from "../container/flv/mod.ts";
import { type CloseReason, MalformedMediaError } from "../errors.ts";
import type { Publisher, PublishPort, PublishRequest } from "../stream/contract.ts";

/** Who wants to publish, as `rtc` knows it. */
export type WhipRequest = Omit<PublishRequest, "protocol">;

/**
 * Asks for admission and connects the session to the stream.
 *
 * @throws {PublishRefusedError} when the publisher may not publish.
 */
export async function publishOverWhip(
  request: WhipRequest,
  port: PublishPort,
): Promise<WhipIngest> {
  const publisher = await port.publish({ ...request, protocol: "whip" });
  return new WhipIngest(request.room, publisher);
}

/** One WebRTC publisher: its messages become items of a live stream. */
export class WhipIngest {
  readonly room: string;
  readonly #publisher: Publisher;
  readonly #demuxer = new FlvDemuxer();

  constructor(room: string, publisher: Publisher) {
    this.room = room;
    this.#publisher = publisher;
  }

  /** Aborted, with a {@linkcode CloseReason}, when the session must stop. */
  get signal(): AbortSignal {
    return this.#publisher.signal;
  }

  /**
   * Takes one message: one tag or several, each whole. Gives how many items the stream got of it.
   * The bytes are kept and must not be changed afterwards.
   *
   * @throws {MalformedMediaError} when it is cut short, empty, or breaks its format.
   * @throws {UnsupportedMediaError} when it holds media that is not carried.
   */
  message(bytes: Uint8Array): number {
    const parser = new FlvTagParser();
    const tags = parser.push(bytes);
    if (parser.pendingBytes > 0 || bytes.length === 0) {
      throw new MalformedMediaError("Cannot read tags: the message ends within one", bytes.length);
    }
    let count = 0;
    for (const tag of tags) {
      for (const item of this.#demuxer.push(tag)) {
        this.#publisher.write(item);
        count++;
      }
    }
    return count;
  }

  /** The session is over; calling it again does nothing. */
  end(reason: CloseReason): void {
    this.#publisher.end(reason);
  }
}
