/**
 * What the player remembers of its viewer on this device.
 *
 * @module
 */
import { isLatencyMode, isProtocol, type LatencyMode, type ProtocolChoice } from "./protocol.ts";
import { type HealthTable, MAX_COOL_DOWN_MS } from "./selection.ts";

/** Remembered settings. */
export interface Preferences {
  readonly choice: ProtocolChoice;
  readonly latencyMode: LatencyMode;
  /** 0 to 1. */
  readonly volume: number;
  /** Null until the viewer decided: then the player starts muted and offers sound. */
  readonly muted: boolean | null;
}

/** What a new viewer gets. */
export const DEFAULT_PREFERENCES: Preferences = {
  choice: "auto",
  latencyMode: "balanced",
  volume: 1,
  muted: null,
};

const KEY = "wanren.player";

/** Reads stored text; anything that makes no sense is replaced by its default. */
export function parsePreferences(text: string | null): Preferences {
  let stored: Record<string, unknown>;
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    stored = typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
  } catch {
    stored = {};
  }
  const { choice, latencyMode, volume, muted } = stored;
  return {
    choice: choice === "auto" || isProtocol(choice) ? choice : DEFAULT_PREFERENCES.choice,
    latencyMode: isLatencyMode(latencyMode) ? latencyMode : DEFAULT_PREFERENCES.latencyMode,
    volume: typeof volume === "number" && volume >= 0 && volume <= 1
      ? volume
      : DEFAULT_PREFERENCES.volume,
    muted: typeof muted === "boolean" ? muted : DEFAULT_PREFERENCES.muted,
  };
}

/** The settings of this device; the defaults where storage is forbidden. */
export function loadPreferences(): Preferences {
  try {
    return parsePreferences(localStorage.getItem(KEY));
  } catch {
    return DEFAULT_PREFERENCES;
  }
}

const BLOCKED_KEY = "wanren.whep";

/** What an earlier page found out: this network lets no WebRTC through, until some instant. */
export function recallBlocked(nowMs: number): HealthTable {
  try {
    const retryAtMs = Number(localStorage.getItem(BLOCKED_KEY));
    // A clock that was put back does not make it last.
    if (retryAtMs > nowMs && retryAtMs <= nowMs + MAX_COOL_DOWN_MS) {
      return { whep: { failures: 1, retryAtMs, unplayable: false } };
    }
  } catch {
    // Nothing is remembered where storage is forbidden.
  }
  return {};
}

/** Remembers the same for the next page. */
export function rememberBlocked(nowMs: number): void {
  try {
    localStorage.setItem(BLOCKED_KEY, String(nowMs + MAX_COOL_DOWN_MS));
  } catch {
    // The next page finds out by itself.
  }
}

/**
 * Remembers theatre mode where the server sees it, so that the page begins in it and nothing moves.
 * The name is the one of `routes/pages/view.ts`.
 */
export function rememberTheatre(on: boolean): void {
  const secure = location.protocol === "https:" ? "; secure" : "";
  const age = on ? 365 * 24 * 3600 : 0;
  document.cookie = `wanren_theatre=1; path=/rooms; max-age=${age}; samesite=lax${secure}`;
}

/** Stores the settings; a browser that forbids it keeps them for this page only. */
export function savePreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // Private mode or a full store: the player works the same, it only does not remember.
  }
}
