/**
 * The roles: with which permissions each runs and how its module is started.
 *
 * @module
 */
import { resolve } from "node:path";
import type { Config, Role } from "./platform/config.ts";
import type { RoleContext, RunningRole } from "./platform/lifecycle.ts";
import type { Drivers } from "./routes/mod.ts";

/** The roles in the order in which they are started. */
export const RUNNABLE = ["web", "media", "rtc", "edge"] as const satisfies readonly Role[];
/** One of {@linkcode RUNNABLE}. */
export type RunnableRole = (typeof RUNNABLE)[number];

/** Files below the data folder that belong to `media` alone. */
export function mediaDir(config: Config): string {
  return `${config.dataDir}/media`;
}

/** npm ws asks for these two and for nothing else. */
const WS_ENV = "--allow-env=WS_NO_BUFFER_UTIL,WS_NO_UTF_8_VALIDATE";
/** Read to tell which C library there is, and so which build of a native library fits. */
const LDD = ["/usr/bin/ldd"];
/** How much room the disk has, of folders that may be read. */
const STATFS = "--allow-sys=statfs";

/** The folder that a role keeps its data in; its disk is part of the role's health. */
export function diskFolder(role: RunnableRole, config: Config): string | null {
  switch (role) {
    case "edge":
    case "rtc":
      return null;
    case "web":
      return config.dataDir;
    case "media":
      return mediaDir(config);
  }
}

/**
 * The name of a process in its cluster, the same after each restart: `edge-2@host:8000`. Machines of
 * a cluster have different host names; a port tells the platforms of one machine apart.
 */
export function nodeName(
  role: RunnableRole,
  of: { readonly name: string; readonly host: string; readonly config: Config },
): string {
  const { name, host, config } = of;
  const port = {
    edge: config.port,
    web: config.webPort,
    media: config.mediaPort,
    rtc: config.rtcHttpPort,
  }[role];
  const known = host.replace(/[^A-Za-z0-9.-]/g, "-").slice(0, 64);
  return `${name}@${known}:${port}`;
}

/** Exact Deno permission flags of a role (docs/adr/0001-roles.md says why each is needed). */
export function permissionFlags(role: RunnableRole, config: Config): readonly string[] {
  const file = (path: string) => resolve(path);
  switch (role) {
    case "edge":
      return [
        "--allow-net",
        `--allow-read=${
          [
            ...[config.assetsDir, config.tlsCertFile, config.tlsKeyFile],
            // It runs the scripts that read.
            config.redisUrls.length > 0 ? "store/redis/lua" : null,
          ].filter((path) => path !== null).map(file).join(",")
        }`,
        WS_ENV,
      ];
    case "web":
      return [
        "--allow-net",
        `--allow-read=${
          [
            ...[config.dataDir, config.assetsDir, "store"],
            ...["rooms/password_worker.ts", "rooms/images", "im/protocol/message.ts"],
            // Workers of the stores read what they import.
            ...[
              "rooms/money/repository.ts",
              "rooms/moderation/repository.ts",
              "rooms/pk/battle.ts",
            ],
          ].map(file).join(",")
        }`,
        `--allow-write=${file(config.dataDir)}`,
        // Edges follow the messages by WebSocket.
        WS_ENV,
        STATFS,
      ];
    case "media":
      return [
        "--allow-net",
        `--allow-read=${
          [mediaDir(config), config.tlsCertFile, config.tlsKeyFile].filter((path) => path !== null)
            .map(file).join(",")
        }`,
        `--allow-write=${file(mediaDir(config))}`,
        "--allow-run=ffmpeg,ffprobe",
        `${WS_ENV},PATH`,
        STATFS,
      ];
    case "rtc":
      return [
        "--allow-net",
        // The library with the network code of WebRTC: it sees the network by itself.
        `--allow-ffi=${file("node_modules")}`,
        `--allow-read=${[file("node_modules"), ...LDD].join(",")}`,
        WS_ENV,
      ];
  }
}

/** Loads a role's module and starts it; other roles' code is not loaded. */
export async function startRole(
  role: RunnableRole,
  context: RoleContext,
): Promise<RunningRole> {
  switch (role) {
    case "edge":
      return await startEdge(context);
    case "media":
      return await (await import("./media/mod.ts")).start(context);
    case "rtc":
      return await (await import("./media/rtc/mod.ts")).start(context);
    case "web":
      return await (await import("./routes/mod.ts")).start(context, await webDrivers(context));
  }
}

/** With Redis an edge reads it itself; otherwise `web` brings the messages. */
async function startEdge(context: RoleContext): Promise<RunningRole> {
  const { start } = await import("./edge/node/mod.ts");
  const { config, log } = context;
  if (config.redisUrls.length === 0) return await start(context);
  const { openRedisFeed } = await import("./store/redis/mod.ts");
  const { LateFeed } = await import("./im/late_feed.ts");
  return await start(context, {
    openFeed: () =>
      new LateFeed({
        open: () => openRedisFeed(config, { log }),
        onFailure: (error) => log.warn("feed_away", { error }),
      }),
  });
}

/** The stores of `web`: Redis when there is one, files of the data folder otherwise. */
async function webDrivers({ config, log }: RoleContext): Promise<Drivers> {
  if (config.redisUrls.length === 0) {
    const { openSqliteStore } = await import("./store/sqlite/mod.ts");
    const { openFileImages } = await import("./store/files/images.ts");
    const { openMessageLog } = await import("./store/messages/mod.ts");
    const { openEmbeddedMoney } = await import("./store/money/mod.ts");
    return {
      openStore: openSqliteStore,
      openImages: openFileImages,
      openMessages: openMessageLog,
      openMoney: openEmbeddedMoney,
    };
  }
  const { openRedisStores } = await import("./store/redis/mod.ts");
  const stores = await openRedisStores(config, { log });
  // The key of this instance stays a file: what is sealed with it must not stand beside it.
  await Deno.mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  return {
    openStore: () => Promise.resolve(stores.repositories),
    openImages: () => Promise.resolve(stores.images),
    openMessages: () => Promise.resolve(stores.messages),
    openMoney: () => Promise.resolve(stores.money),
    shared: {
      live: stores.live,
      buckets: stores.buckets,
      hotRooms: stores.hotRooms,
      callPost: stores.callPost,
      takeSettings: (read) => stores.hotPerSecond = () => read().hotRoomPerSecond,
      close: () => stores.close(),
    },
  };
}
