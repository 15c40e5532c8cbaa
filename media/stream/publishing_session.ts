/**
 * One publisher of a live stream: its tracks pass the gate, its clock is moved onto the line.
 *
 * @module
 */
import type { AccessUnit, MetadataItem, StreamItem, Tracks } from "../access_unit.ts";
import type { CloseReason } from "../errors.ts";
import type { StreamClock } from "./clock.ts";
import type { Publisher } from "./contract.ts";
import type { TimeLine } from "./time_line.ts";
import { TrackGate } from "./track_gate.ts";

/** More jumps of a publisher's clock than this within {@linkcode JUMP_WINDOW_MS} end its session. */
const MAX_JUMPS = 10;
const JUMP_WINDOW_MS = 10_000;
/** Bounds of what is kept of a publisher's metadata. */
const MAX_METADATA_VALUES = 64;
const MAX_METADATA_TEXT = 1024;

/** What a publishing session tells its stream. */
export interface SessionPort {
  readonly clock: StreamClock;
  readonly timeLine: TimeLine;
  begin(start: { readonly tracks: Tracks; readonly dts: number }): void;
  /** @param arrivedAtMs when the unit came in, milliseconds since the epoch. */
  emit(unit: AccessUnit, arrivedAtMs: number): void;
  metadata(item: MetadataItem): void;
  /** Pictures come that cannot be decoded before a key frame. */
  wishKeyFrame(): void;
  end(reason: CloseReason): void;
}

/** One publisher of a stream, from its attachment to its end. */
export class PublishingSession implements Publisher {
  readonly #port: SessionPort;
  readonly #controller = new AbortController();
  readonly #gate: TrackGate;
  #metadata: MetadataItem | null = null;
  #ended = false;
  #jumps = 0;
  #jumpsSinceMs = -Infinity;

  constructor(port: SessionPort) {
    this.#port = port;
    this.#gate = new TrackGate({
      begin: ({ tracks, dts, arrivedAtMs, rebase }) => {
        const { timeLine } = port;
        port.begin({
          tracks,
          dts: rebase ? timeLine.rebase(dts, arrivedAtMs) : timeLine.tickOf(dts),
        });
      },
      unit: (unit, arrivedAtMs) => {
        const placed = port.timeLine.place(unit, arrivedAtMs);
        if (placed !== null) port.emit(placed, arrivedAtMs);
      },
    });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** This publisher's metadata; null before it came. */
  get lastMetadata(): MetadataItem | null {
    return this.#metadata;
  }

  /** Units left out because nothing decodable came before them. */
  get undecodable(): number {
    return this.#gate.dropped;
  }

  write(item: StreamItem): void {
    if (this.#ended) return;
    const nowMs = this.#port.clock.now();
    switch (item.kind) {
      case "tracks":
        this.#gate.tracks(item.tracks, nowMs);
        return;
      case "metadata":
        this.#metadata = boundMetadata(item, this.#port.timeLine.lastDts);
        if (this.#gate.isOpen) this.#port.metadata(this.#metadata);
        else this.#gate.metadata(this.#metadata, nowMs);
        return;
      case "video":
      case "audio":
        if (this.#port.timeLine.observe(item.dts) && !this.#resync(nowMs)) return;
        this.#gate.unit(item, nowMs);
        if (item.kind === "video" && !item.keyFrame && !this.#gate.isOpen) {
          this.#port.wishKeyFrame();
        }
    }
  }

  end(reason: CloseReason): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#port.end(reason);
  }

  /** The session must stop. */
  abort(reason: CloseReason): void {
    this.#ended = true;
    this.#controller.abort(reason);
  }

  /** False when the clock jumps so often that the session ends. */
  #resync(nowMs: number): boolean {
    if (nowMs - this.#jumpsSinceMs > JUMP_WINDOW_MS) {
      this.#jumpsSinceMs = nowMs;
      this.#jumps = 0;
    }
    if (++this.#jumps > MAX_JUMPS) {
      this.end("malformed");
      this.abort("malformed");
      return false;
    }
    this.#gate.resync();
    return true;
  }
}

function boundMetadata(item: MetadataItem, dts: number): MetadataItem {
  const values: Record<string, string | number | boolean> = {};
  let count = 0;
  for (const [name, value] of Object.entries(item.values)) {
    if (++count > MAX_METADATA_VALUES) break;
    if (name.length > MAX_METADATA_TEXT) continue;
    values[name] = typeof value === "string" ? value.slice(0, MAX_METADATA_TEXT) : value;
  }
  return { kind: "metadata", dts, values };
}
