/**
 * Very many requests in a short time, each by somebody else, over bare connections: a client that
 * costs little beside what it measures.
 *
 * @module
 */
import { connect } from "node:net";
import type { Config } from "../../platform/config.ts";
import { randomAccountId, randomToken, sha256Hex } from "../../rooms/secrets.ts";
import type { Repositories } from "../../rooms/repository.ts";
import { pause } from "./wait.ts";

/** An account that nobody had to hash a password for. */
export interface SeededAccount {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

/** Accounts that are made at once: what the embedded store lets wait. */
const SEED_AT_ONCE = 500;
const DAY_MS = 24 * 3_600_000;

/** Puts accounts with a session each into a store that no `web` uses yet, and closes it. */
export async function seedAccounts(
  store: Repositories,
  of: { readonly prefix: string; readonly count: number },
): Promise<SeededAccount[]> {
  const nowMs = Date.now();
  const accounts = Array.from({ length: of.count }, (_, n) => ({
    id: randomAccountId(),
    name: `${of.prefix}${n}`,
    token: randomToken(32),
  }));
  for (let from = 0; from < accounts.length; from += SEED_AT_ONCE) {
    await Promise.all(
      accounts.slice(from, from + SEED_AT_ONCE).map(async ({ id, name, token }) => {
        await store.accounts.create({
          ...{ id, name, nameKey: name, displayName: null, avatar: null, passwordHash: "!" },
          ...{ admin: false, suspended: false, createdAtMs: nowMs },
        });
        await store.sessions.create({
          ...{ tokenHash: sha256Hex(token), id: randomToken(9), accountId: id },
          ...{ createdAtMs: nowMs, expiresAtMs: nowMs + 30 * DAY_MS, seenAtMs: nowMs },
          ...{ userAgent: "", address: "192.0.2.1" },
        }, { maxPerAccount: 10 });
      }),
    );
  }
  await store.close();
  return accounts;
}

/** An address of somebody's own, as a trusted proxy would tell it. */
export function addressOf(n: number): string {
  return `10.${n >> 16 & 255}.${n >> 8 & 255}.${n & 255}`;
}

/** One request of a rush. */
export interface RushRequest {
  readonly path: string;
  readonly token: string;
  readonly address: string;
  readonly body: unknown;
}

/** What became of a rush. */
export interface RushOutcome {
  /** How often each status was answered; 0: the connection broke without an answer. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Requests whose status was 200 or 201. */
  readonly accepted: readonly RushRequest[];
  /** From when each was due to its answer. */
  readonly waitsMs: readonly number[];
  readonly tookMs: number;
}

/** How a rush is made. */
export interface RushOptions {
  readonly requests: readonly RushRequest[];
  /** Each sends one request at a time. */
  readonly connections: number;
  /** Requests are due evenly over this time. Default 0: as fast as they are answered. */
  readonly withinMs?: number;
}

/** Sends all requests, each by the first connection that is free once it is due. */
export async function rush(url: string, of: RushOptions): Promise<RushOutcome> {
  const { hostname, port } = new URL(url);
  const statuses: Record<number, number> = {};
  const accepted: RushRequest[] = [];
  const waitsMs: number[] = [];
  const startedAtMs = performance.now();
  const spacingMs = (of.withinMs ?? 0) / of.requests.length;
  let next = 0;
  const line = async () => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    const reader = new AnswerReader();
    let waiting = Promise.withResolvers<number>();
    socket.on("data", (chunk: Uint8Array) => {
      const status = reader.take(chunk);
      if (status !== null) waiting.resolve(status);
    });
    socket.on("error", () => {});
    const closed = new Promise<void>((resolve) =>
      socket.on("close", () => {
        waiting.resolve(0);
        resolve();
      })
    );
    while (next < of.requests.length && !socket.destroyed) {
      const dueAtMs = startedAtMs + next * spacingMs;
      const request = of.requests[next++]!;
      const early = dueAtMs - performance.now();
      if (early > 1) await pause(early);
      const sentAtMs = spacingMs > 0 ? dueAtMs : performance.now();
      waiting = Promise.withResolvers<number>();
      socket.write(written(request));
      const status = await waiting.promise;
      waitsMs.push(performance.now() - sentAtMs);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (status === 200 || status === 201) accepted.push(request);
    }
    socket.destroy();
    await closed;
  };
  await Promise.all(Array.from({ length: of.connections }, line));
  return { statuses, accepted, waitsMs, tookMs: performance.now() - startedAtMs };
}

function written({ path, token, address, body }: RushRequest): string {
  const text = JSON.stringify(body);
  return `POST ${path} HTTP/1.1\r\nHost: rush.test\r\nAuthorization: Bearer ${token}\r\n` +
    `X-Forwarded-For: ${address}\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${new TextEncoder().encode(text).length}\r\n\r\n${text}`;
}

/** Finds the ends of answers that have a length or come in chunks. */
class AnswerReader {
  #text = "";

  /** The status, once an answer is complete. */
  take(chunk: Uint8Array): number | null {
    this.#text += new TextDecoder("latin1").decode(chunk);
    const end = this.#text.indexOf("\r\n\r\n");
    if (end < 0) return null;
    const head = this.#text.slice(0, end);
    const body = this.#text.slice(end + 4);
    const length = /^content-length: *(\d+)/im.exec(head)?.[1];
    const isComplete = length === undefined
      ? /(^|\r\n)0\r\n\r\n$/.test(body)
      : body.length >= Number(length);
    if (!isComplete) return null;
    this.#text = "";
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
  }
}

/** Memory of a process that is not given back, bytes (Linux; 0 elsewhere). */
export async function residentBytes(pid: number): Promise<number> {
  if (Deno.build.os !== "linux") return 0;
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

/** The store that a `web` of this configuration will use. */
export async function storeOf(config: Config): Promise<Repositories> {
  const { openSqliteStore } = await import("../../store/sqlite/mod.ts");
  return await openSqliteStore(config.dataDir);
}
