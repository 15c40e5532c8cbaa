/**
 * Who a client is and what it asked for, when proxies stand in front of the edge.
 *
 * @module
 */

/** A parsed `TRUSTED_PROXIES` entry: an address of 16 bytes and how many bits of it count. */
interface Block {
  readonly address: Uint8Array;
  readonly bits: number;
}

/** IPv4 addresses live at `::ffff:0:0/96` (RFC 4291 §2.5.5.2), so one comparison serves both. */
const V4_PREFIX_BITS = 96;

/**
 * The 16 bytes of an IPv4 or IPv6 address, or null when it is none. A zone (`%eth0`) and square
 * brackets are passed over.
 */
export function parseAddress(text: string): Uint8Array | null {
  const bare = text.replace(/^\[([^\]]*)\]$/, "$1").replace(/%.*$/, "");
  return bare.includes(":") ? parseV6(bare) : parseV4(bare);
}

function parseV4(text: string): Uint8Array | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return null;
  const parts = match.slice(1).map(Number);
  if (parts.some((part) => part > 255)) return null;
  const bytes = new Uint8Array(16);
  bytes.set([0xff, 0xff, ...parts], 10);
  return bytes;
}

function parseV6(text: string): Uint8Array | null {
  if (text.length > 45) return null;
  let rest = text;
  let tail: number[] = [];
  const dotted = /^(.*:)(\d{1,3}(?:\.\d{1,3}){3})$/.exec(text);
  if (dotted !== null) {
    const v4 = parseV4(dotted[2]);
    if (v4 === null) return null;
    tail = [...v4.subarray(12)];
    rest = dotted[1].endsWith("::") ? dotted[1] : dotted[1].slice(0, -1);
  }
  const halves = rest.split("::");
  if (halves.length > 2) return null;
  const head = groups(halves[0]);
  const end = halves.length === 2 ? groups(halves[1]) : [];
  if (head === null || end === null) return null;
  const used = head.length + end.length + tail.length;
  if (halves.length === 2 ? used > 14 : used !== 16) return null;
  const bytes = new Uint8Array(16);
  bytes.set(head);
  bytes.set([...end, ...tail], 16 - end.length - tail.length);
  return bytes;
}

function groups(text: string): number[] | null {
  if (text === "") return [];
  const bytes: number[] = [];
  for (const group of text.split(":")) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return null;
    const value = parseInt(group, 16);
    bytes.push(value >> 8, value & 0xff);
  }
  return bytes;
}

/** The proxies whose forwarded headers are believed. */
export class TrustedProxies {
  readonly #blocks: readonly Block[];

  /**
   * @param entries addresses or CIDR blocks.
   * @throws {SyntaxError} when an entry is neither.
   */
  constructor(entries: readonly string[]) {
    this.#blocks = entries.map(parseBlock);
  }

  /** Whether an address belongs to a trusted proxy. */
  has(address: string): boolean {
    if (this.#blocks.length === 0) return false;
    const bytes = parseAddress(address);
    return bytes !== null && this.#blocks.some((block) => covers(block, bytes));
  }
}

function parseBlock(entry: string): Block {
  const slash = entry.indexOf("/");
  const text = slash < 0 ? entry : entry.slice(0, slash);
  const address = parseAddress(text);
  const isV4 = !text.includes(":");
  const most = isV4 ? 32 : 128;
  const bits = slash < 0 ? most : Number(entry.slice(slash + 1));
  if (address === null || !Number.isInteger(bits) || bits < 0 || bits > most) {
    throw new SyntaxError(`Cannot parse trusted proxy: ${entry}`);
  }
  return { address, bits: isV4 ? V4_PREFIX_BITS + bits : bits };
}

function covers(block: Block, address: Uint8Array): boolean {
  const whole = block.bits >> 3;
  for (let i = 0; i < whole; i++) if (block.address[i] !== address[i]) return false;
  const rest = block.bits & 7;
  return rest === 0 || (block.address[whole] ^ address[whole]) >> (8 - rest) === 0;
}

/** What a request says about where it came from. */
export interface ForwardedInput {
  /** Address of the connection's other end. */
  readonly peer: string;
  readonly secure: boolean;
  /** `Host` or `:authority`. */
  readonly host: string | undefined;
  /** Lower-case names; repeated ones joined by commas. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What is told to `web`. */
export interface Forwarded {
  /** The client's address. */
  readonly address: string;
  readonly proto: "http" | "https";
  /** Host with port as the client asked for it; empty when it said none. */
  readonly host: string;
}

/** Entries of `X-Forwarded-For` that are looked at, from the last one. */
const MAX_HOPS = 32;

/**
 * Finds the client. From a trusted proxy, `X-Forwarded-For` is read from its end: the first address
 * that is not itself a trusted proxy is the client. From anyone else, the headers mean nothing.
 */
export function resolveForwarded(input: ForwardedInput, trusted: TrustedProxies): Forwarded {
  const own = {
    address: stripMapped(input.peer),
    proto: input.secure ? "https" : "http",
    host: validHost(input.host) ?? "",
  } as const;
  if (!trusted.has(input.peer)) return own;
  const proto = first(input.headers["x-forwarded-proto"]);
  return {
    address: clientOf(input, trusted) ?? own.address,
    proto: proto === "https" || proto === "http" ? proto : own.proto,
    host: validHost(first(input.headers["x-forwarded-host"])) ?? own.host,
  };
}

function clientOf(input: ForwardedInput, trusted: TrustedProxies): string | null {
  const header = input.headers["x-forwarded-for"];
  const hops = (typeof header === "string" ? header : header?.join(",") ?? "").split(",")
    .map((hop) => hop.trim()).slice(-MAX_HOPS);
  let client: string | null = null;
  for (const hop of hops.reverse()) {
    const address = withoutPort(hop);
    if (parseAddress(address) === null) break;
    client = stripMapped(address);
    if (!trusted.has(address)) break;
  }
  return client;
}

function withoutPort(hop: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1] ??
    /^(\d{1,3}(?:\.\d{1,3}){3}):\d+$/.exec(hop)?.[1] ?? hop;
}

/** `::ffff:192.0.2.1` is how a dual-stack socket spells `192.0.2.1`. */
function stripMapped(address: string): string {
  return /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1] ?? address;
}

function first(value: string | readonly string[] | undefined): string | undefined {
  return (typeof value === "string" ? value : value?.[0])?.split(",")[0].trim();
}

function validHost(host: string | undefined): string | null {
  return host !== undefined && host.length <= 255 &&
      /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/.test(host)
    ? host
    : null;
}
