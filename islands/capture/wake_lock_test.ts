import assert from "node:assert/strict";
import { type AwakePage, ScreenAwake } from "./wake_lock.ts";

class FakeDocument extends EventTarget {
  visibilityState: DocumentVisibilityState = "visible";

  show(state: DocumentVisibilityState) {
    this.visibilityState = state;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

class FakeLocks {
  readonly given: { released: boolean; release(): Promise<void> }[] = [];
  refuses = false;

  request(): Promise<WakeLockSentinel> {
    if (this.refuses) return Promise.reject(new DOMException("low battery", "NotAllowedError"));
    const lock = {
      released: false,
      release() {
        lock.released = true;
        return Promise.resolve();
      },
    };
    this.given.push(lock);
    return Promise.resolve(lock as unknown as WakeLockSentinel);
  }
}

function page() {
  const document = new FakeDocument();
  const wakeLock = new FakeLocks();
  return { document, wakeLock } as unknown as AwakePage & {
    document: FakeDocument;
    wakeLock: FakeLocks;
  };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("ScreenAwake holds once, and lets go", async () => {
  const on = page();
  const awake = new ScreenAwake(on);
  assert.equal(awake.held, false);
  awake.hold();
  awake.hold();
  await turn();
  assert.equal(on.wakeLock.given.length, 1);
  assert.equal(awake.held, true);
  awake.release();
  assert.equal(on.wakeLock.given[0]!.released, true);
  assert.equal(awake.held, false);
});

Deno.test("ScreenAwake asks again when a hidden page comes back", async () => {
  const on = page();
  using awake = new ScreenAwake(on);
  awake.hold();
  await turn();
  // The browser lets go by itself.
  on.wakeLock.given[0]!.released = true;
  on.document.show("hidden");
  await turn();
  assert.equal(on.wakeLock.given.length, 1);
  on.document.show("visible");
  await turn();
  assert.equal(on.wakeLock.given.length, 2);
  assert.ok(awake.held);
});

Deno.test("ScreenAwake gives back a lock that came too late", async () => {
  const on = page();
  const awake = new ScreenAwake(on);
  awake.hold();
  awake.release();
  await turn();
  assert.equal(on.wakeLock.given[0]!.released, true);
  assert.equal(awake.held, false);
});

Deno.test("ScreenAwake lives with a browser that refuses or has none", async () => {
  const on = page();
  on.wakeLock.refuses = true;
  using awake = new ScreenAwake(on);
  awake.hold();
  await turn();
  assert.equal(awake.held, false);
  using none = new ScreenAwake({ document: on.document, wakeLock: undefined });
  none.hold();
  assert.equal(none.held, false);
});
