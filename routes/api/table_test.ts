import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import * as v from "valibot";
import { silentLogger } from "../../platform/log.ts";
import type { BinaryBody } from "../body.ts";
import { openApiDocument } from "../openapi.ts";
import { errorProblem } from "../problem.ts";
import { defineRoute, mountRoutes } from "./table.ts";

const SOUND: BinaryBody = {
  kind: "binary",
  types: ["audio/ogg", "audio/wav"],
  maxBytes: 1_000,
  description: "A short sound",
};

const route = defineRoute({
  method: "PUT",
  path: "/api/things/{thing}/sound",
  name: "putSound",
  summary: "Sets the sound",
  access: "anyone",
  body: SOUND,
  status: 200,
  answer: v.object({ length: v.number(), first: v.number() }),
  refusals: [],
  handle: (_c, bytes) => Promise.resolve({ length: bytes.length, first: bytes[0] ?? -1 }),
});

const app = mountRoutes([route]);
app.onError((error, c) => errorProblem(error, c, silentLogger));

const put = (body: BodyInit | null, headers: Record<string, string> = {}) =>
  app.request("/api/things/1/sound", {
    method: "PUT",
    headers: { "content-type": "audio/ogg", ...headers },
    body,
  });

Deno.test("defineRoute() gives a binary body as it came", async () => {
  const response = await put(new Uint8Array([7, 0, 255]), {
    "content-type": "Audio/WAV; rate=8000",
  });
  strictEqual(response.status, 200);
  deepStrictEqual(await response.json(), { length: 3, first: 7 });
});

Deno.test("a binary body of another content type is a 415 problem", async () => {
  for (const type of ["text/html", "application/json", "audio/oggx", ""]) {
    const response = await put(new Uint8Array(3), { "content-type": type });
    strictEqual(response.status, 415, type);
    strictEqual(response.headers.get("accept"), "audio/ogg, audio/wav");
    const { code, detail } = await response.json();
    strictEqual(code, "unsupported_media_type");
    match(detail, /audio\/ogg or audio\/wav/);
  }
});

Deno.test("a binary body with a content coding is a 415 problem", async () => {
  const response = await put(new Uint8Array(3), { "content-encoding": "gzip" });
  strictEqual(response.status, 415);
  strictEqual(response.headers.get("accept-encoding"), "identity");
});

Deno.test("a binary body above its limit is a 413 problem, and is not read to its end", async () => {
  strictEqual((await put(new Uint8Array(1_000))).status, 200);
  strictEqual((await put(new Uint8Array(1_001))).status, 413);
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(400));
    },
  });
  const response = await put(endless);
  strictEqual(response.status, 413);
  strictEqual((await response.json()).code, "too_large");
  strictEqual(pulled < 10, true, `${pulled} chunks were read`);
});

Deno.test("openApiDocument() shows a binary body with each of its content types", () => {
  const { paths } = openApiDocument([route]) as {
    paths: Record<string, Record<string, { requestBody: unknown; responses: object }>>;
  };
  const { requestBody, responses } = paths["/api/things/{thing}/sound"]!.put!;
  const schema = { type: "string", format: "binary", maxLength: 1_000 };
  deepStrictEqual(requestBody, {
    required: true,
    description: "A short sound",
    content: { "audio/ogg": { schema }, "audio/wav": { schema } },
  });
  deepStrictEqual(Object.keys(responses), ["200", "400", "403", "413", "415", "default"]);
});
