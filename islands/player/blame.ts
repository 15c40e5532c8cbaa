/**
 * Whether a failure is the protocol's own fault, so that another one should be tried, or the fault
 * of what lies behind all of them.
 *
 * @module
 */
import type { FailureKind } from "./source.ts";

/** Attempts in a row after which the protocol is blamed whatever was seen. */
export const PATIENCE = 4;

/** The circumstances of a failure. */
export interface Circumstances {
  readonly kind: FailureKind;
  /** What the platform said of the room after the failure. */
  readonly platform: "live" | "unreachable";
  /** The server answered, and no media got through: what lies between has changed. */
  readonly noRoute: boolean;
  /** The protocol has shown a picture in this session. */
  readonly provedItself: boolean;
  /** Failures in a row before this one. */
  readonly attempt: number;
}

/**
 * True when the protocol should cool down. A server that is away takes all protocols with it: a
 * protocol that has already worked here keeps its place, so that the player returns to it and does
 * not end at the slowest.
 */
export function isProtocolsFault(circumstances: Circumstances): boolean {
  const { kind, platform, noRoute, provedItself, attempt } = circumstances;
  if (kind === "unplayable" || noRoute) return true;
  if (attempt >= PATIENCE) return true;
  if (platform === "unreachable") return false;
  if (kind === "media") return !provedItself || attempt > 0;
  if (kind === "network") return !provedItself;
  return false;
}
