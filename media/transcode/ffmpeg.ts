/**
 * The one place where ffmpeg is started. It runs in the process group of this role, so that the
 * supervisor ends it with the role however the role dies; without an environment except `PATH`;
 * with its messages bounded.
 *
 * @module
 */
import type { Logger } from "../../platform/log.ts";
import { versionArgv } from "./argv.ts";

/** There is no ffmpeg on this machine, or this process may not run it. */
export class FfmpegMissingError extends Error {
  override readonly name = "FfmpegMissingError";
}

/** A run of ffmpeg came to nothing; the message holds its last words. */
export class FfmpegFailedError extends Error {
  override readonly name = "FfmpegFailedError";
}

/** How a run ended. */
export interface FfmpegExit {
  readonly code: number;
  readonly signal: string | null;
  /** The last lines of its messages, without publish keys. */
  readonly messages: string;
}

/** A running ffmpeg. */
export interface FfmpegProcess extends AsyncDisposable {
  readonly exited: Promise<FfmpegExit>;
  /** Asks it to end, and makes it end 2 s later; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Bytes of messages that are kept. */
const MAX_MESSAGES = 4096;
const TERM_GRACE_MS = 2000;
const VERSION_TIMEOUT_MS = 10_000;

/**
 * Starts ffmpeg.
 *
 * @throws {FfmpegMissingError} when it cannot be started.
 */
export function startFfmpeg(
  options: { readonly args: readonly string[]; readonly log: Logger },
): FfmpegProcess {
  const child = spawn(options.args, { stdin: "null", stdout: "null" });
  const exited = exitOf(child, options.log);
  const stop = async () => {
    signal(child, "SIGTERM");
    const timer = setTimeout(() => signal(child, "SIGKILL"), TERM_GRACE_MS);
    try {
      await exited;
    } finally {
      clearTimeout(timer);
    }
  };
  return { exited, stop, [Symbol.asyncDispose]: stop };
}

/** What {@linkcode runFfmpeg} is given. */
export interface FfmpegRun {
  readonly args: readonly string[];
  /** Written to its standard input. */
  readonly input: Uint8Array;
  /** Bytes of standard output; more end the run. */
  readonly maxOutputBytes: number;
  /** It is killed after this time. */
  readonly timeoutMs: number;
  /** Kills it. */
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/**
 * Runs ffmpeg over bytes and gives what it writes to standard output.
 *
 * @throws {FfmpegMissingError} when it cannot be started.
 * @throws {FfmpegFailedError} when it fails, takes too long, writes too much or is aborted.
 */
export async function runFfmpeg(run: FfmpegRun): Promise<Uint8Array> {
  const child = spawn(run.args, { stdin: "piped", stdout: "piped" });
  let cause: string | null = null;
  const kill = (why: string) => {
    cause ??= why;
    signal(child, "SIGKILL");
  };
  const timer = setTimeout(() => kill("it took too long"), run.timeoutMs);
  const onAbort = () => kill("it was not wanted any more");
  run.signal.addEventListener("abort", onAbort, { once: true });
  if (run.signal.aborted) onAbort();
  try {
    const [exit, output] = await Promise.all([
      exitOf(child, run.log),
      readAtMost(child.stdout, {
        bytes: run.maxOutputBytes,
        over: () => kill("it wrote too much"),
      }),
      writeAll(child.stdin, run.input),
    ]);
    if (cause !== null || exit.code !== 0) {
      throw new FfmpegFailedError(`Cannot run ffmpeg: ${cause ?? exit.messages}`);
    }
    return output;
  } finally {
    clearTimeout(timer);
    run.signal.removeEventListener("abort", onAbort);
  }
}

/** A running ffmpeg that is fed by its standard input and read by its standard output. */
export interface FfmpegPipe extends FfmpegProcess {
  /** Resolves when the bytes are taken; with false when it has ended and takes nothing any more. */
  write(bytes: Uint8Array): Promise<boolean>;
  /** Nothing more comes: it writes what it still has, and ends. */
  closeInput(): Promise<void>;
  readonly output: ReadableStream<Uint8Array>;
}

/** What {@linkcode pipeFfmpeg} is given. */
export interface FfmpegPipeOptions {
  readonly args: readonly string[];
  readonly log: Logger;
  /** Sees every line of its messages; true: it is not kept for the words at the end. */
  readonly onMessage?: (line: string) => boolean;
}

/**
 * Starts ffmpeg between two pipes. Its output must be read to the end.
 *
 * @throws {FfmpegMissingError} when it cannot be started.
 */
export function pipeFfmpeg(options: FfmpegPipeOptions): FfmpegPipe {
  const child = spawn(options.args, { stdin: "piped", stdout: "piped" });
  const exited = exitOf(child, options.log, options.onMessage);
  const writer = child.stdin.getWriter();
  writer.closed.catch(() => {});
  let open = true;
  const stop = async () => {
    signal(child, "SIGTERM");
    const timer = setTimeout(() => signal(child, "SIGKILL"), TERM_GRACE_MS);
    try {
      await exited;
    } finally {
      clearTimeout(timer);
      if (open) await writer.abort().catch(() => {});
      open = false;
    }
  };
  return {
    exited,
    stop,
    output: child.stdout,
    async write(bytes) {
      if (!open) return false;
      try {
        await writer.write(bytes);
        return true;
      } catch {
        // It ended: what it says at its exit tells why.
        open = false;
        return false;
      }
    },
    async closeInput() {
      if (!open) return;
      open = false;
      await writer.close().catch(() => {});
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** Whether there is an ffmpeg that runs. */
export async function findFfmpeg(options: { readonly log: Logger }): Promise<boolean> {
  try {
    const ffmpeg = startFfmpeg({ args: versionArgv(), log: options.log });
    const timer = setTimeout(() => void ffmpeg.stop(), VERSION_TIMEOUT_MS);
    const { code } = await ffmpeg.exited;
    clearTimeout(timer);
    return code === 0;
  } catch (error) {
    if (error instanceof FfmpegMissingError) return false;
    throw error;
  }
}

/**
 * How long to wait before a program that ended is started again, in milliseconds: 0.5 s doubled
 * with each failure in a row, at most 30 s. Pure.
 *
 * @param failures runs in a row that ended soon, from 0.
 */
export function restartDelayMs(failures: number): number {
  return Math.min(30_000, 500 * 2 ** Math.min(failures, 10));
}

function spawn(
  args: readonly string[],
  pipes: { readonly stdin: "null" | "piped"; readonly stdout: "null" | "piped" },
): Deno.ChildProcess {
  try {
    return new Deno.Command("ffmpeg", {
      args: [...args],
      clearEnv: true,
      env: environment(),
      ...pipes,
      stderr: "piped",
    }).spawn();
  } catch (error) {
    throw new FfmpegMissingError(`Cannot start ffmpeg: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function exitOf(
  child: Deno.ChildProcess,
  log: Logger,
  onMessage?: (line: string) => boolean,
): Promise<FfmpegExit> {
  const messages = await readTail(
    onMessage === undefined ? child.stderr : withoutTaken(child.stderr, onMessage),
  );
  const status = await child.status;
  log.debug("ffmpeg_exited", { code: status.code, signal: status.signal });
  return { code: status.code, signal: status.signal, messages };
}

/** A program that has seen enough closes its input; that is no failure of ours. */
async function writeAll(stream: WritableStream<Uint8Array>, bytes: Uint8Array): Promise<void> {
  const writer = stream.getWriter();
  try {
    await writer.write(bytes);
    await writer.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** Reads to the end; `over` is called once when there is more than `bytes`, which is left out. */
async function readAtMost(
  stream: ReadableStream<Uint8Array>,
  limit: { readonly bytes: number; readonly over: () => void },
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    if (length > limit.bytes) continue;
    length += chunk.length;
    if (length > limit.bytes) limit.over();
    else chunks.push(chunk);
  }
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

function signal(child: Deno.ChildProcess, name: "SIGTERM" | "SIGKILL"): void {
  try {
    child.kill(name);
  } catch (error) {
    // It is gone already: that is what was wanted.
    if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function environment(): Record<string, string> {
  try {
    const path = Deno.env.get("PATH");
    return path === undefined ? {} : { PATH: path };
  } catch (error) {
    // Without the right to read it the system's default search path is used.
    if (error instanceof Deno.errors.NotCapable) return {};
    throw error;
  }
}

/** Leaves out the lines that `onMessage` takes. */
function withoutTaken(
  stream: ReadableStream<Uint8Array>,
  onMessage: (line: string) => boolean,
): ReadableStream<Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let rest = "";
  return stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(bytes, controller) {
        const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
        rest = lines.pop()!.slice(-MAX_MESSAGES);
        for (const line of lines) {
          if (!onMessage(line)) controller.enqueue(encoder.encode(`${line}\n`));
        }
      },
      flush(controller) {
        if (rest !== "") controller.enqueue(encoder.encode(rest));
      },
    }),
  );
}

/** Reads to the end and keeps the last {@linkcode MAX_MESSAGES} bytes as text. */
async function readTail(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let tail = "";
  for await (const chunk of stream) {
    tail = (tail + decoder.decode(chunk, { stream: true })).slice(-MAX_MESSAGES);
  }
  return tail.replace(/key=[^&\s'"]+/g, "key=…").trim();
}
