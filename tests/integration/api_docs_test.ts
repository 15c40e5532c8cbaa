/** The OpenAPI document and what is made of it: is it whole, and does it say what is there. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import type { OpenApiDocument } from "../../routes/openapi.ts";
import { htmlOf, SITE, startSite } from "../support/pages.ts";

type Json = Readonly<Record<string, unknown>>;

async function documentOf(
  site: { get(path: string): Promise<Response> },
): Promise<OpenApiDocument> {
  return await (await site.get("/openapi.json")).json();
}

/** Every value of a document with the way to it. */
function* walk(value: unknown, at = "#"): Generator<readonly [string, Json]> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield [at, value as Json];
  for (const [key, inner] of Object.entries(value)) yield* walk(inner, `${at}/${key}`);
}

Deno.test("/openapi.json holds together", async () => {
  await using site = await startSite();
  const document = await documentOf(site);
  strictEqual(document.openapi, "3.1.0");
  const { schemas, securitySchemes } = document.components;
  let references = 0;
  for (const [at, { $ref }] of walk(document)) {
    if ($ref === undefined) continue;
    const name = /^#\/components\/schemas\/(\w+)$/.exec(String($ref))?.[1] ?? "";
    ok(Object.hasOwn(schemas, name), `${at} refers to ${$ref}`);
    references++;
  }
  ok(references > 100, String(references));
  const used = new Set([...walk(document)].map(([, { $ref }]) => $ref));
  for (const name of Object.keys(schemas)) {
    ok(used.has(`#/components/schemas/${name}`), `${name} is used by nothing`);
  }
  for (const [at, schema] of walk(schemas)) {
    if (!Array.isArray(schema.required)) continue;
    const properties = Object.keys(schema.properties as object);
    for (const name of schema.required) ok(properties.includes(name), `${at} requires ${name}`);
  }

  const tags = document.tags.map(({ name }) => name);
  const ids: string[] = [];
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const where = `${method} ${path}`;
      ids.push(operation.operationId);
      ok(["get", "post", "put", "patch", "delete"].includes(method), where);
      ok(operation.summary !== "" && !operation.summary.endsWith("."), where);
      ok(operation.tags.every((tag) => tags.includes(tag)), where);
      const parameters = operation.parameters ?? [];
      deepStrictEqual(
        parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name),
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
        where,
      );
      ok(parameters.every((parameter) => parameter.required === (parameter.in === "path")), where);
      strictEqual(new Set(parameters.map(({ name }) => name)).size, parameters.length, where);
      const statuses = Object.keys(operation.responses);
      ok(statuses.some((status) => /^2\d\d$/.test(status)), where);
      ok(statuses.every((status) => /^[2-5]\d\d$|^default$/.test(status)), where);
      ok(Object.values(operation.responses).every(({ description }) => description !== ""), where);
      ok(method !== "get" || operation.requestBody === undefined, where);
      const secured = operation.security.flatMap((scheme) => Object.keys(scheme));
      ok(secured.every((name) => Object.hasOwn(securitySchemes, name)), where);
      strictEqual(secured.length === 0, operation["x-access"] === "anyone", where);
      if (path.startsWith("/api/") && operation["x-access"] !== "anyone") {
        ok(operation.responses["401"]?.["x-codes"]?.includes("unauthenticated"), where);
      }
    }
  }
  strictEqual(new Set(ids).size, ids.length);
});

Deno.test("every address of /openapi.json that web serves is there", async () => {
  await using site = await startSite();
  const document = await documentOf(site);
  const routes = site.app.routes.map(({ path }) => path.replace(/:(\w+)/g, "{$1}"));
  for (const path of Object.keys(document.paths)) {
    // Streams and connections are the edge's.
    if (path.startsWith("/live/") || path === "/im") continue;
    const served = path === "/images/{image}.jpg" ? "/images/{file}" : path;
    ok(routes.includes(served), path);
  }
});

Deno.test("docs/api.md lists every call, and no other", async () => {
  await using site = await startSite();
  const document = await documentOf(site);
  const page = await Deno.readTextFile(new URL("../../docs/api.md", import.meta.url));
  const listed = [...page.matchAll(/^\| `([A-Z]+) (\/api\/[^`]*)`/gm)]
    .map(([, method, path]) => `${method} ${path}`);
  const calls = Object.entries(document.paths).filter(([path]) => path.startsWith("/api/"))
    .flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`)
    );
  deepStrictEqual(listed.toSorted(), calls.toSorted());
});

Deno.test("/docs/api shows every call, and each of its links leads somewhere", async () => {
  await using site = await startSite();
  const document = await documentOf(site);
  const response = await site.get("/docs/api");
  strictEqual(response.status, 200);
  const html = await htmlOf(response);
  const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
  strictEqual(new Set(ids).size, ids.length);
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, { operationId }] of Object.entries(methods)) {
      ok(ids.includes(operationId), `${method} ${path}`);
    }
  }
  for (const name of Object.keys(document.components.schemas)) ok(ids.includes(`shape-${name}`));
  const links = [...html.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
  ok(links.length > 150, String(links.length));
  for (const id of links) ok(ids.includes(id), `#${id}`);
  ok(
    html.includes(`curl &#39;${SITE}/api/rooms/100001&#39;`) ||
      html.includes(`curl '${SITE}/api/rooms/100001'`),
  );
  match(html, /<meta name="description"/);
});

Deno.test("/docs/api speaks both languages, and what the API says is marked as English", async () => {
  await using site = await startSite();
  const html = await htmlOf(
    await site.get("/docs/api", { headers: { "accept-language": "zh-CN" } }),
  );
  match(html, /<html lang="zh-CN"/);
  match(html, /<h1>接口文档<\/h1>/);
  match(html, /<p lang="en">Make an account and log in<\/p>/);
  match(html, /<footer[^>]*>.*<a href="\/docs\/api">接口文档<\/a>/s);
  ok(!html.includes(">Getting started<"));
  const moved = await site.get("/docs");
  deepStrictEqual([moved.status, moved.headers.get("location")], [303, "/docs/api"]);
});
