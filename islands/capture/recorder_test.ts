import assert from "node:assert/strict";
import {
  type PieceSink,
  Recorder,
  recordingBitrate,
  RecordingTime,
  recordingTypes,
} from "./recorder.ts";

/** What a browser's recorder does, by hand. */
class FakeMediaRecorder extends EventTarget {
  static last: FakeMediaRecorder;
  state: RecordingState = "inactive";
  readonly mimeType: string;

  constructor(_stream: MediaStream, { mimeType = "" }: MediaRecorderOptions = {}) {
    super();
    this.mimeType = mimeType;
    FakeMediaRecorder.last = this;
  }

  start() {
    this.state = "recording";
  }

  pause() {
    this.state = "paused";
  }

  resume() {
    this.state = "recording";
  }

  requestData() {
    this.give("asked");
  }

  stop() {
    this.state = "inactive";
    queueMicrotask(() => {
      this.give("last");
      this.dispatchEvent(new Event("stop"));
    });
  }

  give(text: string) {
    this.dispatchEvent(Object.assign(new Event("dataavailable"), { data: new Blob([text]) }));
  }
}

function record(sink: PieceSink) {
  const scope = globalThis as unknown as { MediaRecorder: unknown };
  scope.MediaRecorder = FakeMediaRecorder;
  let nowMs = 0;
  const recorder = new Recorder({
    stream: {} as MediaStream,
    type: "video/webm",
    videoBitrate: 1_000_000,
    sink,
    now: () => nowMs,
  });
  return { recorder, browser: FakeMediaRecorder.last, wait: (ms: number) => nowMs += ms };
}

Deno.test("Recorder hands pieces on in order, and knows time and size without the pauses", async () => {
  const kept: string[] = [];
  const { recorder, browser, wait } = record({
    write: async (piece, endMs) => {
      kept.push(`${await piece.text()}@${endMs}`);
    },
  });
  wait(1_000);
  browser.give("one");
  recorder.pause();
  assert.ok(recorder.paused);
  wait(60_000);
  recorder.resume();
  wait(500);
  assert.equal(recorder.progress.elapsedMs, 1_500);
  browser.give("two");
  browser.give("");
  const outcome = await recorder.stop();
  assert.deepEqual(kept, ["one@1000", "two@1500", "last@1500"]);
  assert.deepEqual(outcome, { end: "stopped", durationMs: 1_500, bytes: 10 });
});

Deno.test("Recorder ends when there is no place left, and says how much was kept", async () => {
  let writes = 0;
  const { recorder, browser, wait } = record({
    write: () => {
      writes++;
      return writes === 1
        ? Promise.resolve()
        : Promise.reject(new DOMException("full", "QuotaExceededError"));
    },
  });
  wait(1_000);
  browser.give("one");
  wait(1_000);
  browser.give("two");
  assert.deepEqual(await recorder.outcome, { end: "full", durationMs: 1_000, bytes: 3 });
  // Nothing after the piece that was lost.
  assert.equal(writes, 2);
});

Deno.test("Recorder ends when the browser's encoder gives up", async () => {
  const { recorder, browser } = record({ write: () => Promise.resolve() });
  browser.give("one");
  browser.dispatchEvent(new Event("error"));
  assert.equal((await recorder.outcome).end, "encoder");
});

Deno.test("recordingTypes() prefers MP4 only where it is the MP4 that everybody plays", () => {
  const having = (...types: string[]) =>
    recordingTypes((type) => types.includes(type)).map(({ container }) => container);
  assert.deepEqual(having("video/mp4;codecs=avc1.64002A,mp4a.40.2", "video/webm"), ["mp4", "webm"]);
  assert.deepEqual(having("video/mp4", "video/webm;codecs=vp9,opus", "video/webm"), [
    "webm",
    "mp4",
  ]);
  assert.deepEqual(having(), []);
});

Deno.test("recordingBitrate() grows with the picture within limits", () => {
  assert.equal(recordingBitrate({ width: 2, height: 2 }, 15), 800_000);
  assert.equal(recordingBitrate({ width: 1280, height: 720 }, 30), 3_871_000);
  assert.equal(recordingBitrate({ width: 2560, height: 1440 }, 60), 16_000_000);
});

Deno.test("RecordingTime may be held and run twice", () => {
  const time = new RecordingTime();
  assert.equal(time.elapsedMs(5), 0);
  time.run(10);
  time.run(20);
  time.hold(30);
  time.hold(99);
  assert.equal(time.elapsedMs(1_000), 20);
});
