/**
 * Who asks, and under which address: forwarded headers are believed only with the cluster's secret,
 * which the edge adds and never takes from a client.
 *
 * @module
 */
import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";
import type { Context, MiddlewareHandler } from "hono";
import type { Config } from "../platform/config.ts";
import { equalSecrets } from "../rooms/secrets.ts";

/** The asking side of one request. */
export interface Client {
  /** IP address; `unknown` when the transport does not say. */
  readonly address: string;
  /** Scheme, host and port the client used, without a trailing slash; `PUBLIC_URL` if set. */
  readonly baseUrl: string;
  /** Host and port the client used, lower case, for the comparison with `Origin`. */
  readonly host: string;
  /** Whether the client speaks HTTPS to the platform. */
  readonly secure: boolean;
}

const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;
/** Addresses of a forwarded chain that are looked at. */
const MAX_HOPS = 20;
const VARIABLE = "wanren.client";

/** What {@linkcode clients} needs. */
export interface ClientOptions {
  readonly config: Pick<Config, "publicUrl" | "trustedProxies">;
  readonly clusterSecret: string;
}

/** What is known of a request. */
interface Incoming {
  readonly header: (name: string) => string | undefined;
  /** As the listener saw it. */
  readonly url: URL;
  readonly socketAddress: string;
}

/** Middleware that finds out the client once; {@linkcode clientOf} answers it afterwards. */
export function clients(options: ClientOptions): MiddlewareHandler {
  const find = clientFinder(options);
  return async (c, next) => {
    const client = find({
      header: (name) => c.req.header(name),
      url: new URL(c.req.url),
      socketAddress: socketAddress(c),
    });
    c.set(VARIABLE, client);
    await next();
  };
}

/** Finds out the client of an upgrade, which goes through no middleware. */
export function upgradeClients(options: ClientOptions): (request: IncomingMessage) => Client {
  const find = clientFinder(options);
  return (request) =>
    find({
      header: (name) => {
        const value = request.headers[name];
        return typeof value === "string" ? value : value?.[0];
      },
      url: URL.parse(`http://${request.headers.host ?? ""}/`) ?? new URL("http://unknown.invalid/"),
      socketAddress: request.socket.remoteAddress ?? "unknown",
    });
}

function clientFinder(options: ClientOptions): (incoming: Incoming) => Client {
  const trusted = blockList(options.config.trustedProxies);
  const publicUrl = options.config.publicUrl;
  const publicHost = publicUrl === null ? null : new URL(publicUrl).host;
  return ({ header, url, socketAddress }) => {
    const believed = equalSecrets(header("x-wanren-cluster") ?? "", options.clusterSecret);
    const forwarded = (name: string) => believed ? header(name) : undefined;
    const forwardedHost = forwarded("x-forwarded-host")?.split(",", 1)[0]?.trim();
    const host =
      (forwardedHost !== undefined && HOST.test(forwardedHost) ? forwardedHost : url.host)
        .toLowerCase();
    const forwardedScheme = forwarded("x-forwarded-proto")?.split(",", 1)[0]?.trim().toLowerCase();
    const scheme = forwardedScheme === "https" || forwardedScheme === "http"
      ? forwardedScheme
      : url.protocol.slice(0, -1);
    const behindTls = host === publicHost && publicUrl?.startsWith("https:") === true;
    return {
      address: forwardedAddress(forwarded("x-forwarded-for"), trusted) ?? socketAddress,
      baseUrl: publicUrl ?? `${scheme}://${host}`,
      host,
      secure: scheme === "https" || behindTls,
    };
  };
}

/** The client of a request that went through {@linkcode clients}. */
export function clientOf(c: Context): Client {
  const client = c.get(VARIABLE) as Client | undefined;
  if (client === undefined) throw new Error("Cannot tell the client: the middleware did not run");
  return client;
}

/** The last address of the chain that no proxy of ours has; each proxy appends its peer. */
function forwardedAddress(header: string | undefined, trusted: BlockList): string | null {
  const chain = (header ?? "").slice(-2_000).split(",").slice(-MAX_HOPS)
    .map((part) => part.trim().replace(/^\[(.*)\]$/, "$1"))
    .filter((part) => isIP(part) !== 0);
  return chain.findLast((address) => !trusted.check(address, family(address))) ?? chain[0] ?? null;
}

function socketAddress(c: Context): string {
  const incoming = (c.env as { incoming?: IncomingMessage } | undefined)?.incoming;
  return incoming?.socket?.remoteAddress ?? "unknown";
}

function blockList(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = "", prefix] = entry.split("/", 2);
    if (prefix === undefined) list.addAddress(address, family(address));
    else list.addSubnet(address, Number(prefix), family(address));
  }
  return list;
}

function family(address: string): "ipv4" | "ipv6" {
  return address.includes(":") ? "ipv6" : "ipv4";
}
