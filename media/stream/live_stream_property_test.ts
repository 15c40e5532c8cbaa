import assert from "node:assert/strict";
import fc from "fast-check";
import { Metrics } from "../../platform/metrics.ts";
import { silentLogger } from "../../platform/log.ts";
import type { StreamItem } from "../access_unit.ts";
import type { Publisher, Reader } from "./contract.ts";
import { LiveStream } from "./live_stream.ts";
import { streamMetrics } from "./metrics.ts";
import {
  audioTrack,
  ManualClock,
  metadata,
  picture,
  publishRequest,
  sound,
  tracksItem,
  videoTrack,
} from "./testing.ts";

const RUNS = Number(Deno.env.get("FUZZ_RUNS") ?? 300);

const METRICS = streamMetrics(new Metrics("test"));

/** What a publisher, the wall or a reader may do next. */
const step = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({ kind: fc.constant("video"), by: fc.integer({ min: 0, max: 80 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("key"), by: fc.integer({ min: 0, max: 80 }) }),
  },
  {
    weight: 20,
    arbitrary: fc.record({ kind: fc.constant("audio"), by: fc.integer({ min: -900, max: 80 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("jump"), by: fc.integer({ min: -1e6, max: 1e6 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("tracks"), by: fc.integer({ min: 0, max: 5 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("metadata"), by: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("drop"), by: fc.constant(0) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("publish"), by: fc.constant(0) }) },
  {
    weight: 10,
    arbitrary: fc.record({ kind: fc.constant("wait"), by: fc.integer({ min: 0, max: 3000 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("read"), by: fc.constant(0) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("take"), by: fc.nat({ max: 10 }) }) },
);

/** Follows what one reader takes and checks the promises of the contract. */
class Checked {
  readonly reader: Reader;
  #first = true;
  #hasVideo = false;
  #hasAudio = false;
  #last = { video: -1, audio: -1 };
  #needsKey = true;
  #dropped = 0;

  constructor(reader: Reader) {
    this.reader = reader;
  }

  take(): void {
    // An overflow empties the queue: what is there now came after the skip.
    if (this.reader.dropped !== this.#dropped) this.#needsKey = this.#hasVideo;
    this.#dropped = this.reader.dropped;
    for (const item of this.reader.take()) this.#check(item);
  }

  #check(item: StreamItem): void {
    if (this.#first) assert.equal(item.kind, "tracks");
    if (item.kind === "metadata") return;
    if (item.kind === "tracks") {
      assert.ok(item.discontinuity || this.#first);
      this.#first = false;
      this.#hasVideo = item.tracks.video !== null;
      this.#hasAudio = item.tracks.audio !== null;
      this.#needsKey = this.#hasVideo;
      return;
    }
    assert.ok(item.kind === "video" ? this.#hasVideo : this.#hasAudio, "units of known tracks");
    assert.ok(item.pts >= item.dts);
    assert.ok(item.dts >= this.#last[item.kind], "decode times never go back");
    this.#last[item.kind] = item.dts;
    if (this.#needsKey) {
      assert.ok(item.kind === "video" && item.keyFrame, "units begin at a key frame");
      this.#needsKey = false;
    }
  }
}

Deno.test("LiveStream keeps its promises whatever publishers, readers and clocks do", () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 400, size: "max" }),
      fc.integer({ min: 0, max: 2 ** 40 }),
      (
        steps,
        startMs,
      ) => {
        const clock = new ManualClock();
        const stream = new LiveStream({
          room: "100001",
          clock,
          log: silentLogger,
          metrics: METRICS,
          onOpen: () => {},
          onChange: () => {},
          onEnded: () => {},
          gopCache: { maxBytes: 3000 },
        });
        const readers: Checked[] = [];
        let publisher: Publisher = stream.attach(publishRequest());
        let dtsMs = startMs;
        let seed = 0;
        publisher.write(tracksItem(videoTrack(), audioTrack()));
        for (const { kind, by } of steps) {
          if (stream.state === "ended") break;
          switch (kind) {
            case "video":
            case "key":
              dtsMs += by;
              publisher.write(picture(dtsMs, { key: kind === "key", shiftMs: by }));
              break;
            case "audio":
              publisher.write(sound(dtsMs + by));
              break;
            case "jump":
              dtsMs += by;
              break;
            case "tracks":
              publisher.write(tracksItem(
                by === 1 ? null : videoTrack(by === 2 ? ++seed : seed),
                by === 3 ? null : audioTrack(by === 4 ? ++seed : seed),
              ));
              break;
            case "metadata":
              publisher.write(metadata({ videocodecid: 7 }));
              break;
            case "drop":
              publisher.end("connection_lost");
              break;
            case "publish":
              publisher = stream.attach(publishRequest());
              dtsMs = by;
              publisher.write(tracksItem(videoTrack(seed), audioTrack(seed)));
              break;
            case "wait":
              clock.advance(by);
              break;
            case "read": {
              const reader = stream.read({
                protocol: "flv",
                remoteAddress: "",
                onReadable: () => {},
                maxQueueBytes: 1500,
              });
              if (reader !== null) readers.push(new Checked(reader));
              break;
            }
            default:
              readers[by]?.take();
          }
          assert.ok((stream.inspect().gopCache as { bytes: number }).bytes <= 3000);
        }
        for (const reader of readers) reader.take();
        stream.end("cut_off");
        for (const { reader } of readers) {
          reader.take();
          assert.ok(reader.ended);
        }
      },
    ),
    { numRuns: RUNS },
  );
});
