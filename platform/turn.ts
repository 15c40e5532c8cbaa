/**
 * ICE servers as they are handed out: those of the configuration, and TURN servers with credentials
 * that are good for a while (TURN REST scheme, draft-uberti-behave-turn-rest-00 §2.2; coturn:
 * `use-auth-secret`). Pure: the clock is passed in.
 *
 * @module
 */
import { createHmac } from "node:crypto";

/** Credentials are good for so long, milliseconds. */
export const TURN_LIFE_MS = 6 * 3_600_000;

/** An entry of `RTCConfiguration.iceServers` (WebRTC 1.0 §4.2.2). */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** What is configured: `ICE_SERVERS`, `TURN_URLS`, `TURN_SECRET`. */
export interface IceConfig {
  /** Handed out as they are. */
  readonly iceServers: readonly IceServer[];
  /** `turn:` and `turns:` addresses of servers that know {@linkcode turnSecret}; may be empty. */
  readonly turnUrls: readonly string[];
  /** Set when there are {@linkcode turnUrls}. */
  readonly turnSecret: string | null;
}

/** Who gets credentials and until when. */
export interface TurnClaim {
  /** Stands in the logs of the TURN server; no colon, nothing that names a person. */
  readonly user: string;
  readonly nowMs: number;
  /** Default: {@linkcode TURN_LIFE_MS}. */
  readonly lifeMs?: number;
}

/** Name and password of one TURN allocation. */
export interface TurnCredentials {
  /** `<expiry, seconds since the epoch>:<user>`. */
  readonly username: string;
  /** `base64(HMAC-SHA1(secret, username))`. */
  readonly credential: string;
  readonly expiresAtMs: number;
}

/** Credentials by the TURN REST scheme. */
export function turnCredentials(
  secret: string,
  { user, nowMs, lifeMs = TURN_LIFE_MS }: TurnClaim,
): TurnCredentials {
  const expiresS = Math.floor((nowMs + lifeMs) / 1000);
  const username = `${expiresS}:${user.replaceAll(":", "")}`;
  const credential = createHmac("sha1", secret).update(username, "utf8").digest("base64");
  return { username, credential, expiresAtMs: expiresS * 1000 };
}

/** The servers that somebody may use from now on; TURN servers stand last. */
export function iceServersFor(config: IceConfig, claim: TurnClaim): readonly IceServer[] {
  const { iceServers, turnUrls, turnSecret } = config;
  if (turnUrls.length === 0 || turnSecret === null) return iceServers;
  const { username, credential } = turnCredentials(turnSecret, claim);
  return [...iceServers, { urls: turnUrls, username, credential }];
}

/**
 * `Link` header values, one an address (RFC 9725 §4.6). Texts that would break the header's grammar are
 * escaped (RFC 9110 §5.6.4).
 */
export function iceServerLinks(servers: readonly IceServer[]): readonly string[] {
  const quoted = (text: string) => `"${text.replace(/[\\"]/g, "\\$&")}"`;
  return servers.flatMap(({ urls, username, credential }) =>
    urls.map((url) =>
      username === undefined || credential === undefined
        ? `<${url}>; rel="ice-server"`
        : `<${url}>; rel="ice-server"; username=${quoted(username)}; ` +
          `credential=${quoted(credential)}; credential-type="password"`
    )
  );
}

/** Whether media can be relayed: one of the servers is a TURN server. */
export function hasRelay(servers: readonly IceServer[]): boolean {
  return servers.some(({ urls }) => urls.some((url) => /^turns?:/i.test(url)));
}

const ICE_URL =
  /^(?:stuns?:(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?|turns?:(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?(?:\?transport=(?:udp|tcp))?)$/;

/** Whether a text is an address of a STUN or TURN server (RFC 7064, RFC 7065). */
export function isIceUrl(text: string): boolean {
  if (!ICE_URL.test(text)) return false;
  const port = /:(\d{1,5})(?:\?|$)/.exec(text)?.[1];
  return port === undefined || (Number(port) >= 1 && Number(port) <= 65535);
}

/** Entries of `ICE_SERVERS`; a list of so many is refused. */
const MAX_SERVERS = 16;

/**
 * Reads `ICE_SERVERS`: a JSON list of `{urls, username?, credential?}`.
 *
 * @throws {TypeError} saying what is wrong, without any credential.
 */
export function parseIceServers(json: string): readonly IceServer[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new TypeError("it must be JSON");
  }
  if (!Array.isArray(value) || value.length > MAX_SERVERS) {
    throw new TypeError(`it must be a list of at most ${MAX_SERVERS} servers`);
  }
  return value.map((entry, index) => parseServer(entry, index + 1));
}

function parseServer(entry: unknown, nth: number): IceServer {
  if (typeof entry !== "object" || entry === null) {
    throw new TypeError(`entry ${nth} must be an object with urls`);
  }
  const { urls: given, username, credential, ...rest } = entry as Record<string, unknown>;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new TypeError(`entry ${nth} has an unknown member`);
  const urls = typeof given === "string" ? [given] : given;
  const usable = Array.isArray(urls) && urls.length > 0 && urls.length <= MAX_SERVERS &&
    urls.every((url) => typeof url === "string" && isIceUrl(url));
  if (!usable) {
    throw new TypeError(`entry ${nth} must have urls such as stun:host:3478 or turn:host:3478`);
  }
  const isText = (each: unknown) => typeof each === "string" && each !== "" && each.length <= 512;
  const relays = (urls as string[]).some((url) => /^turns?:/.test(url));
  if (relays && !(isText(username) && isText(credential))) {
    throw new TypeError(`entry ${nth} is a TURN server: it must have username and credential`);
  }
  if (!relays && (username !== undefined || credential !== undefined)) {
    throw new TypeError(`entry ${nth} is a STUN server: it has no username and credential`);
  }
  return {
    urls: urls as string[],
    ...(relays && { username: username as string, credential: credential as string }),
  };
}
