import assert from "node:assert/strict";
import type { StreamItem } from "../access_unit.ts";
import type { CloseReason } from "../errors.ts";
import type { Publisher } from "./contract.ts";
import { MovablePublisher } from "./movable_publisher.ts";
import { audioTrack, picture, sound, tracksItem, videoTrack } from "./testing.ts";

class Target implements Publisher {
  readonly items: StreamItem[] = [];
  readonly controller = new AbortController();
  ended: CloseReason | null = null;
  get signal() {
    return this.controller.signal;
  }
  write(item: StreamItem) {
    this.items.push(item);
  }
  end(reason: CloseReason) {
    this.ended ??= reason;
  }
}

function setUp() {
  const told = { over: 0, wishes: 0 };
  const [first, second] = [new Target(), new Target()];
  const publisher = new MovablePublisher(first, {
    wishKeyFrame: () => void told.wishes++,
    over: () => void told.over++,
  });
  const tracks = tracksItem(videoTrack(), audioTrack());
  publisher.write(tracks);
  return { told, first, second, publisher, tracks };
}

Deno.test("MovablePublisher.copyTo() writes to both until the first one is taken over", () => {
  const { told, first, second, publisher, tracks } = setUp();
  publisher.copyTo(second);
  publisher.write(sound(10));
  assert.deepEqual(second.items, [tracks, sound(10)]);
  assert.deepEqual(first.items, [tracks, sound(10)]);
  first.controller.abort("taken_over");
  publisher.write(sound(20));
  assert.equal(first.items.length, 2);
  assert.equal(second.items.length, 3);
  assert.ok(!publisher.signal.aborted);
  second.controller.abort("cut_off");
  assert.equal(publisher.signal.reason, "cut_off");
  assert.equal(told.over, 1);
});

Deno.test("MovablePublisher.moveTo() moves with a key frame, which is asked for", () => {
  const { told, first, second, publisher, tracks } = setUp();
  publisher.moveTo(() => second);
  assert.equal(told.wishes, 1);
  publisher.write(picture(40));
  publisher.write(sound(40));
  assert.deepEqual(second.items, []);
  publisher.write(picture(80, { key: true }));
  assert.equal(first.ended, "unpublished");
  assert.deepEqual(second.items, [tracks, picture(80, { key: true })]);
});

Deno.test("MovablePublisher.moveTo() needs no key frame where there is no picture", () => {
  const { second, publisher } = setUp();
  publisher.write(tracksItem(null, audioTrack()));
  publisher.moveTo(() => second);
  publisher.write(sound(20));
  assert.equal(second.items.length, 2);
});

Deno.test("MovablePublisher.end() ends both streams that it stands on", () => {
  const { told, first, second, publisher } = setUp();
  publisher.copyTo(second);
  publisher.end("connection_lost");
  publisher.end("unpublished");
  assert.deepEqual([first.ended, second.ended, told.over], [
    "connection_lost",
    "connection_lost",
    1,
  ]);
});
