/**
 * How the studio changes as looks at the server come in. Pure: no clock, no network.
 *
 * @module
 */
import { type Advice, type AdviceMemory, advise, NO_MEMORY } from "../ui/advice.ts";
import type { BroadcastFigures, RoomDetails, Running, StudioSnapshot } from "./snapshot.ts";

/** Points of the lines: five minutes of looks every 2 s. */
export const MAX_POINTS = 150;

/** Before this the figures of a young stream are still growing to their size. */
const SETTLING_MS = 6_000;

/** One look at the figures that are drawn as lines. */
export interface Point {
  readonly bitrateKbps: number | null;
  readonly fps: number | null;
  readonly viewers: number;
}

/** A broadcast whose end was seen. */
export interface Ended {
  readonly startedAtMs: number;
  /** Null: its figures are on their way; `missing`: they did not come. */
  readonly figures: BroadcastFigures | "missing" | null;
}

/** Everything the islands show. */
export interface StudioState extends Running {
  readonly room: RoomDetails;
  readonly points: readonly Point[];
  readonly advice: readonly Advice[];
  readonly memory: AdviceMemory;
  /** The last broadcast, when its end was seen and nobody put its summary away. */
  readonly ended: Ended | null;
  /** Null: nothing newer than what the page came with. */
  readonly broadcasts: readonly BroadcastFigures[] | null;
  /** Looks that failed in a row. */
  readonly failures: number;
  readonly signedOut: boolean;
  /** The server's clock at the last look or tick. */
  readonly nowMs: number;
}

/** What the server rendered. */
export function stateOf(snapshot: StudioSnapshot): StudioState {
  const { room, stream, viewers, viewersByProtocol, heldUntilMs, nowMs } = snapshot;
  const { advice, memory } = advise(NO_MEMORY, { stream, nowMs });
  return {
    room,
    stream,
    viewers,
    viewersByProtocol,
    heldUntilMs,
    points: [],
    advice,
    memory,
    ended: null,
    broadcasts: null,
    failures: 0,
    signedOut: false,
    nowMs,
  };
}

/** After a look that came in. */
export function afterLook(state: StudioState, running: Running, nowMs: number): StudioState {
  const { stream } = running;
  const before = state.stream;
  const another = before !== null && stream?.startedAtMs !== before.startedAtMs;
  const { advice, memory } = advise(state.memory, { stream, nowMs });
  return {
    ...state,
    ...running,
    points: stream === null
      ? []
      : [...another ? [] : state.points, pointOf(running, nowMs)].slice(-MAX_POINTS),
    advice,
    memory,
    ended: stream !== null
      ? null
      : another
      ? { startedAtMs: before.startedAtMs, figures: null }
      : state.ended,
    failures: 0,
    signedOut: false,
    nowMs,
  };
}

/** After the list of broadcasts came in, or did not; `last`: it will not be asked for again. */
export function afterBroadcasts(
  state: StudioState,
  answer: readonly BroadcastFigures[] | null,
  { last }: { readonly last: boolean },
): StudioState {
  const { ended } = state;
  const broadcasts = answer ?? state.broadcasts;
  if (ended === null) return { ...state, broadcasts };
  const found = (answer ?? []).find(({ startedAtMs, endedAtMs }) =>
    startedAtMs === ended.startedAtMs && (endedAtMs !== null || last)
  );
  const figures = found ?? (last ? "missing" : null);
  return { ...state, broadcasts, ended: { ...ended, figures } };
}

function pointOf({ stream, viewers }: Running, nowMs: number): Point {
  const known = stream !== null && nowMs - stream.startedAtMs > SETTLING_MS ? stream : null;
  return {
    bitrateKbps: known?.bitrateKbps ?? null,
    fps: known?.video?.fps ?? null,
    viewers,
  };
}
