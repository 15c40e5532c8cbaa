/**
 * The last minutes of the bitrate of each running stream, as one page saw them.
 *
 * @module
 */
import type { StreamRow } from "./data.ts";

/** Adds one point to each running stream; those that ended are forgotten, so it stays bounded. */
export function recordBitrates(
  before: ReadonlyMap<string, readonly number[]>,
  streams: readonly Pick<StreamRow, "id" | "bitrateKbps">[],
  { span }: { readonly span: number },
): ReadonlyMap<string, readonly number[]> {
  return new Map(
    streams.map(({ id, bitrateKbps }) => [id, [...before.get(id) ?? [], bitrateKbps].slice(-span)]),
  );
}
