/**
 * What an RTMP peer asks for: application, room and key out of `app`, `tcUrl` and stream name.
 *
 * @module
 */

/** Longest `app`, `tcUrl` or stream name that is looked at, in characters. */
const MAX_TEXT_LENGTH = 2048;

/** The meaning of an RTMP address. */
export interface StreamAddress {
  /** First part of the path, such as `live`. */
  readonly app: string;
  /** The rest of the path, such as `100001`; empty when there is none. */
  readonly name: string;
  /** Values of the queries; those of the stream name win over those of the application. */
  readonly query: ReadonlyMap<string, string>;
}

/** Where a {@linkcode StreamAddress} comes from. */
export interface StreamAddressParts {
  /** `app` of the connect command. */
  readonly app: string;
  /** `tcUrl` of the connect command; only its query is used. */
  readonly tcUrl: string;
  /** Stream name of the publish or play command. */
  readonly streamName: string;
}

/**
 * Puts the parts together. Encoders divide an address in different places: the key may stand in
 * the stream name (OBS), or behind the application when the stream name is empty.
 */
export function parseStreamAddress(parts: StreamAddressParts): StreamAddress {
  const app = split(parts.app);
  const stream = split(parts.streamName);
  const query = new Map<string, string>();
  for (const text of [split(parts.tcUrl).query, app.query, stream.query]) {
    for (const [name, value] of new URLSearchParams(text)) query.set(name, value);
  }
  const path = [...app.path.split("/"), ...stream.path.split("/")].filter((part) => part !== "");
  return { app: path[0] ?? "", name: path.slice(1).join("/"), query };
}

function split(text: string): { path: string; query: string } {
  const bounded = text.slice(0, MAX_TEXT_LENGTH);
  const mark = bounded.indexOf("?");
  return mark < 0
    ? { path: bounded, query: "" }
    : { path: bounded.slice(0, mark), query: bounded.slice(mark + 1) };
}
