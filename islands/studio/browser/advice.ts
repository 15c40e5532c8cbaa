/**
 * What a broadcaster should know of this machine and its line, from the browser's own figures.
 * Pure; the words stand in the language tables.
 *
 * @module
 */
import type { OutboundFigures } from "../../capture/outbound_stats.ts";
import type { SceneFigures } from "../../capture/scene/messages.ts";
import type { VideoGoal } from "../../capture/uplink.ts";

/** A closed catalogue, the most important first. */
export type BrowserAdvice =
  /** The picture was made smaller for the line. */
  | { readonly kind: "smaller"; readonly height: number }
  | { readonly kind: "narrow" }
  /** The machine does not get along with so large a picture. */
  | { readonly kind: "processor" }
  | { readonly kind: "loss"; readonly percent: number }
  | { readonly kind: "slowLine"; readonly roundTripMs: number }
  /** Everything goes by a relay. */
  | { readonly kind: "relay" };

/** What is said at once. */
const MAX_ADVICE = 2;
const LOSS = 0.03;
const ROUND_TRIP_MS = 400;
const SLOW_SHARE = 0.75;
/** No line is judged by how it begins: so many seconds of pictures were sent. */
const BEGINNING_S = 8;

/** The advice on what leaves now. */
export function browserAdvice(
  { figures, scene, goal, rung }: {
    readonly figures: OutboundFigures;
    readonly scene: SceneFigures | null;
    readonly goal: VideoGoal;
    readonly rung: number;
  },
): readonly BrowserAdvice[] {
  const { limitation, fps, loss, roundTripMs, route, height, framesSent } = figures;
  const said: BrowserAdvice[] = [];
  const drawsSlowly = scene !== null && scene.fps > 0 && scene.fps < goal.fps * SLOW_SHARE;
  const sendsSlowly = fps !== null && fps < goal.fps * SLOW_SHARE;
  if (drawsSlowly || limitation === "cpu" && sendsSlowly) said.push({ kind: "processor" });
  else if (rung > 0) said.push({ kind: "smaller", height });
  else if (limitation === "bandwidth" && sendsSlowly && framesSent >= goal.fps * BEGINNING_S) {
    said.push({ kind: "narrow" });
  }
  if (loss !== null && loss >= LOSS) {
    said.push({ kind: "loss", percent: Math.round(loss * 100) });
  }
  if (roundTripMs !== null && roundTripMs >= ROUND_TRIP_MS) {
    said.push({ kind: "slowLine", roundTripMs });
  }
  if (route === "relay") said.push({ kind: "relay" });
  return said.slice(0, MAX_ADVICE);
}

/** Whether viewers notice nothing of it. */
export function isBrowserTip({ kind }: BrowserAdvice): boolean {
  return kind === "relay" || kind === "slowLine";
}
