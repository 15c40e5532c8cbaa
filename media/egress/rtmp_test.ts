import assert from "node:assert/strict";
import type { StreamItem, TracksItem, VideoUnit } from "../access_unit.ts";
import type { Reader, ReaderOptions } from "../stream/contract.ts";
import { ChunkParser } from "../transport/rtmp/chunk_stream.ts";
import type { PlayOutput, PlaySource } from "../transport/rtmp/contract.ts";
import { Metrics } from "../../platform/metrics.ts";
import { RtmpEgress } from "./rtmp.ts";

const TRACKS: TracksItem = {
  kind: "tracks",
  tracks: {
    video: {
      kind: "video",
      codec: "h264",
      codecString: "avc1.64001f",
      width: 64,
      height: 48,
      frameRate: 25,
      description: Uint8Array.of(1, 2, 3),
    },
    audio: {
      kind: "audio",
      codec: "aac",
      codecString: "mp4a.40.2",
      sampleRate: 48_000,
      channels: 2,
      samplesPerUnit: 1024,
      description: Uint8Array.of(17, 144),
    },
  },
  dts: 0,
  discontinuity: false,
};

const picture = (dtsMs: number, keyFrame = false): VideoUnit => ({
  kind: "video",
  dts: dtsMs * 90,
  pts: dtsMs * 90,
  keyFrame,
  data: new Uint8Array(100),
});

/** Readers of one stream whose items the test puts in by hand. */
class Stream {
  readonly readers: { queue: StreamItem[]; options: ReaderOptions; closed: boolean }[] = [];
  ended = false;

  read(_room: string, options: ReaderOptions): Reader {
    const state = {
      queue: [TRACKS, picture(0, true)] as StreamItem[],
      options,
      closed: false,
    };
    this.readers.push(state);
    const isEnded = () => this.ended && state.queue.length === 0;
    return {
      take: () => state.queue.splice(0),
      get ended() {
        return isEnded();
      },
      broken: false,
      dropped: 0,
      close: () => void (state.closed = true),
    };
  }

  push(item: StreamItem): void {
    for (const { queue, options } of this.readers) {
      queue.push(item);
      if (queue.length === 1) options.onReadable();
    }
  }
}

class Output implements PlayOutput {
  readonly writes: Uint8Array[] = [];
  bufferedBytes = 0;
  finished: "ended" | "broken" | "slow" | null = null;
  waiting = Promise.withResolvers<void>();
  write(bytes: Uint8Array): void {
    this.writes.push(bytes);
    this.waiting.resolve();
    this.waiting = Promise.withResolvers();
  }
  ended(): void {
    this.finished = "ended";
    this.waiting.resolve();
  }
  broken(): void {
    this.finished = "broken";
    this.waiting.resolve();
  }
  tooSlow(): void {
    this.finished = "slow";
    this.waiting.resolve();
  }
  /** Type and time stamp of every message. */
  messages(): string[] {
    const seen: string[] = [];
    const parser = new ChunkParser({
      onMessage: ({ type, timestamp, payload }) =>
        seen.push(`${type}@${timestamp}${payload[1] === 0 ? " header" : ""}`),
    });
    // What the session announced before.
    parser.push(Uint8Array.of(2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 1, 0, 0));
    for (const bytes of this.writes) parser.push(bytes);
    return seen;
  }
}

const command = {
  address: { app: "live", name: "100001", query: new Map() },
  remoteAddress: "192.0.2.1",
  secure: false,
  fourCcs: [],
  agent: null,
};

function start(options: { stream?: Stream; now?: () => number } = {}) {
  const stream = options.stream ?? new Stream();
  const egress = new RtmpEgress({
    read: stream,
    metrics: new Metrics("media"),
    batchMs: 1,
    ...(options.now && { now: options.now }),
  });
  const play = () => {
    const output = new Output();
    const source: PlaySource = egress.play(command, output)!;
    source.start();
    return { output, source };
  };
  return { stream, egress, play, [Symbol.dispose]: () => egress.stop() };
}

Deno.test("a player gets metadata, headers and the cached pictures at once, then what follows", async () => {
  using test = start();
  const { output, source } = test.play();
  assert.equal(output.writes.length, 1);
  const { promise } = output.waiting;
  test.stream.push(picture(40));
  test.stream.push(picture(80));
  await promise;
  assert.equal(output.writes.length, 2);
  assert.deepEqual(output.messages(), [
    "18@0 header",
    "9@0 header",
    "8@0 header",
    "9@0",
    "9@40",
    "9@80",
  ]);
  source.close();
  assert.equal(test.stream.readers[0].closed, true);
});

Deno.test("players of one stream send the same bytes", async () => {
  using test = start();
  const [first, second] = [test.play(), test.play()];
  const both = Promise.all([first.output.waiting.promise, second.output.waiting.promise]);
  test.stream.push(picture(40));
  await both;
  assert.equal(first.output.writes[1], second.output.writes[1]);
});

Deno.test("receiveVideo(false) leaves pictures out", async () => {
  using test = start();
  const { output, source } = test.play();
  source.select({ video: false });
  const { promise } = output.waiting;
  test.stream.push(picture(40));
  test.stream.push({ kind: "audio", dts: 4500, pts: 4500, samples: 1024, data: Uint8Array.of(1) });
  await promise;
  assert.deepEqual(output.messages().slice(4), ["8@50"]);
});

Deno.test("a paused player gets nothing and starts again at the live edge", () => {
  using test = start();
  const { output, source } = test.play();
  source.pause(true);
  assert.equal(test.stream.readers[0].closed, true);
  source.pause(false);
  assert.equal(test.stream.readers.length, 2);
  assert.equal(output.writes.length, 2);
});

Deno.test("a player with a full socket is left alone, and closed when it takes nothing", async () => {
  let now = 0;
  using test = start({ now: () => now });
  const { output, source } = test.play();
  output.bufferedBytes = 2 * 1024 * 1024;
  test.stream.push(picture(40));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(output.writes.length, 1);
  // It takes a little: that is progress.
  now = 19_000;
  output.bufferedBytes -= 1000;
  await new Promise((resolve) => setTimeout(resolve, 600));
  now = 30_000;
  await new Promise((resolve) => setTimeout(resolve, 600));
  assert.equal(output.finished, null);
  const { promise } = output.waiting;
  output.bufferedBytes = 0;
  await promise;
  assert.equal(output.writes.length, 2);
  output.bufferedBytes = 2 * 1024 * 1024;
  test.stream.push(picture(80));
  await new Promise((resolve) => setTimeout(resolve, 20));
  const end = output.waiting.promise;
  now = 60_000;
  await end;
  assert.equal(output.finished, "slow");
  source.close();
});

Deno.test("a player is told when the stream ended", async () => {
  using test = start();
  const { output } = test.play();
  const { promise } = output.waiting;
  test.stream.ended = true;
  test.stream.readers[0].options.onReadable();
  await promise;
  assert.equal(output.finished, "ended");
});
