/** The way of a WHIP publisher into `media`, against a `media` that is played. */
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { type UplinkEvents, uplinkOpener } from "../../media/rtc/ingest/publish_uplink.ts";
import { RtcRefusal } from "../../media/rtc/refusal.ts";
import { silentLogger } from "../../platform/log.ts";
import { problem } from "../../platform/problem.ts";
import { rawAnswer } from "../../platform/raw_answer.ts";
import { waitFor } from "../support/wait.ts";

const SECRET = "integration-secret-0123456789";
const claim = { room: "100001", key: "key", remoteAddress: "192.0.2.4", encoder: "OBS 万" };

/** A `media` that takes publishers or refuses them. */
class FakeMedia {
  readonly sockets: WebSocket[] = [];
  readonly headers: Record<string, unknown>[] = [];
  readonly received: (string | Uint8Array)[] = [];
  refuseWith: { status: number; code: string; headers?: Record<string, string> } | null = null;
  readonly #server: Server;
  readonly #ws = new WebSocketServer({ noServer: true });

  constructor() {
    this.#server = createServer((_request, response) => response.writeHead(404).end());
    this.#server.on("upgrade", (request, socket, head) => {
      this.headers.push({ url: request.url, ...request.headers });
      if (this.refuseWith !== null) {
        const { status, code, headers } = this.refuseWith;
        socket.end(rawAnswer(problem({ status, title: "No", members: { code }, headers })));
        return;
      }
      this.#ws.handleUpgrade(request, socket, head, (peer) => {
        this.sockets.push(peer);
        peer.on("message", (data, isBinary) => {
          this.received.push(isBinary ? new Uint8Array(data as Uint8Array) : String(data));
        });
      });
    });
  }

  async listen(port = 0): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(port, "127.0.0.1", resolve));
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    this.#ws.close();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

function events(): UplinkEvents & { readonly seen: string[] } {
  const seen: string[] = [];
  return {
    seen,
    onKeyFrameWanted: () => seen.push("keyframe"),
    onOpen: () => seen.push("open"),
    onClosed: (reason) => seen.push(`closed ${reason}`),
  };
}

const opener = (origins: readonly string[], reconnectForMs?: number) =>
  uplinkOpener({ origins, clusterSecret: SECRET, log: silentLogger, reconnectForMs });

Deno.test("an uplink says who publishes, carries tags, and hears wishes and the end", async () => {
  await using media = await new FakeMedia().listen();
  const heard = events();
  const uplink = await opener([media.url])(claim, heard);
  const { url, authorization, ...headers } = media.headers[0]!;
  assert.equal(url, "/publish/100001");
  assert.equal(authorization, `Bearer ${SECRET}`);
  assert.deepEqual(
    [headers["x-publish-key"], headers["x-remote-address"], headers["x-encoder"]],
    ["key", "192.0.2.4", "OBS ?"],
  );
  assert.equal(uplink.send(new Uint8Array([9, 0, 0])), true);
  media.sockets[0]!.send('{"type":"keyframe"}');
  media.sockets[0]!.send("nonsense");
  media.sockets[0]!.send('{"type":"close","reason":"key_rotated"}');
  media.sockets[0]!.close(1008);
  await waitFor("the end", () => heard.seen.length === 3);
  assert.deepEqual(heard.seen, ["open", "keyframe", "closed key_rotated"]);
  assert.deepEqual(media.received, [new Uint8Array([9, 0, 0])]);
  assert.equal(uplink.isOpen, false);
  assert.equal(uplink.send(new Uint8Array(1)), false);
  uplink.end("dropped");
});

Deno.test("an uplink passes on what media refuses, with what can be done about it", async () => {
  await using media = await new FakeMedia().listen();
  for (
    const [status, code, retryAfter] of [
      [401, "wrong_key", undefined],
      [404, "unknown_room", undefined],
      [403, "suspended", undefined],
      [409, "ended", "30"],
      [503, "too_many_streams", "10"],
    ] as const
  ) {
    media.refuseWith = {
      status,
      code,
      ...(retryAfter !== undefined && { headers: { "retry-after": retryAfter } }),
    };
    await assert.rejects(opener([media.url])(claim, events()), (error: unknown) => {
      assert.ok(error instanceof RtcRefusal);
      assert.equal(error.problem.status, status);
      assert.equal(error.problem.members?.code, code);
      assert.equal(error.problem.headers?.["retry-after"], retryAfter);
      return true;
    });
  }
  // The cluster's own secret is nothing that a client could mend.
  media.refuseWith = { status: 401, code: "refused" };
  await assert.rejects(opener([media.url])(claim, events()), (error: unknown) => {
    assert.ok(error instanceof RtcRefusal);
    assert.equal(error.problem.status, 503);
    return true;
  });
});

Deno.test("an uplink takes the next origin when one is away, and says so when all are", async () => {
  await using media = await new FakeMedia().listen();
  const uplink = await opener(["http://127.0.0.1:9", media.url])(claim, events());
  uplink.end("unpublished");
  await waitFor("the message", () => media.received.length === 1);
  assert.deepEqual(media.received, ['{"type":"end","reason":"unpublished"}']);
  await assert.rejects(opener(["http://127.0.0.1:9"])(claim, events()), (error: unknown) => {
    assert.ok(error instanceof RtcRefusal);
    assert.equal(error.problem.members?.code, "media_away");
    return true;
  });
});

Deno.test("an uplink comes back when media was restarted, and gives up after its time", async () => {
  const media = await new FakeMedia().listen();
  const { port } = media;
  const heard = events();
  const uplink = await opener([media.url])(claim, heard);
  await media[Symbol.asyncDispose]();
  await waitFor("the loss", () => !uplink.isOpen);
  {
    await using again = await new FakeMedia().listen(port);
    await waitFor("the way back", () => uplink.isOpen);
    assert.equal(again.sockets.length, 1);
    assert.deepEqual(heard.seen, ["open", "open"]);
    // Drained: it is about to be there again.
    again.sockets[0]!.send('{"type":"close","reason":"draining"}');
    again.sockets[0]!.close(1012);
    await waitFor("one more", () => again.sockets.length === 2 && uplink.isOpen);
    uplink.end("dropped");
  }
  await using once = await new FakeMedia().listen();
  const short = events();
  const left = await opener([once.url], 300)(claim, short);
  once.refuseWith = { status: 503, code: "unavailable" };
  once.sockets[0]!.terminate();
  await waitFor("the end", () => short.seen.length === 2);
  assert.deepEqual(short.seen, ["open", "closed unavailable"]);
  left.end("dropped");
});

Deno.test("an uplink that was revoked while media was away is closed at once", async () => {
  await using media = await new FakeMedia().listen();
  const heard = events();
  const uplink = await opener([media.url])(claim, heard);
  media.refuseWith = { status: 401, code: "wrong_key" };
  media.sockets[0]!.terminate();
  await waitFor("the end", () => heard.seen.length === 2);
  assert.deepEqual(heard.seen, ["open", "closed wrong_key"]);
  uplink.end("dropped");
});
