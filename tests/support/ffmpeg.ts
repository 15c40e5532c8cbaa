/**
 * Real ffmpeg and ffprobe: sources, publishers, recordings, measurements.
 *
 * @module
 */

/** A command that takes longer hangs, and is killed. */
const DEADLINE_MS = 90_000;

/** What a generated source looks and sounds like. */
export interface SourceOptions {
  readonly seconds: number;
  /** Default 60 (2 s). */
  readonly gopFrames?: number;
  readonly bFrames?: number;
  readonly video?: boolean;
  readonly audio?: boolean;
  readonly size?: string;
  readonly videoKbps?: number;
}

/**
 * Makes an FLV file (H.264 30 fps, AAC 44.1 kHz) in which a white flash and a beep of 100 ms come
 * together every 2 s, so that the offset between picture and sound can be measured.
 */
export async function makeSource(path: string, options: SourceOptions): Promise<void> {
  const { seconds, gopFrames = 60, bFrames = 0, video = true, audio = true } = options;
  const { size = "320x180", videoKbps = 300 } = options;
  const picture = `testsrc2=s=${size}:r=30:d=${seconds},` +
    "drawbox=t=fill:c=black:enable='gte(mod(t\\,2)\\,0.1)':w=iw:h=ih*0.6," +
    "drawbox=t=fill:c=white:enable='lt(mod(t\\,2)\\,0.1)':w=iw:h=ih";
  const sound =
    `aevalsrc='if(lt(mod(t\\,2)\\,0.1)\\,0.5*sin(2*PI*1000*t)\\,0)':s=44100:d=${seconds}`;
  await runFfmpeg([
    ...(video ? ["-f", "lavfi", "-i", picture] : []),
    ...(audio ? ["-f", "lavfi", "-i", sound] : []),
    ...(video
      ? ["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-pix_fmt", "yuv420p"]
        .concat(["-b:v", `${videoKbps}k`, "-maxrate", `${videoKbps}k`, "-bufsize", `${videoKbps}k`])
        .concat(["-g", `${gopFrames}`, "-keyint_min", `${gopFrames}`, "-sc_threshold", "0"])
        .concat(["-bf", `${bFrames}`])
      : []),
    ...(audio ? ["-c:a", "aac", "-b:a", "64k"] : []),
    "-y",
    path,
  ]);
}

/** Runs ffmpeg to its end; gives its standard error; throws with it when ffmpeg fails. */
export async function runFfmpeg(args: readonly string[]): Promise<string> {
  const { success, stderr } = await new Deno.Command("ffmpeg", {
    args: ["-hide_banner", "-nostdin", ...args],
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).output();
  const text = new TextDecoder().decode(stderr);
  if (!success) throw new Error(`ffmpeg failed: ${text.slice(-2_000)}`);
  return text;
}

/** An ffmpeg that publishes; `await using` ends it. */
export class Publisher {
  readonly process: Deno.ChildProcess;
  readonly #stderr: Promise<string>;

  private constructor(process: Deno.ChildProcess) {
    this.process = process;
    this.#stderr = new Response(process.stderr).text();
  }

  /** Publishes a file at its own pace, over and over, without touching its codecs. */
  static file(path: string, url: string, options: { loop?: boolean } = {}): Publisher {
    const loop = options.loop ?? true ? ["-stream_loop", "-1"] : [];
    return Publisher.run(["-re", ...loop, "-i", path, "-c", "copy", "-f", "flv", url]);
  }

  /** The same, reconnecting by itself when the server goes away (fifo muxer). */
  static reconnecting(path: string, url: string): Publisher {
    return Publisher.run([
      ...["-re", "-stream_loop", "-1", "-i", path, "-c", "copy", "-map", "0"],
      ...["-f", "fifo", "-fifo_format", "flv", "-drop_pkts_on_overflow", "1"],
      ...["-attempt_recovery", "1", "-recovery_wait_time", "0.5", "-recover_any_error", "1"],
      url,
    ]);
  }

  /** Any other command line. */
  static run(args: readonly string[]): Publisher {
    return new Publisher(
      new Deno.Command("ffmpeg", {
        args: ["-hide_banner", "-nostdin", "-loglevel", "warning", ...args],
        stdin: "null",
        stdout: "null",
        stderr: "piped",
      }).spawn(),
    );
  }

  /** Ends it and gives what it wrote to standard error. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<string> {
    try {
      this.process.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended already
    }
    await this.process.status;
    return await this.#stderr;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
  }
}

/** One stream of ffprobe's answer, the fields that tests look at. */
export interface ProbedStream {
  readonly codec_type: "video" | "audio";
  readonly codec_name: string;
  readonly width?: number;
  readonly height?: number;
  readonly sample_rate?: string;
  readonly channels?: number;
  readonly start_time?: string;
  readonly duration?: string;
  readonly nb_read_packets?: string;
}

/** What ffprobe finds in a file or address. */
export async function probe(
  input: string,
  options: { readonly countPackets?: boolean; readonly args?: readonly string[] } = {},
): Promise<ProbedStream[]> {
  const { success, stdout, stderr } = await new Deno.Command("ffprobe", {
    args: [
      ...["-hide_banner", "-v", "error", "-of", "json", "-show_streams"],
      ...(options.countPackets ? ["-count_packets"] : []),
      ...(options.args ?? []),
      input,
    ],
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).output();
  if (!success) {
    throw new Error(`ffprobe failed: ${new TextDecoder().decode(stderr).slice(-2_000)}`);
  }
  const answer = JSON.parse(new TextDecoder().decode(stdout)) as { streams: ProbedStream[] };
  return answer.streams;
}

/** Copies some seconds of an address into a file. */
export async function record(url: string, path: string, seconds: number): Promise<string> {
  return await runFfmpeg(["-i", url, "-t", `${seconds}`, "-c", "copy", "-y", path]);
}

/**
 * Offset in ms of each beep from its flash in a recording of a {@linkcode makeSource} source
 * (positive: the sound is late).
 */
export async function avOffsetsMs(path: string): Promise<number[]> {
  const report = await runFfmpeg([
    ...["-copyts", "-i", path],
    ...["-vf", "crop=iw:ih*0.6:0:0,negate,blackdetect=d=0.03:pix_th=0.3:pic_th=0.9"],
    ...["-af", "silencedetect=n=-30dB:d=0.3", "-f", "null", "-"],
  ]);
  // Negated, a flash is black: `black_start` is its first frame; a beep ends the silence.
  const flashes = [...report.matchAll(/black_start:([\d.]+)/g)].map((match) => Number(match[1]));
  // At its end a file closes its last silence as well: a beep has another silence behind it.
  const beeps = [...report.matchAll(/silence_end: ([\d.]+)(?=[^]*silence_start)/g)]
    .map((match) => Number(match[1]));
  return beeps.flatMap((beep) => {
    const flash = flashes.find((time) => Math.abs(time - beep) < 0.9);
    return flash === undefined ? [] : [Math.round((beep - flash) * 1_000)];
  });
}
