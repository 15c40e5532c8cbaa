/**
 * argon2id (RFC 9106) in a Worker, one at a time, with a bounded queue.
 *
 * @module
 */
import { ServiceError } from "./errors.ts";

/** To the Worker. */
export type PasswordRequest =
  | { readonly kind: "hash"; readonly password: string }
  | { readonly kind: "verify"; readonly password: string; readonly hash: string }
  | { readonly kind: "close" };

/** From the Worker, one for each request. */
export type PasswordAnswer =
  | { readonly kind: "hashed"; readonly hash: string }
  | { readonly kind: "verified"; readonly matches: boolean }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "closed" };

/** Stands where an account cannot log in by password. */
export const UNUSABLE_PASSWORD = "!";

/**
 * A hash that nobody knows the password of; verified against when there is no account, so that the
 * answer takes as long as for a wrong password.
 */
const NOBODYS_HASH =
  "$argon2id$v=19$m=19456,t=2,p=1$uiyH8A2PxQ49AzXP/dwQzA$VLvoGPlL2GaYUYucrSgRxhLIQmmfIbTtbsMnGZIv4Cs";

interface Job {
  readonly request: PasswordRequest;
  readonly resolve: (answer: PasswordAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** Owns the Worker; a full queue refuses with `busy`. */
export class PasswordHasher {
  readonly #worker: Worker;
  readonly #maxQueued: number;
  readonly #queue: Job[] = [];
  #running: Job | null = null;
  #closed = false;
  #refused = 0;

  /** @param options `maxQueued`: jobs that may wait; 32 are some 2.5 s. */
  constructor(options: { readonly maxQueued?: number } = {}) {
    this.#maxQueued = options.maxQueued ?? 32;
    this.#worker = new Worker(new URL("./password_worker.ts", import.meta.url), {
      type: "module",
      name: "passwords",
    });
    this.#worker.onmessage = ({ data }: MessageEvent<PasswordAnswer>) => {
      const job = this.#running;
      this.#running = null;
      job?.resolve(data);
      this.#next();
    };
  }

  /** Jobs that wait or run. */
  get queued(): number {
    return this.#queue.length + (this.#running === null ? 0 : 1);
  }

  /** Jobs that were refused because the queue was full. */
  get refused(): number {
    return this.#refused;
  }

  /**
   * A PHC string with a salt of its own.
   *
   * @throws {ServiceError} `busy` when the queue is full.
   */
  async hash(password: string): Promise<string> {
    const answer = await this.#submit({ kind: "hash", password });
    if (answer.kind !== "hashed") throw unexpected("hash the password", answer);
    return answer.hash;
  }

  /**
   * Whether the password is the hash's. A null or unusable hash takes the same time and is false.
   *
   * @throws {ServiceError} `busy` when the queue is full.
   */
  async verify(password: string, hash: string | null): Promise<boolean> {
    const usable = hash !== null && hash !== UNUSABLE_PASSWORD;
    const answer = await this.#submit({
      kind: "verify",
      password,
      hash: usable ? hash : NOBODYS_HASH,
    });
    if (answer.kind !== "verified") throw unexpected("verify the password", answer);
    return usable && answer.matches;
  }

  /** Completes what waits and ends the Worker. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await new Promise<PasswordAnswer>((resolve, reject) => {
      this.#queue.push({ request: { kind: "close" }, resolve, reject });
      this.#next();
    });
  }

  #submit(request: PasswordRequest): Promise<PasswordAnswer> {
    if (this.#closed) {
      return Promise.reject(
        new ServiceError("busy", "Cannot check a password: the server is stopping", {
          retryAfterS: 2,
        }),
      );
    }
    if (this.#queue.length >= this.#maxQueued) {
      this.#refused++;
      return Promise.reject(
        new ServiceError("busy", "Cannot check a password: too many are waiting", {
          retryAfterS: 3,
        }),
      );
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ request, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    if (this.#running !== null) return;
    const job = this.#queue.shift();
    if (job === undefined) return;
    this.#running = job;
    this.#worker.postMessage(job.request);
  }
}

function unexpected(what: string, answer: PasswordAnswer): Error {
  return new Error(
    `Cannot ${what}: ${answer.kind === "failed" ? answer.message : `got ${answer.kind}`}`,
  );
}
