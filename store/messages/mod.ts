/**
 * The message log of the embedded store: live parts in memory in front of the file `messages.db` of
 * the data folder, which a Worker writes.
 *
 * @module
 */
import { StoreBusyError, StoreFullError } from "../../rooms/errors.ts";
import { EmbeddedLog, type EmbeddedLogOptions } from "./log.ts";
import type {
  JournalAnswer,
  JournalFailure,
  JournalPort,
  JournalRequest,
  JournalWork,
} from "./protocol.ts";

export type { EmbeddedLog, EmbeddedLogOptions } from "./log.ts";

/**
 * Opens the log, makes folder and file when missing.
 *
 * @throws {RangeError} when a newer version wrote the file.
 * @throws {StoreBusyError} when another process holds the file for more than 5 s.
 */
export async function openMessageLog(
  dataDir: string,
  options: EmbeddedLogOptions = {},
): Promise<EmbeddedLog> {
  await Deno.mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = `${dataDir}/messages.db`;
  // SQLite would make it readable for everybody; its journal takes the mode of the file.
  (await Deno.open(path, { create: true, append: true, mode: 0o600 })).close();
  const worker = new JournalWorker(path);
  try {
    await worker.open(options.now?.() ?? Date.now());
  } catch (error) {
    await worker.close();
    throw error;
  }
  return new EmbeddedLog(worker, options);
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Owns the Worker. An exception that nobody caught inside the Worker ends this process, as it
 * should: a log of unknown state answers nobody, and the supervisor starts the role again.
 */
class JournalWorker implements JournalPort {
  readonly append = this.#method("append");
  readonly live = this.#method("live");
  readonly range = this.#method("range");
  readonly remove = this.#method("remove");
  readonly trim = this.#method("trim");
  readonly #path: string;
  readonly #worker: Worker;
  /** In the order of the requests, which is that of the answers. */
  readonly #waiting: Waiting[] = [];
  #closing: Promise<void> | null = null;

  constructor(path: string) {
    this.#path = path;
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), {
      type: "module",
      name: "messages",
    });
    this.#worker.onmessage = ({ data }: MessageEvent<JournalAnswer>) => {
      const waiting = this.#waiting.shift();
      if (data.kind === "done") waiting?.resolve(data.value);
      else waiting?.reject(toError(data.failure, data.message));
    };
  }

  async open(nowMs: number): Promise<void> {
    await this.#ask({ kind: "open", path: this.#path, nowMs });
  }

  async close(): Promise<void> {
    await (this.#closing ??= this.#ask({ kind: "close" }).then(() => {}));
  }

  async sizeBytes(): Promise<number> {
    const sizes = await Promise.all(
      [this.#path, `${this.#path}-wal`].map((path) =>
        Deno.stat(path).then(({ size }) => size, () => 0)
      ),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  #method<M extends keyof JournalWork>(method: M): JournalPort[M] {
    const call = (...input: readonly unknown[]) => this.#ask({ kind: "work", method, input });
    return call as unknown as JournalPort[M];
  }

  #ask(request: JournalRequest): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(request);
    });
  }
}

function toError(failure: JournalFailure, message: string): Error {
  switch (failure) {
    case "busy":
      return new StoreBusyError(`Cannot use the messages: ${message}`);
    case "full":
      return new StoreFullError(`Cannot keep the messages: ${message}`);
    case "range":
      return new RangeError(message);
    case "other":
      return new Error(`Cannot use the messages: ${message}`);
  }
}
