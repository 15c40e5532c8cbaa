import assert from "node:assert/strict";
import { FlvBytes } from "./flv_bytes.ts";
import { FlvViewer, SKIP_AFTER_MS, SKIP_BACKLOG_BYTES, TERMINATE_AFTER_MS } from "./flv_viewer.ts";

function viewerWith(backlog: { bytes: number }): FlvViewer {
  const viewer = new FlvViewer({
    protocol: "flv",
    get backlogBytes() {
      return backlog.bytes;
    },
    send() {},
    end() {},
    destroy() {},
  });
  viewer.state = "flowing";
  return viewer;
}

const KEY = { startsDecoding: true };
const INTER = { startsDecoding: false };

Deno.test("FlvViewer skips above the backlog bound and goes on at a key frame once drained", () => {
  const backlog = { bytes: 0 };
  const viewer = viewerWith(backlog);
  assert.equal(viewer.judge(INTER, 0), "send");
  backlog.bytes = SKIP_BACKLOG_BYTES + 1;
  assert.equal(viewer.judge(KEY, 100), "skip");
  viewer.state = "skipping";
  assert.equal(viewer.judge(KEY, 200), "skip");
  backlog.bytes = 0;
  assert.equal(viewer.judge(INTER, 300), "skip");
  assert.equal(viewer.judge(KEY, 400), "resume");
});

Deno.test("FlvViewer skips when its backlog was never empty for three seconds", () => {
  const backlog = { bytes: 1000 };
  const viewer = viewerWith(backlog);
  assert.equal(viewer.judge(INTER, 0), "send");
  assert.equal(viewer.judge(INTER, SKIP_AFTER_MS - 1), "send");
  assert.equal(viewer.judge(INTER, SKIP_AFTER_MS), "skip");
});

Deno.test("FlvViewer is terminated after 20 s without progress, not while it drains", () => {
  const backlog = { bytes: SKIP_BACKLOG_BYTES * 2 };
  const viewer = viewerWith(backlog);
  assert.equal(viewer.judge(INTER, 0), "skip");
  viewer.state = "skipping";
  backlog.bytes -= 1;
  assert.equal(viewer.judge(KEY, TERMINATE_AFTER_MS), "skip");
  assert.equal(viewer.judge(KEY, TERMINATE_AFTER_MS * 2 - 1), "skip");
  assert.equal(viewer.judge(KEY, TERMINATE_AFTER_MS * 2), "terminate");
});

Deno.test("FlvViewer may hold a long beginning without being called slow", () => {
  const backlog = { bytes: 0 };
  const viewer = viewerWith(backlog);
  viewer.begin(new FlvBytes([new Uint8Array(SKIP_BACKLOG_BYTES * 3)]));
  backlog.bytes = SKIP_BACKLOG_BYTES * 3;
  assert.equal(viewer.judge(INTER, 0), "send");
  backlog.bytes = 0;
  assert.equal(viewer.judge(INTER, 100), "send");
  backlog.bytes = SKIP_BACKLOG_BYTES * 3;
  assert.equal(viewer.judge(INTER, 200), "skip");
});
