/**
 * The role `media`: RTMP in and out, packaging, the origin, and alone ffmpeg.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { type Config, internalHost } from "../platform/config.ts";
import type { RoleContext, RunningRole } from "../platform/lifecycle.ts";
import { DiscontinuityNumbers } from "./egress/hls/discontinuity_numbers.ts";
import { HlsOutput } from "./egress/hls/output.ts";
import { Stills } from "./egress/still.ts";
import { Mixes } from "./mix/mixes.ts";
import { Origin } from "./origin.ts";
import { Renditions } from "./rendition/renditions.ts";
import { systemClock } from "./stream/clock.ts";
import { StreamRegistry } from "./stream/registry.ts";
import { DemoSwitch, findFont } from "./transcode/demo.ts";
import { findFfmpeg, pipeFfmpeg } from "./transcode/ffmpeg.ts";
import { makeStill } from "./transcode/still.ts";
import { type RtmpServer, startRtmpServer } from "./rtmp.ts";
import { WebClient } from "./web_client.ts";

/** Fonts are tried for at most so long. */
const FONT_MS = 10_000;

/** Starts the role; rejects when a port cannot be bound, with everything released. */
export async function start(context: RoleContext): Promise<RunningRole> {
  const { config, clusterSecret, log, metrics } = context;
  await using starting = new AsyncDisposableStack();
  const web = new WebClient({
    webUrl: config.webUrl,
    clusterSecret,
    log,
    node: `media-${config.region}-${crypto.randomUUID()}`,
  });
  starting.defer(() => web.stop());
  const mediaDir = `${config.dataDir}/media`;
  await Deno.mkdir(mediaDir, { recursive: true });
  const discontinuities = await DiscontinuityNumbers.open(
    `${mediaDir}/discontinuities`,
    (error) => log.error("discontinuities_not_kept", { error }),
  );
  starting.defer(() => discontinuities.close());
  let ffmpeg = false;
  const registry: StreamRegistry<HlsOutput> = new StreamRegistry({
    authority: web,
    createPackager: ({ room, startedAtMs }) =>
      new HlsOutput({
        room,
        startedAtMs,
        discontinuities,
        now: systemClock.now,
        log,
        read: (options) => renditions.read(room, options),
        canRender: () => ffmpeg,
      }),
    log,
    metrics,
  });
  starting.defer(() => registry.stop());
  const renditions: Renditions = new Renditions({
    source: (room) => registry.source(room),
    available: () => ffmpeg,
    start: (args) => pipeFfmpeg({ args, log }),
    log,
    metrics,
  });
  starting.defer(() => renditions.stop());
  const looking = findFfmpeg({ log }).then((found) => {
    ffmpeg = found;
    if (!found) log.warn("ffmpeg_missing", { without: "stills, demo channel, renditions, mixes" });
  });
  starting.defer(() => looking);
  const stills = new Stills({
    streams: registry,
    encode: (mp4, signal) => makeStill(mp4, { log, signal }),
    available: () => ffmpeg,
    log,
    metrics,
    now: systemClock.now,
  });
  starting.defer(() => stills.stop());
  let font: Awaited<ReturnType<typeof findFont>> | undefined;
  const mixes = new Mixes({
    streams: registry,
    available: () => ffmpeg,
    start: (args, onMessage) => pipeFfmpeg({ args, log, onMessage }),
    font: async () => font ??= await findFont(log, AbortSignal.timeout(FONT_MS)),
    feedBase: () => `http://${loopbackOf(internalHost(config))}:${origin.port}/mix-feed/`,
    log,
    metrics,
  });
  starting.defer(() => mixes.stop());
  const rtmp: RtmpServer[] = [];
  const origin: Origin = await Origin.listen({
    host: internalHost(config),
    port: config.mediaPort,
    clusterSecret,
    streams: registry,
    read: renditions,
    publish: registry,
    stills,
    mixes,
    onKeyRevoked: (room) => web.forget(room),
    inspectRenditions: () => renditions.inspect(),
    inspectSessions: () => rtmp.map((server) => server.inspect()).flat(),
    log,
    metrics,
  });
  starting.defer(() => origin.stop());
  const shared = {
    host: config.host,
    publish: registry,
    read: renditions,
    log,
    metrics,
  };
  const tls = await readCertificate(config);
  const ports = [
    { port: config.rtmpPort },
    ...(tls === null ? [] : [{ port: config.rtmpsPort, tls }]),
  ];
  for (const port of ports) {
    const server = await startRtmpServer({ ...shared, ...port });
    rtmp.push(server);
    starting.defer(() => server.stop());
  }
  const demo = new DemoSwitch({
    channel: () => web.demoChannel(),
    rtmpBase: `rtmp://${loopbackOf(config.host)}:${rtmp[0].port}`,
    log,
  });
  // What this node can do stands in its first report.
  await looking;
  registry.onChange(web.startReporting({
    snapshot: () => ({
      streams: registry.reports().map((report) => ({
        ...report,
        readers: added(report.readers, renditions.readersByProtocol(report.room)),
      })),
      capabilities: { ffmpeg },
    }),
    answered: ({ demo: wanted }) => demo.set(wanted),
  }));
  log.info("media_started", { http: origin.port, ffmpeg });
  starting.move();
  return {
    health() {
      const reports = registry.reports();
      return {
        streams: reports.length,
        ffmpeg: ffmpeg ? 1 : 0,
        readers: sum(reports.flatMap(({ readers }) => Object.values(readers))),
        ingestKbps: sum(reports.map(({ bitrateKbps }) => bitrateKbps)),
      };
    },
    async stop() {
      // Publishers and readers are let go first; then everything closes side by side, each within
      // a bound of its own, so that the whole stays within five seconds.
      const unmixed = mixes.stop();
      registry.stop();
      await Promise.all([
        unmixed,
        demo.stop(),
        stills.stop(),
        renditions.stop(),
        ...rtmp.map((server) => server.stop()),
        origin.stop(),
        web.stop(),
      ]);
      log.info("media_stopped");
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Readers of renditions are readers of the stream; packaging reads for others. */
function added(
  readers: Readonly<Record<string, number>>,
  more: Readonly<Record<string, number>>,
): Record<string, number> {
  const total: Record<string, number> = { ...readers };
  for (const [protocol, count] of Object.entries(more)) {
    total[protocol] = (total[protocol] ?? 0) + count;
  }
  delete total.hls;
  return total;
}

async function readCertificate(config: Config) {
  if (config.tlsCertFile === null || config.tlsKeyFile === null) return null;
  const [cert, key] = await Promise.all([
    readFile(config.tlsCertFile, "utf8"),
    readFile(config.tlsKeyFile, "utf8"),
  ]);
  return { cert, key };
}

/** Where this process reaches what listens on `host`. */
function loopbackOf(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}
