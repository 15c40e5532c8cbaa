/**
 * Starts processes, restarts the ones that die and leaves nobody behind.
 *
 * Each child is the leader of its own process group, so that whatever it started can be killed with
 * it. Its standard input is a pipe held open by the supervisor: the first line carries what it must
 * know, later ones what the supervisor tells it, the end of the pipe (also by the supervisor's own
 * sudden death) means drain and exit. On its standard output it says `notice` with what the operator
 * must read, `ready` once, `alive` every {@linkcode ALIVE_EVERY_MS}, and `failed` with the error that
 * ends it.
 *
 * @module
 */
import { readLines } from "./lines.ts";
import type { Logger } from "./log.ts";

/** How often a child says that its event loop still turns. */
export const ALIVE_EVERY_MS = 2_000;
/** A child that was silent for so long is killed and started again. */
const SILENT_TOO_LONG_MS = 20_000;
/** A child that ran for so long begins with the shortest back-off again. */
const STABLE_AFTER_MS = 10_000;
/** Time between the end of the pipe and SIGKILL: the 5 s of a drain and a little. */
const DRAIN_MS = 6_000;

/** How to start one child. */
export interface ChildSpec {
  /** Shown in logs: `edge`, `edge-2`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the child. */
  readonly env: Readonly<Record<string, string>>;
  /** First line of its standard input, without the line end, made anew for each start. */
  readonly firstLine: (history: ChildHistory) => string;
  /** It became ready, at the first start or a later one. */
  readonly onReady?: () => void;
}

/** How a child's last process ended. */
export interface ChildDeath {
  /** Exit code; 128 and more: by a signal. */
  readonly code: number;
  readonly signal: string | null;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** The error that ended it, when it could still say so. */
  readonly error: string | null;
}

/** What happened to a child before this start. */
export interface ChildHistory {
  readonly restarts: number;
  readonly lastDeath: ChildDeath | null;
}

/** Characters kept of the error that ended a child. */
const MAX_ERROR = 500;
/** Lines on their way to a child that does not read; more are refused. */
const MAX_UNREAD_LINES = 100;

/** Where a child stands. */
export type ChildState = "starting" | "ready" | "backing_off" | "stopping" | "stopped";

/** Delay before the next start: 0.2 s, doubled with each failure in a row, at most 5 s. */
export function restartDelayMs(failuresInRow: number): number {
  return Math.min(5_000, 200 * 2 ** Math.max(0, failuresInRow - 1));
}

/** One child that is kept running until {@linkcode SupervisedChild.stop}. */
export class SupervisedChild {
  readonly #spec: ChildSpec;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  readonly #ready = Promise.withResolvers<void>();
  readonly #finished: Promise<void>;
  #state: ChildState = "starting";
  #restarts = 0;
  #lastDeath: ChildDeath | null = null;
  #lastWords: string | null = null;
  #process: Deno.ChildProcess | null = null;
  #stdin: WritableStreamDefaultWriter<Uint8Array> | null = null;
  #lastSignMs = 0;
  #notices: [string, string][] = [];

  constructor(spec: ChildSpec, log: Logger) {
    this.#spec = spec;
    this.#log = log.with({ child: spec.name });
    this.#finished = this.#run();
  }

  /** Resolves when the child said `ready` for the first time. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** What the child of the last start wants the operator to read; complete when it is ready. */
  get notices(): readonly (readonly [name: string, value: string])[] {
    return this.#notices;
  }

  /** For the supervisor's own report. */
  inspect(): { name: string; state: ChildState; pid: number | null; restarts: number } {
    return {
      name: this.#spec.name,
      state: this.#state,
      pid: this.#process?.pid ?? null,
      restarts: this.#restarts,
    };
  }

  /** Sends a line to the child; false when it is not ready or does not read. */
  tell(line: string): boolean {
    const stdin = this.#stdin;
    if (this.#state !== "ready" || stdin === null) return false;
    if ((stdin.desiredSize ?? 0) < -MAX_UNREAD_LINES) return false;
    // A child that dies before it reads has lost the line; its death is news enough.
    stdin.write(new TextEncoder().encode(`${line}\n`)).catch(() => {});
    return true;
  }

  /** Closes the pipe, waits for the drain, then kills what is left of the group. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#closeStdin();
    const process = this.#process;
    const timer = setTimeout(() => process && killGroup(process.pid), DRAIN_MS);
    await this.#finished;
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopping.signal.aborted) {
      this.#state = "starting";
      const startedMs = Date.now();
      const status = await this.#runOnce();
      if (this.#stopping.signal.aborted) break;
      failures = Date.now() - startedMs >= STABLE_AFTER_MS ? 1 : failures + 1;
      const delayMs = restartDelayMs(failures);
      this.#restarts++;
      const { code, signal } = status;
      this.#lastDeath = { code, signal, atMs: Date.now(), error: this.#lastWords };
      this.#state = "backing_off";
      this.#log.error("child_died", {
        code,
        signal,
        error: this.#lastWords,
        restart_in_ms: delayMs,
      });
      await delay(delayMs, this.#stopping.signal);
    }
    this.#state = "stopped";
  }

  async #runOnce(): Promise<Deno.CommandStatus> {
    const process = new Deno.Command(this.#spec.command, {
      args: [...this.#spec.args],
      env: { ...this.#spec.env },
      clearEnv: true,
      detached: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#process = process;
    this.#notices = [];
    this.#lastWords = null;
    this.#lastSignMs = Date.now();
    const stdin = process.stdin.getWriter();
    this.#stdin = stdin;
    const history = { restarts: this.#restarts, lastDeath: this.#lastDeath };
    stdin.write(new TextEncoder().encode(`${this.#spec.firstLine(history)}\n`)).catch((error) =>
      this.#log.debug("first_line_not_taken", { error })
    );
    const watchdog = setInterval(() => {
      if (Date.now() - this.#lastSignMs < SILENT_TOO_LONG_MS) return;
      this.#log.error("child_hangs", { silent_ms: Date.now() - this.#lastSignMs });
      killGroup(process.pid);
    }, ALIVE_EVERY_MS);
    const listening = this.#listen(process.stdout);
    const status = await process.status;
    clearInterval(watchdog);
    // Whatever the child had started dies with it: ffmpeg would go on as an orphan otherwise.
    killGroup(process.pid);
    await Promise.all([listening, this.#closeStdin()]);
    this.#process = null;
    return status;
  }

  async #listen(stdout: ReadableStream<Uint8Array>): Promise<void> {
    for await (const line of readLines(stdout)) {
      this.#lastSignMs = Date.now();
      if (line === "ready") {
        if (!this.#stopping.signal.aborted) this.#state = "ready";
        this.#ready.resolve();
        this.#spec.onReady?.();
      } else if (line.startsWith("notice ")) {
        this.#notices.push(JSON.parse(line.slice("notice ".length)));
      } else if (line.startsWith("failed ")) {
        this.#lastWords = String(JSON.parse(line.slice("failed ".length))).slice(0, MAX_ERROR);
      } else if (line !== "alive") {
        console.log(line);
      }
    }
  }

  async #closeStdin(): Promise<void> {
    const stdin = this.#stdin;
    this.#stdin = null;
    this.#state = this.#stopping.signal.aborted ? "stopping" : this.#state;
    // A pipe whose reader died is closed already; there is nothing to do about it.
    await stdin?.close().catch(() => {});
  }
}

/** SIGKILL to a process group; a group that is gone already is fine. */
function killGroup(leader: number): void {
  try {
    Deno.kill(-leader, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) && !(error instanceof TypeError)) throw error;
  }
}

function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}
