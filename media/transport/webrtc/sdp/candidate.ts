/**
 * ICE candidates (RFC 8839 §5.1) and how ours are shown to the other side.
 *
 * @module
 */

/** One transport address of `a=candidate`. */
export interface IceCandidate {
  readonly foundation: string;
  /** 1 is RTP, with `rtcp-mux` the only one. */
  readonly component: number;
  /** Lower case: `udp`, `tcp`. */
  readonly transport: string;
  readonly priority: number;
  /** IPv4, IPv6 or a name (`….local`). */
  readonly address: string;
  readonly port: number;
  readonly type: "host" | "srflx" | "prflx" | "relay";
}

const MAX_LENGTH = 512;
const PATTERN =
  /^(?:candidate:)?([A-Za-z0-9+/]{1,32}) (\d{1,5}) ([A-Za-z]{2,8}) (\d{1,10}) ([0-9A-Za-z.:\-]{1,255}) (\d{1,5}) typ (host|srflx|prflx|relay)(?: |$)/;

/**
 * Parses the value of an `a=candidate` line, with or without `candidate:` before it. Null when it is
 * none: RFC 8839 §5.1 lets a reader pass over what it does not understand.
 */
export function parseCandidate(value: string): IceCandidate | null {
  const found = value.length > MAX_LENGTH ? null : PATTERN.exec(value.trim());
  if (found === null) return null;
  const port = Number(found[6]);
  const priority = Number(found[4]);
  if (port > 65_535 || priority > 0xffffffff) return null;
  return {
    foundation: found[1],
    component: Number(found[2]),
    transport: found[3].toLowerCase(),
    priority,
    address: found[5],
    port,
    type: found[7] as IceCandidate["type"],
  };
}

/** The value of an `a=candidate` line; relayed and reflexive ones get the required empty base. */
export function writeCandidate(candidate: IceCandidate): string {
  const { foundation, component, transport, priority, address, port, type } = candidate;
  const base = type === "host" ? "" : ` raddr ${address.includes(":") ? "::" : "0.0.0.0"} rport 0`;
  return `${foundation} ${component} ${transport.toUpperCase()} ${priority} ${address} ${port} typ ${type}${base}`;
}

/** How our own candidates are shown. */
export interface CandidateView {
  /**
   * Addresses under which the server is reached from outside (behind NAT or in a container, the port
   * published 1:1); they stand in place of the addresses of the machine. Empty: its own are shown.
   */
  readonly publicAddresses: readonly string[];
  /** The UDP port under which it is reached there; absent: the same as here. */
  readonly publicPort?: number;
}

/**
 * The candidates of this server for an answer: UDP only, each address and port once, the addresses of
 * the machine replaced by the public ones where they are configured. Loopback addresses are shown
 * only when there is nothing else, link-local ones never.
 */
export function shownCandidates(
  gathered: readonly IceCandidate[],
  { publicAddresses, publicPort }: CandidateView,
): IceCandidate[] {
  const usable = gathered.filter((candidate) =>
    candidate.transport === "udp" && candidate.component === 1 && !isLinkLocal(candidate.address)
  );
  const hosts = usable.filter((candidate) => candidate.type === "host");
  const others = usable.filter((candidate) => candidate.type !== "host");
  const outside = hosts.filter((candidate) => !isLoopback(candidate.address));
  const shown = publicAddresses.length === 0
    ? [...outside.length > 0 || others.length > 0 ? outside : hosts, ...others]
    : [...rewriteHosts(hosts, { publicAddresses, publicPort }), ...others];
  const seen = new Set<string>();
  return shown.filter((candidate) => {
    const key = `${candidate.address} ${candidate.port}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** One host candidate for each public address and port of the machine's own. */
function rewriteHosts(
  hosts: readonly IceCandidate[],
  { publicAddresses, publicPort }: CandidateView,
): IceCandidate[] {
  const ports = new Map<number, IceCandidate>();
  for (const host of hosts) {
    const known = ports.get(host.port);
    if (known === undefined || known.priority < host.priority) ports.set(host.port, host);
  }
  const shown: IceCandidate[] = [];
  for (const host of ports.values()) {
    publicAddresses.forEach((address, index) => {
      shown.push({
        ...host,
        foundation: `${index + 1}`,
        address,
        port: publicPort ?? host.port,
        // The first address is preferred, by the bits of local preference (RFC 8445 §5.1.2.1).
        priority: Math.max(1, host.priority - index * 256),
      });
    });
  }
  return shown;
}

function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

function isLinkLocal(address: string): boolean {
  return address.startsWith("169.254.") || /^fe[89ab]/i.test(address);
}
