/**
 * ICE servers as WHIP and WHEP hand them out: `Link` headers with `rel="ice-server"`.
 *
 * @module
 */

const MAX_HEADER_CHARS = 8_192;
const MAX_SERVERS = 8;
const LINK = /<([^<>]{1,512})>((?:\s*;\s*[\w-]+\s*(?:=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)/g;
const PARAMETER = /;\s*([\w-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/g;

/**
 * The servers of a `Link` header, several of them joined by commas (RFC 9725 §4.6, RFC 8288 §3).
 * What is no `stun:` or `turn:` address, or a TURN server without credentials, is left out.
 */
export function parseIceLinks(header: string | null): RTCIceServer[] {
  if (header === null || header.length > MAX_HEADER_CHARS) return [];
  const servers: RTCIceServer[] = [];
  for (const [, urls = "", parameters = ""] of header.matchAll(LINK)) {
    if (servers.length === MAX_SERVERS) break;
    const values = new Map<string, string>();
    for (const [, name = "", quoted, plain = ""] of parameters.matchAll(PARAMETER)) {
      const value = quoted === undefined ? plain : quoted.replace(/\\(.)/g, "$1");
      // RFC 8288 §3.3: the first one of a name counts.
      if (!values.has(name.toLowerCase())) values.set(name.toLowerCase(), value);
    }
    const relations = (values.get("rel") ?? "").toLowerCase().split(/\s+/);
    if (!relations.includes("ice-server")) continue;
    if (/^stuns?:/i.test(urls)) {
      servers.push({ urls });
      continue;
    }
    const username = values.get("username");
    const credential = values.get("credential");
    if (!/^turns?:/i.test(urls) || username === undefined || credential === undefined) continue;
    servers.push({ urls, username, credential });
  }
  return servers;
}
