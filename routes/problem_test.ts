import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { Hono } from "hono";
import { createLogger } from "../platform/log.ts";
import { StoreBusyError } from "../rooms/errors.ts";
import { errorProblem, RequestError } from "./problem.ts";
import { ServiceError } from "./services.ts";

async function answerTo(error: Error) {
  const lines: string[] = [];
  const log = createLogger({ level: "info", write: (line) => lines.push(line) });
  const app = new Hono();
  app.onError((thrown, c) => errorProblem(thrown, c, log));
  app.get("/x", () => {
    throw error;
  });
  const response = await app.request("/x");
  strictEqual(response.headers.get("content-type"), "application/problem+json");
  return { response, body: await response.json(), lines };
}

Deno.test("errorProblem() answers a refusal with its status, field and retry", async () => {
  const { response, body, lines } = await answerTo(
    new ServiceError("too_many_attempts", "Cannot try: wait", { field: "name", retryAfterS: 7 }),
  );
  strictEqual(response.status, 429);
  strictEqual(response.headers.get("retry-after"), "7");
  deepStrictEqual(body, {
    type: "about:blank",
    title: "Too many attempts",
    status: 429,
    code: "too_many_attempts",
    detail: "Cannot try: wait",
    field: "name",
  });
  deepStrictEqual(lines, []);
});

Deno.test("errorProblem() tells nobody what an unforeseen error says", async () => {
  const { response, body, lines } = await answerTo(new Error("secret of the inside"));
  strictEqual(response.status, 500);
  strictEqual(JSON.stringify(body).includes("secret"), false);
  strictEqual(lines.length, 1);
  strictEqual(lines[0]?.includes("secret of the inside"), true);
});

Deno.test("errorProblem() answers a busy store with a retry", async () => {
  const { response } = await answerTo(new StoreBusyError("Cannot use the store: full"));
  strictEqual(response.status, 503);
  strictEqual(response.headers.get("retry-after"), "1");
});

Deno.test("errorProblem() answers what was refused before the business", async () => {
  const { response, body } = await answerTo(
    new RequestError({ status: 413, title: "Body too large", code: "too_large" }),
  );
  strictEqual(response.status, 413);
  deepStrictEqual(body, {
    type: "about:blank",
    title: "Body too large",
    status: 413,
    code: "too_large",
  });
});
