import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import * as v from "valibot";
import { apiRoutes } from "./api/mod.ts";
import { curlOf, sampleOf } from "./api_samples.ts";
import { openApiDocument } from "./openapi.ts";
import type { Services } from "./services.ts";

const routes = apiRoutes({} as Services, { rtmpPort: 0 });
const { paths, components: { schemas } } = openApiDocument(routes);

Deno.test("sampleOf() makes a body that each call takes", () => {
  let checked = 0;
  for (const { method, path, body } of routes) {
    if (body === null || body.kind === "binary") continue;
    const schema = paths[path]?.[method.toLowerCase()]?.requestBody?.content["application/json"];
    const sample = sampleOf(schema?.schema ?? {}, schemas);
    ok(v.safeParse(body, sample).success, `${method} ${path}: ${JSON.stringify(sample)}`);
    checked++;
  }
  ok(checked > 8, String(checked));
});

Deno.test("curlOf() writes a call for a shell, credentials and body included", () => {
  const curl = (method: string, path: string, baseUrl = "https://live.example") =>
    curlOf({ method, path, operation: paths[path]![method]! }, { baseUrl, schemas });
  strictEqual(curl("get", "/api/rooms/{room}"), "curl 'https://live.example/api/rooms/100001'");
  strictEqual(
    curl("post", "/api/rooms"),
    [
      "curl -X POST 'https://live.example/api/rooms' \\",
      "  -H 'authorization: Bearer TOKEN' \\",
      "  -H 'content-type: application/json' \\",
      `  -d '{"title":"Friday night"}'`,
    ].join("\n"),
  );
  strictEqual(
    curl("put", "/api/account/avatar").split("\n").at(-1),
    "  --data-binary @picture.png",
  );
  ok(curl("delete", "/api/admin/accounts/{account}").includes("/accounts/ACCOUNT'"));
  ok(curl("get", "/api/rooms", "http://x'; rm -rf /").includes(String.raw`'http://x'\''; rm`));
});

Deno.test("sampleOf() prefers examples and takes the plainest value otherwise", () => {
  deepStrictEqual(
    sampleOf({
      type: "object",
      required: ["a", "b", "c", "d"],
      properties: {
        a: { type: "string", examples: ["x"] },
        b: { anyOf: [{ type: "integer", minimum: 3 }, { type: "null" }] },
        c: { type: "array", items: { $ref: "#/components/schemas/S" } },
        d: { type: "boolean" },
        e: { type: "string" },
      },
    }, { S: { type: "string", enum: ["on", "off"] } }),
    { a: "x", b: 3, c: ["on"], d: true },
  );
});
