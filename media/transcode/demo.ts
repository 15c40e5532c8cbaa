/**
 * The demo channel: a generated picture and sound, published like any other stream.
 *
 * @module
 */
import type { Logger } from "../../platform/log.ts";
import { demoArgv, type DemoFont, textProbeArgv, versionArgv } from "./argv.ts";
import { FfmpegMissingError, restartDelayMs, startFfmpeg } from "./ffmpeg.ts";

/** What the demo needs. */
export interface DemoOptions {
  /** Asks `web` for the channel; rejects while it is away. */
  readonly channel: () => Promise<{ readonly room: string; readonly key: string }>;
  /** `rtmp://host:port` of this process. */
  readonly rtmpBase: string;
  readonly log: Logger;
}

/** A run that lasted this long was a good one. */
const GOOD_RUN_MS = 30_000;
const CHANNEL_RETRY_MS = 1000;

/** Where the distributions put fonts that have 万人, best first; a family name is tried after. */
const FONTS: readonly DemoFont[] = [
  ...[
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/System/Library/Fonts/PingFang.ttc",
  ].map((fontFile) => ({ fontFile, family: "Noto Sans CJK SC", cjk: true })),
  ...[
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
  ].map((fontFile) => ({ fontFile, family: "DejaVu Sans", cjk: false })),
  { fontFile: null, family: "Sans", cjk: false },
];

/** What a {@linkcode DemoSwitch} turns on and off. */
export type RunDemo = (options: DemoOptions, signal: AbortSignal) => Promise<void>;

/**
 * Turns the demo on and off as `web` wants it, however often it says so. A demo that is turned off
 * unpublishes, so that viewers see the end of the stream. Without ffmpeg it says so once and does
 * nothing until it is turned off and on again.
 */
export class DemoSwitch {
  readonly #options: DemoOptions;
  readonly #run: RunDemo;
  #wanted = false;
  #stopped = false;
  #current: AbortController | null = null;
  #running: Promise<void> | null = null;

  /** @param run for tests. */
  constructor(options: DemoOptions, run: RunDemo = runDemo) {
    this.#options = options;
    this.#run = run;
  }

  /** Says whether the demo is wanted; takes effect at once, after one that still ends. */
  set(wanted: boolean): void {
    if (this.#stopped || wanted === this.#wanted) return;
    this.#wanted = wanted;
    this.#options.log.info("demo_switched", { on: wanted });
    if (wanted) this.#start();
    else this.#current?.abort();
  }

  /** Turns it off for good; resolves when ffmpeg is gone. */
  async stop(): Promise<void> {
    this.#wanted = false;
    this.#stopped = true;
    this.#current?.abort();
    await this.#running;
  }

  #start(): void {
    if (this.#running !== null) return;
    const current = new AbortController();
    this.#current = current;
    this.#running = this.#run(this.#options, current.signal)
      .catch((error) => this.#options.log.error("demo_failed", { error }))
      .finally(() => {
        this.#running = null;
        // Turned off and on again while it was ending.
        if (this.#wanted && current.signal.aborted) this.#start();
      });
  }
}

/** Keeps the demo running until `signal` aborts. */
async function runDemo(options: DemoOptions, signal: AbortSignal): Promise<void> {
  const { log } = options;
  try {
    await check({ args: versionArgv(), log, signal });
    const font = await findFont(log, signal);
    let failures = 0;
    while (!signal.aborted) {
      const channel = await findChannel(options, signal);
      if (channel === null) return;
      const startedAtMs = performance.now();
      await publish({ ...options, ...channel, font }, signal);
      if (signal.aborted) return;
      failures = performance.now() - startedAtMs >= GOOD_RUN_MS ? 0 : failures + 1;
      await pause(restartDelayMs(failures), signal);
    }
  } catch (error) {
    if (!(error instanceof FfmpegMissingError)) throw error;
    log.warn("demo_unavailable", { error });
  }
}

async function publish(
  options: DemoOptions & {
    readonly room: string;
    readonly key: string;
    readonly font: DemoFont | null;
  },
  signal: AbortSignal,
): Promise<void> {
  const { log, room, font } = options;
  const url = `${options.rtmpBase}/live/${room}?key=${encodeURIComponent(options.key)}`;
  const ffmpeg = startFfmpeg({ args: demoArgv({ url, font }), log });
  log.info("demo_started", { stream: room, text: font !== null });
  const exit = await untilExit(ffmpeg, signal);
  if (!signal.aborted) {
    log.warn("demo_ended", { stream: room, code: exit.code, messages: exit.messages });
  }
}

async function findChannel(options: DemoOptions, signal: AbortSignal) {
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      return await options.channel();
    } catch (error) {
      if (signal.aborted) break;
      if (attempt === 3) options.log.warn("demo_waits_for_web", { error: error as Error });
      await pause(CHANNEL_RETRY_MS, signal);
    }
  }
  return null;
}

/** The first font that this ffmpeg draws with; null when it draws no text at all. */
export async function findFont(log: Logger, signal: AbortSignal): Promise<DemoFont | null> {
  for (const font of FONTS) {
    if (signal.aborted) return null;
    if (await check({ args: textProbeArgv(font), log, signal })) return font;
  }
  return null;
}

async function check(
  options: { readonly args: readonly string[]; readonly log: Logger; readonly signal: AbortSignal },
): Promise<boolean> {
  const exit = await untilExit(startFfmpeg(options), options.signal);
  return exit.code === 0;
}

/** Waits for the end of a run, which an abort brings about. */
async function untilExit(ffmpeg: ReturnType<typeof startFfmpeg>, signal: AbortSignal) {
  const stop = () => void ffmpeg.stop();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await ffmpeg.exited;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, delayMs);
    signal.addEventListener("abort", finish);
  });
}
