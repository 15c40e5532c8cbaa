import assert from "node:assert/strict";
import { Metrics } from "../../platform/metrics.ts";
import { silentLogger } from "../../platform/log.ts";
import { PublishRefusedError } from "../errors.ts";
import type { StreamItem } from "../access_unit.ts";
import type { Publisher, PublishRequest } from "./contract.ts";
import { LINGER_MS, type Packager, StreamRegistry } from "./registry.ts";
import {
  audioTrack,
  ManualClock,
  picture,
  publishRequest,
  tracksItem,
  videoTrack,
} from "./testing.ts";

class RecordingPackager implements Packager {
  readonly items: StreamItem[] = [];
  readonly outputs = { llhls: true, hls: false };
  ended = false;
  push(item: StreamItem) {
    this.items.push(item);
  }
  end() {
    this.ended = true;
  }
  inspect() {
    return { items: this.items.length };
  }
}

function harness(maxStreams?: number) {
  const clock = new ManualClock();
  const metrics = new Metrics("test");
  const registry = new StreamRegistry({
    authority: {
      authorize: (request: PublishRequest) =>
        request.key === "right"
          ? Promise.resolve(request.room)
          : Promise.reject(new PublishRefusedError("wrong_key", "Cannot publish: wrong key")),
    },
    createPackager: () => new RecordingPackager(),
    log: silentLogger,
    metrics,
    clock,
    maxStreams,
  });
  return { clock, registry, metrics };
}

function goLive(publisher: Publisher) {
  publisher.write(tracksItem(videoTrack(), audioTrack()));
  publisher.write(picture(0, { key: true }));
}

function refusedAs(reason: string) {
  return (error: unknown) => error instanceof PublishRefusedError && error.reason === reason;
}

Deno.test("StreamRegistry admits with the right key only", async () => {
  const { registry, metrics } = harness();
  await assert.rejects(registry.publish(publishRequest({ key: "x" })), refusedAs("wrong_key"));
  assert.equal(registry.size, 0);
  await registry.publish(publishRequest());
  assert.equal(registry.size, 1);
  assert.match(await metrics.text(), /wanren_media_publishes_total\{result="wrong_key",.*\} 1/);
});

Deno.test("StreamRegistry holds no more streams than its limit", async () => {
  const { registry } = harness(1);
  await registry.publish(publishRequest());
  await assert.rejects(
    registry.publish(publishRequest({ room: "100002" })),
    refusedAs("too_many_streams"),
  );
  await registry.publish(publishRequest());
});

Deno.test("StreamRegistry packages a stream from its first item, and keeps the end for a while", async () => {
  const { clock, registry } = harness();
  const publisher = await registry.publish(publishRequest());
  assert.equal(registry.packager("100001"), null);
  goLive(publisher);
  const packager = registry.packager("100001");
  assert.deepEqual(packager?.items.map((item) => item.kind), ["tracks", "video"]);
  assert.equal(registry.reports()[0].outputs.llhls, true);
  publisher.end("unpublished");
  assert.equal(packager?.ended, true);
  assert.equal(registry.isLive("100001"), false);
  assert.equal(registry.packager("100001"), packager);
  clock.advance(LINGER_MS);
  assert.equal(registry.packager("100001"), null);
});

Deno.test("StreamRegistry gives a new stream of a room a packager of its own", async () => {
  const { clock, registry } = harness();
  const first = await registry.publish(publishRequest());
  goLive(first);
  const before = registry.packager("100001");
  first.end("unpublished");
  const second = await registry.publish(publishRequest());
  assert.equal(registry.packager("100001"), before, "the old playlists stay until the new ones");
  goLive(second);
  assert.notEqual(registry.packager("100001"), before);
  clock.advance(LINGER_MS);
  assert.notEqual(registry.packager("100001"), null);
});

Deno.test("StreamRegistry close() ends a room's stream and reports changes", async () => {
  const { registry } = harness();
  let changes = 0;
  registry.onChange(() => changes++);
  const publisher = await registry.publish(publishRequest());
  goLive(publisher);
  assert.equal(changes, 1);
  assert.equal(registry.close("100001", "key_rotated"), true);
  assert.equal(publisher.signal.reason, "key_rotated");
  assert.equal(changes, 2);
  assert.deepEqual(registry.reports(), []);
  assert.equal(registry.close("100001", "key_rotated"), false);
});

Deno.test("StreamRegistry stop() refuses publishers and ends nothing", async () => {
  const { registry } = harness();
  const publisher = await registry.publish(publishRequest());
  goLive(publisher);
  const packager = registry.packager("100001");
  registry.stop();
  assert.equal(publisher.signal.reason, "draining");
  assert.equal(packager?.ended, false);
  await assert.rejects(registry.publish(publishRequest()), refusedAs("unavailable"));
});
