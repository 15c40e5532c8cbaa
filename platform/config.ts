/**
 * The configuration of one process, read from the environment once at the start.
 * Every variable of the public contract stands here; a wrong value stops the start.
 *
 * @module
 */

import { type IceServer, isIceUrl, parseIceServers } from "./turn.ts";

/** The environment named a value that cannot be used; `message` is one line for the operator. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** The processes of the platform (docs/architecture.md, "Roles"). */
export const ROLES = ["edge", "web", "media", "rtc"] as const;
/** One of {@linkcode ROLES}. */
export type Role = (typeof ROLES)[number];

/** Validated configuration; sizes and times carry their unit in the name. */
export interface Config {
  /** Address the public ports listen on. */
  readonly host: string;
  /** The edge's public port. */
  readonly port: number;
  readonly rtmpPort: number;
  /** RTMP over TLS; listens only when {@linkcode tls} is not `off`. */
  readonly rtmpsPort: number;
  /** WebRTC media, UDP. */
  readonly rtcPort: number;
  readonly webPort: number;
  readonly mediaPort: number;
  readonly rtcHttpPort: number;
  /**
   * Addresses under which others reach the UDP port, the first one preferred; empty: those of the
   * machine (rtc).
   */
  readonly rtcPublicIps: readonly string[];
  /** Origin of every absolute URL that is shown (no trailing slash), or null: from the request. */
  readonly publicUrl: string | null;
  /** Addresses or CIDR blocks whose forwarded headers are believed. */
  readonly trustedProxies: readonly string[];
  readonly tls: "off" | "self-signed" | "on";
  /** PEM files; set when {@linkcode tls} is not `off` (self-signed: below the data folder). */
  readonly tlsCertFile: string | null;
  readonly tlsKeyFile: string | null;
  readonly adminName: string | null;
  readonly adminPassword: string | null;
  readonly dataDir: string;
  /** Where the islands and style sheets were built to. */
  readonly assetsDir: string;
  /** null: one machine, internal ports stay on loopback. */
  readonly clusterSecretFile: string | null;
  /** Base URLs of the origins in the order of preference (edge). */
  readonly origins: readonly string[];
  /** Base URL of `web` (edge, media, rtc). */
  readonly webUrl: string;
  /** Base URL of `rtc` (edge). */
  readonly rtcUrl: string;
  readonly region: string;
  readonly nodeWeight: number;
  readonly edgeProcesses: number;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  /** Floor of the time for which FLV tags are gathered into one write. */
  readonly flvBatchMs: number;
  readonly rateLimits: boolean;
  /** A channel with a generated picture runs beside the real ones. */
  readonly demo: boolean;
  /** One Redis, or nodes of one cluster; empty: the embedded store (web, edge). */
  readonly redisUrls: readonly string[];
  /** Further ones for rooms with very many messages, by name (web, edge). */
  readonly hotRedisUrls: Readonly<Record<string, string>>;
  /** Redis over HTTP, where there are no connections (edge). */
  readonly upstash: { readonly url: string; readonly token: string } | null;
  /** STUN and TURN servers that are handed out as they are (web, rtc). */
  readonly iceServers: readonly IceServer[];
  /** TURN servers that know {@linkcode turnSecret} (web, rtc). */
  readonly turnUrls: readonly string[];
  /** Set when there are {@linkcode turnUrls}: credentials are made with it (`platform/turn.ts`). */
  readonly turnSecret: string | null;
}

/** For processes that have nothing to do with a shared store. */
export const NO_STORES = { redisUrls: [], hotRedisUrls: {}, upstash: null } as const;

/** For processes that hand out no ICE servers. */
export const NO_ICE = { iceServers: [], turnUrls: [], turnSecret: null } as const;

/** Address that ports of the inside listen on: all only when machines share a secret. */
export function internalHost(config: Config): string {
  return config.clusterSecretFile === null ? "127.0.0.1" : config.host;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks the environment.
 *
 * @throws {ConfigError} when a variable has a value that cannot be used; the message names both.
 */
export function readConfig(env: Environment): Config {
  const reader = new EnvironmentReader(env);
  const host = reader.text("HOST", "0.0.0.0");
  const tls = reader.oneOf("TLS", ["off", "self-signed", "on"], "off");
  const dataDir = reader.text("DATA_DIR", "./data");
  const certFile = reader.optional("TLS_CERT");
  const keyFile = reader.optional("TLS_KEY");
  if (tls === "on" && (certFile === null || keyFile === null)) {
    throw new ConfigError("Cannot use TLS=on: TLS_CERT and TLS_KEY must name PEM files");
  }
  const rateLimits = reader.oneOf("RATE_LIMITS", ["on", "off"], "on") === "on";
  if (!rateLimits && !isLoopback(host)) {
    throw new ConfigError(
      `Cannot use RATE_LIMITS=off with HOST=${host}: it is allowed on a loopback address only`,
    );
  }
  const webPort = reader.port("WEB_PORT", 8002);
  const mediaPort = reader.port("MEDIA_PORT", 8001);
  const rtcHttpPort = reader.port("RTC_HTTP_PORT", 8003);
  const config: Config = {
    host,
    port: reader.port("PORT", 8000),
    rtmpPort: reader.port("RTMP_PORT", 1935),
    rtmpsPort: reader.port("RTMPS_PORT", 1936),
    rtcPort: reader.port("RTC_PORT", 8189),
    webPort,
    mediaPort,
    rtcHttpPort,
    rtcPublicIps: reader.list("RTC_PUBLIC_IP", isAddress, "an IP address"),
    publicUrl: reader.origin("PUBLIC_URL"),
    trustedProxies: reader.list("TRUSTED_PROXIES", isAddressOrBlock, "an IP address or CIDR block"),
    tls,
    tlsCertFile: tls === "off" ? null : tls === "on" ? certFile : `${dataDir}/tls/cert.pem`,
    tlsKeyFile: tls === "off" ? null : tls === "on" ? keyFile : `${dataDir}/tls/key.pem`,
    adminName: reader.optional("ADMIN_NAME"),
    adminPassword: reader.optional("ADMIN_PASSWORD"),
    dataDir,
    assetsDir: reader.text("ASSETS_DIR", "./dist"),
    clusterSecretFile: reader.optional("CLUSTER_SECRET_FILE"),
    origins: reader.list("ORIGINS", isHttpOrigin, "an http(s) address").map(trimSlash),
    webUrl: reader.origin("WEB_URL") ?? `http://127.0.0.1:${webPort}`,
    rtcUrl: reader.origin("RTC_URL") ?? `http://127.0.0.1:${rtcHttpPort}`,
    region: reader.text("REGION", "local"),
    nodeWeight: reader.integer("NODE_WEIGHT", 1, { min: 0, max: 1000 }),
    edgeProcesses: reader.integer("EDGE_PROCESSES", 1, { min: 1, max: 64 }),
    logLevel: reader.oneOf("LOG_LEVEL", ["debug", "info", "warn", "error"], "info"),
    flvBatchMs: reader.integer("FLV_BATCH_MS", 100, { min: 0, max: 1000 }),
    rateLimits,
    demo: reader.oneOf("DEMO", ["0", "1"], "0") === "1",
    redisUrls: reader.redisUrls("REDIS_URL"),
    hotRedisUrls: reader.namedRedisUrls("HOT_REDIS_URLS"),
    upstash: reader.upstash(),
    iceServers: reader.iceServers("ICE_SERVERS"),
    turnUrls: reader.list("TURN_URLS", (url) => isIceUrl(url) && url.startsWith("turn"), TURN_URL),
    turnSecret: reader.secret("TURN_SECRET"),
  };
  if ((config.turnUrls.length === 0) !== (config.turnSecret === null)) {
    throw new ConfigError("Cannot use TURN_URLS without TURN_SECRET (or the other way round)");
  }
  if (config.redisUrls.length === 0 && Object.keys(config.hotRedisUrls).length > 0) {
    throw new ConfigError("Cannot use HOT_REDIS_URLS without REDIS_URL");
  }
  if ((config.adminName === null) !== (config.adminPassword === null)) {
    throw new ConfigError("Cannot use ADMIN_NAME without ADMIN_PASSWORD (or the other way round)");
  }
  return config.origins.length > 0
    ? config
    : { ...config, origins: [`http://127.0.0.1:${mediaPort}`] };
}

/** Whether a host name or address can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" ||
    /^127(\.\d{1,3}){3}$/.test(host);
}

const TURN_URL = "the address of a TURN server such as turn:turn.example.org:3478";

function isAddressOrBlock(value: string): boolean {
  return /^(\d{1,3}(\.\d{1,3}){3})(\/([0-9]|[12][0-9]|3[0-2]))?$/.test(value) ||
    /^[0-9a-fA-F:]*:[0-9a-fA-F:.]*(\/([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8]))?$/.test(value);
}

/** An IPv4 or IPv6 address without brackets, zone and port. */
function isAddress(value: string): boolean {
  if (!value.includes(":")) {
    return /^\d{1,3}(\.\d{1,3}){3}$/.test(value) &&
      value.split(".").every((part) => Number(part) <= 255);
  }
  return /^[0-9a-fA-F:.]{2,45}$/.test(value) && URL.canParse(`http://[${value}]/`);
}

function isHttpOrigin(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && (url.protocol === "http:" || url.protocol === "https:");
}

/** `redis[s]://[user][:password]@host[:port]`. */
function isRedisUrl(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && /^rediss?:$/.test(url.protocol) && url.hostname !== "" &&
    url.search === "" && url.hash === "";
}

function trimSlash(value: string): string {
  return value.replace(/\/+$/, "");
}

class EnvironmentReader {
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  optional(name: string): string | null {
    const value = this.#env[name]?.trim();
    return value === undefined || value === "" ? null : value;
  }

  text(name: string, fallback: string): string {
    return this.optional(name) ?? fallback;
  }

  integer(name: string, fallback: number, range: { min: number; max: number }): number {
    const text = this.optional(name);
    if (text === null) return fallback;
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < range.min || value > range.max) {
      throw new ConfigError(
        `Cannot use ${name}=${text}: it must be a whole number from ${range.min} to ${range.max}`,
      );
    }
    return value;
  }

  port(name: string, fallback: number): number {
    return this.integer(name, fallback, { min: 1, max: 65535 });
  }

  oneOf<const T extends string>(name: string, values: readonly T[], fallback: T): T {
    const text = this.text(name, fallback);
    const found = values.find((value) => value === text);
    if (found === undefined) {
      throw new ConfigError(`Cannot use ${name}=${text}: it must be one of ${values.join(", ")}`);
    }
    return found;
  }

  origin(name: string): string | null {
    const text = this.optional(name);
    if (text === null) return null;
    if (!isHttpOrigin(text)) {
      throw new ConfigError(`Cannot use ${name}=${text}: it must be an http(s) address`);
    }
    return trimSlash(text);
  }

  /** The message does not show the value. */
  secret(name: string): string | null {
    const value = this.optional(name);
    if (value === null || /^[\x21-\x7e]{8,512}$/.test(value)) return value;
    throw new ConfigError(
      `Cannot use ${name}: it must be 8 to 512 printable characters without spaces`,
    );
  }

  /** Holds passwords: the message names none of them. */
  iceServers(name: string): readonly IceServer[] {
    const text = this.optional(name);
    if (text === null) return [];
    try {
      return parseIceServers(text);
    } catch (error) {
      throw new ConfigError(`Cannot use ${name}: ${(error as Error).message}`);
    }
  }

  /** Addresses that hold passwords: the message names none of them. */
  redisUrls(name: string): readonly string[] {
    const values = this.#entries(name);
    const nth = values.findIndex((value) => !isRedisUrl(value)) + 1;
    if (nth > 0) {
      throw new ConfigError(
        `Cannot use ${name}: entry ${nth} must be redis://[user:password@]host:port or rediss://…`,
      );
    }
    if (values.length > 1 && values.some((value) => /[^/]\/\d+$/.test(value))) {
      throw new ConfigError(`Cannot use ${name}: a cluster has no databases with numbers`);
    }
    return values;
  }

  namedRedisUrls(name: string): Readonly<Record<string, string>> {
    const named: Record<string, string> = {};
    for (const [index, entry] of this.#entries(name).entries()) {
      const match = /^([a-z][a-z0-9-]{0,23})=(.+)$/.exec(entry);
      const [, key = "", url = ""] = match ?? [];
      if (!isRedisUrl(url) || key === "main" || Object.hasOwn(named, key)) {
        throw new ConfigError(
          `Cannot use ${name}: entry ${index + 1} must be <name>=redis://host:port, ` +
            "with a name of its own other than main",
        );
      }
      named[key] = url;
    }
    return named;
  }

  upstash(): { readonly url: string; readonly token: string } | null {
    const url = this.origin("UPSTASH_REDIS_REST_URL");
    const token = this.optional("UPSTASH_REDIS_REST_TOKEN");
    if ((url === null) !== (token === null)) {
      throw new ConfigError(
        "Cannot use UPSTASH_REDIS_REST_URL without UPSTASH_REDIS_REST_TOKEN " +
          "(or the other way round)",
      );
    }
    if (url === null || token === null) return null;
    if (!/^[\x21-\x7e]{16,512}$/.test(token)) {
      throw new ConfigError(
        "Cannot use UPSTASH_REDIS_REST_TOKEN: it must be 16 to 512 printable characters " +
          "without spaces",
      );
    }
    return { url, token };
  }

  #entries(name: string): readonly string[] {
    return (this.optional(name) ?? "").split(",").map((value) => value.trim())
      .filter((value) => value !== "");
  }

  list(name: string, accepts: (value: string) => boolean, meaning: string): readonly string[] {
    const values = this.#entries(name);
    for (const value of values) {
      if (!accepts(value)) {
        throw new ConfigError(`Cannot use ${name}=${value}: every entry must be ${meaning}`);
      }
    }
    return values;
  }
}
