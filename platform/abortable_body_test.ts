import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { abortableBody } from "./abortable_body.ts";

Deno.test("abortableBody() gives every chunk, and ends with the body", async () => {
  const chunks: number[] = [];
  const body = ReadableStream.from([Uint8Array.of(1), Uint8Array.of(2)]);
  for await (const [byte] of abortableBody(body, [])) chunks.push(byte!);
  assert.deepEqual(chunks, [1, 2]);
});

Deno.test("abortableBody() throws the reason when a signal is aborted, and cancels the body", async () => {
  const cancelled = Promise.withResolvers<unknown>();
  const body = new ReadableStream<Uint8Array>({ cancel: cancelled.resolve });
  const controller = new AbortController();
  const chunks = abortableBody(body, [new AbortController().signal, controller.signal]);
  const next = chunks.next();
  controller.abort(new Error("enough"));
  await assert.rejects(next, /enough/);
  await cancelled.promise;
  await assert.rejects(abortableBody(new ReadableStream(), [controller.signal]).next(), /enough/);
});

Deno.test("abortableBody() cancels the body when nobody reads on", async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(1)),
    cancel: () => void (cancelled = true),
  });
  for await (const _ of abortableBody(body, [])) break;
  assert.ok(cancelled);
});

Deno.test("abortableBody() ends an answer of a server after much garbage", async () => {
  const closed = Promise.withResolvers<void>();
  const server = createServer((_, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write(new Uint8Array(500)), 5);
    response.on("close", () => {
      clearInterval(timer);
      closed.resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const controller = new AbortController();
  const reading = (async () => {
    const response = await fetch(`http://127.0.0.1:${port}/`, { signal: controller.signal });
    const chunks = abortableBody(response.body!, [controller.signal]);
    const kept: unknown[] = [];
    while (kept.length < 200) kept.push((await chunks.next()).value);
    controller.abort();
    await assert.rejects(chunks.next());
  })();
  const garbage: unknown[] = [];
  const littering = setInterval(() => {
    for (let each = 0; each < 20_000; each++) garbage.push({ each });
    if (garbage.length > 500_000) garbage.length = 0;
  }, 10);
  await reading;
  await closed.promise;
  clearInterval(littering);
  await new Promise((resolve) => server.close(resolve));
});
