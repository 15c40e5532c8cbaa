/**
 * The one place where ffmpeg is started. It runs in the process group of this role, so that the
 * supervisor ends it with the role however the role dies; without an environment except `PATH`;
 * with its messages bounded.
 *
 * @module
 */
import type { Logger } from "../../platform/log.ts";

/** There is no ffmpeg on this machine, or this process may not run it. */
export class FfmpegMissingError extends Error {
  override readonly name = "FfmpegMissingError";
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

/**
 * Starts ffmpeg.
 *
 * @throws {FfmpegMissingError} when it cannot be started.
 */
export function startFfmpeg(
  options: { readonly args: readonly string[]; readonly log: Logger },
): FfmpegProcess {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("ffmpeg", {
      args: [...options.args],
      clearEnv: true,
      env: environment(),
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    throw new FfmpegMissingError(`Cannot start ffmpeg: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const exited = (async (): Promise<FfmpegExit> => {
    const messages = await readTail(child.stderr);
    const status = await child.status;
    options.log.debug("ffmpeg_exited", { code: status.code, signal: status.signal });
    return { code: status.code, signal: status.signal, messages };
  })();
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

/**
 * How long to wait before a program that ended is started again, in milliseconds: 0.5 s doubled
 * with each failure in a row, at most 30 s. Pure.
 *
 * @param failures runs in a row that ended soon, from 0.
 */
export function restartDelayMs(failures: number): number {
  return Math.min(30_000, 500 * 2 ** Math.min(failures, 10));
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

/** Reads to the end and keeps the last {@linkcode MAX_MESSAGES} bytes as text. */
async function readTail(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let tail = "";
  for await (const chunk of stream) {
    tail = (tail + decoder.decode(chunk, { stream: true })).slice(-MAX_MESSAGES);
  }
  return tail.replace(/key=[^&\s'"]+/g, "key=…").trim();
}
