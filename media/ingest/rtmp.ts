/**
 * Publishing over RTMP: messages of a session become items of a live stream.
 *
 * @module
 */
import { FlvDemuxer } from "../container/flv/mod.ts";
import { type CloseReason, PublishRefusedError } from "../errors.ts";
import type { Publisher, PublishPort } from "../stream/contract.ts";
import type { MediaMessage, PublishSink, StreamCommand } from "../transport/rtmp/contract.ts";

/** A room's name in an address; what it names is for `web` to know. */
const ROOM = /^[0-9A-Za-z_-]{1,64}$/;

/**
 * Asks for admission and connects the session to the stream.
 *
 * @throws {PublishRefusedError} when the publisher may not publish.
 */
export async function publishOverRtmp(
  command: StreamCommand,
  port: PublishPort,
): Promise<PublishSink> {
  const room = command.address.name;
  if (!ROOM.test(room)) {
    throw new PublishRefusedError(
      "unknown_room",
      "Cannot publish: the stream key is not <room>?key=<publish key>",
    );
  }
  const publisher = await port.publish({
    room,
    key: command.address.query.get("key") ?? "",
    protocol: command.secure ? "rtmps" : "rtmp",
    remoteAddress: command.remoteAddress,
    encoder: command.agent,
  });
  return new RtmpIngest(room, publisher);
}

class RtmpIngest implements PublishSink {
  readonly room: string;
  readonly #publisher: Publisher;
  readonly #demuxer = new FlvDemuxer();

  constructor(room: string, publisher: Publisher) {
    this.room = room;
    this.#publisher = publisher;
  }

  get signal(): AbortSignal {
    return this.#publisher.signal;
  }

  message(message: MediaMessage): void {
    for (const item of this.#demuxer.push(message)) this.#publisher.write(item);
  }

  end(reason: CloseReason): void {
    this.#publisher.end(reason);
  }
}
