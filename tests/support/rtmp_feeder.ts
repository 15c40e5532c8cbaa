/**
 * Publishes an MP4 file over (enhanced) RTMP in real time: HEVC, AV1, VP9, H.264, AAC, Opus.
 *
 * `deno run -A tests/support/rtmp_feeder.ts --url rtmp://HOST/live/<room>?key=<key> --file a.mp4
 * [--loop 3]`
 *
 * @module
 */
import { parseArgs } from "node:util";
import { encodeAmf0 } from "../../media/container/amf0.ts";
import { RtmpClient } from "../../media/transport/rtmp/client.ts";
import { type FeedMessage, readMp4Messages } from "./rtmp_mp4_samples.ts";

/** How {@linkcode feed} publishes. */
export interface FeedOptions {
  readonly url: string;
  /** Contents of an MP4 file. */
  readonly file: Uint8Array;
  /** Times the file is sent, its time stamps going on. Default: 1. */
  readonly loops?: number;
  /** 1 is real time, 0 as fast as possible. Default: 1. */
  readonly pace?: number;
  /** False: the connection breaks at the end instead of unpublishing. Default: true. */
  readonly unpublish?: boolean;
  readonly signal?: AbortSignal;
}

/** Publishes; resolves when all was sent. @throws {RtmpClientError} when the server refuses. */
export async function feed(options: FeedOptions): Promise<void> {
  const { url, loops = 1, pace = 1, unpublish = true, signal } = options;
  const messages = readMp4Messages(options.file);
  const client = await RtmpClient.publish({
    url,
    agent: "Wanren feeder",
    verifyTls: false,
    fourCcList: ["*"],
  });
  try {
    client.write({
      type: 18,
      timestampMs: 0,
      data: encodeAmf0(["@setDataFrame", "onMetaData", { encoder: "Wanren feeder" }]),
    });
    const spanMs = duration(messages);
    const startedAt = performance.now();
    let gone: unknown;
    client.closed.then((error) => gone = error ?? new Error("Cannot feed: closed"));
    for (let loop = 0; loop < loops; loop++) {
      for (const message of messages) {
        if (message.header && loop > 0) continue;
        const timestampMs = message.timestampMs + loop * spanMs;
        const early = timestampMs * pace - (performance.now() - startedAt);
        if (early > 5) await new Promise((resolve) => setTimeout(resolve, early));
        if (gone !== undefined) throw gone;
        if (signal?.aborted) return;
        client.write({ type: message.type, timestampMs, data: message.data });
      }
    }
  } finally {
    if (unpublish) await client.close();
    else client.destroy();
  }
}

/** Time after which the messages can be repeated, in milliseconds. */
function duration(messages: readonly FeedMessage[]): number {
  const video = messages.filter((message) => message.type === messages[0].type && !message.header);
  const lengthMs = video[video.length - 1].timestampMs - video[0].timestampMs;
  return lengthMs + lengthMs / Math.max(1, video.length - 1);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      url: { type: "string" },
      file: { type: "string" },
      loop: { type: "string", default: "1" },
    },
  });
  if (values.url === undefined || values.file === undefined) {
    console.error("Usage: rtmp_feeder.ts --url <rtmp address> --file <mp4 file> [--loop <times>]");
    Deno.exit(2);
  }
  await feed({
    url: values.url,
    file: await Deno.readFile(values.file),
    loops: Number(values.loop),
  });
}
