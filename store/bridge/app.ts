/**
 * Redis over HTTP as the client of Upstash speaks it, in front of a Redis of one's own: `/`,
 * `/pipeline`, `/multi-exec` and `/subscribe/<channel>`, for what `policy.ts` lets through.
 *
 * @module
 */
import { type Context, Hono } from "hono";
import { StoreBusyError } from "../../rooms/errors.ts";
import { equalSecrets } from "../../rooms/secrets.ts";
import type { RedisConnection, Reply } from "../redis/connection.ts";
import { admit, admitSubscription, type Admitted, type BridgePolicy } from "./policy.ts";

/** Largest body, bytes. */
const MAX_BODY_BYTES = 256 * 1024;
/** Commands of one pipeline or transaction. */
const MAX_COMMANDS = 200;
/** Open subscriptions. */
const MAX_SUBSCRIPTIONS = 1_000;
/** A subscription says so often that it lives, milliseconds. */
const ALIVE_EVERY_MS = 15_000;

/** What the bridge stands on. */
export interface BridgeOptions {
  readonly connection: RedisConnection;
  readonly token: string;
  readonly readers: ReadonlySet<string>;
}

type Answer = { readonly result: Reply } | { readonly error: string };

/** The bridge as a fetch handler. */
export function createBridge({ connection, token, readers }: BridgeOptions): Hono {
  const policy: BridgePolicy = { prefix: connection.prefix, readers };
  const app = new Hono();
  let subscriptions = 0;

  app.use(async (c, next) => {
    const given = /^Bearer (.+)$/.exec(c.req.header("authorization") ?? "")?.[1] ?? "";
    if (!equalSecrets(given, token)) {
      return c.json({ error: "WRONGPASS invalid or missing auth token" }, 401);
    }
    await next();
  });

  app.post("/", async (c) => {
    const body = await readBody(c);
    if (body instanceof Response) return body;
    const answer = await run(connection, admit(body, policy));
    return send(c, answer, "error" in answer ? 400 : 200);
  });

  app.post("/pipeline", async (c) => {
    const commands = await readCommands(c);
    if (commands instanceof Response) return commands;
    const answers = commands.map((command) => run(connection, admit(command, policy)));
    return send(c, await Promise.all(answers), 200);
  });

  app.post("/multi-exec", async (c) => {
    const commands = await readCommands(c);
    if (commands instanceof Response) return commands;
    const admitted = commands.map((command) => admit(command, policy));
    const refused = admitted.find((each) => typeof each === "string");
    if (refused !== undefined) return send(c, { error: `EXECABORT ${refused}` }, 400);
    const allowed = admitted as readonly Admitted[];
    const key = allowed.find((each) => each.key !== null)?.key ?? policy.prefix;
    try {
      const replies = await connection.transaction(key, allowed.map(({ words }) => words));
      return send(c, replies.map((result): Answer => ({ result })), 200);
    } catch (error) {
      return send(c, { error: textOf(error) }, 400);
    }
  });

  app.on(["GET", "POST"], "/subscribe/:name", (c) => {
    const name = admitSubscription(c.req.param("name"), policy);
    if (name === null) return c.json({ error: "NOPERM this token may not listen to that" }, 403);
    if (subscriptions >= MAX_SUBSCRIPTIONS) return c.json({ error: "ERR too many listen" }, 503);
    subscriptions++;
    let end = () => {};
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        const encoder = new TextEncoder();
        const say = (text: string) => {
          // Whoever does not read is told nothing more: a wake-up stands for those before it.
          if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(text));
        };
        const unwatch = connection.watch(name, () => say(`data: message,${name},\n\n`));
        const alive = setInterval(() => say(": alive\n\n"), ALIVE_EVERY_MS);
        say(`data: subscribe,${name},1\n\n`);
        end = () => {
          end = () => {};
          subscriptions--;
          unwatch();
          clearInterval(alive);
        };
      },
      cancel: () => end(),
    }, { highWaterMark: 16 });
    c.req.raw.signal.addEventListener("abort", () => end(), { once: true });
    return c.body(stream, 200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
    });
  });

  app.notFound((c) => c.json({ error: "ERR no such path" }, 404));
  app.onError((error, c) => c.json({ error: textOf(error) }, 500));
  return app;
}

async function run(connection: RedisConnection, admitted: Admitted | string): Promise<Answer> {
  if (typeof admitted === "string") return { error: admitted };
  try {
    return { result: await connection.call(admitted.key, admitted.words) };
  } catch (error) {
    return { error: textOf(error) };
  }
}

function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return error instanceof StoreBusyError ? `BUSY ${text}` : text;
}

/** JSON, or base64 of every text when the client asks for it (`Upstash-Encoding`). */
function send(c: Context, answer: Answer | readonly Answer[], status: 200 | 400): Response {
  const encoded = c.req.header("upstash-encoding") === "base64";
  return c.json(encoded ? encodeTexts(answer) as Answer : answer, status, {
    "cache-control": "no-store",
  });
}

/** Results alone; `OK` stays as it is. */
function encodeTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(encodeTexts);
  if (typeof value === "string") {
    return value === "OK" ? value : new TextEncoder().encode(value).toBase64();
  }
  if (typeof value === "object" && value !== null && "result" in value) {
    return { result: encodeTexts(value.result) };
  }
  return value;
}

async function readCommands(c: Context): Promise<readonly unknown[] | Response> {
  const body = await readBody(c);
  if (body instanceof Response) return body;
  if (!Array.isArray(body) || body.length === 0 || body.length > MAX_COMMANDS) {
    return c.json({ error: `ERR expected 1 to ${MAX_COMMANDS} commands` }, 400);
  }
  return body;
}

async function readBody(c: Context): Promise<unknown> {
  const tooLarge = () => c.json({ error: `ERR the body is above ${MAX_BODY_BYTES} bytes` }, 413);
  if (Number(c.req.header("content-length") ?? 0) > MAX_BODY_BYTES) return tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return tooLarge();
    chunks.push(chunk);
  }
  try {
    return JSON.parse(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).text());
  } catch {
    return c.json({ error: "ERR the body is no JSON" }, 400);
  }
}
