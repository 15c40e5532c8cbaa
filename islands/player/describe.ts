/**
 * Turns what the session knows into words.
 *
 * @module
 */
import type { PlayerState } from "./state.ts";
import type { Protocol } from "./protocol.ts";
import type { PlayerText } from "../i18n/player.ts";

/** Stands for a figure that is not known. */
export const UNKNOWN = "–";

const PROTOCOL_NAMES: Readonly<Record<Protocol, string>> = {
  whep: "WebRTC",
  "ws-flv": "WS-FLV",
  llhls: "LL-HLS",
  flv: "HTTP-FLV",
  hls: "HLS",
};

/** The name of a protocol as people in the field write it. */
export function protocolName(protocol: Protocol): string {
  return PROTOCOL_NAMES[protocol];
}

/** Tenths of a second: `1.4 s`, `1.4 秒`. */
export function secondsText(ms: number | null, text: Pick<PlayerText, "seconds">): string {
  return ms === null ? UNKNOWN : text.seconds(ms < 100 ? "< 0.1" : (ms / 1000).toFixed(1));
}

/** The chip over the picture; null while latency is not known. */
export function latencyChip(ms: number | null, text: PlayerText): string | null {
  if (ms === null) return null;
  return `${ms < 2_500 ? text.lowLatency : text.delay} · ${secondsText(ms, text)}`;
}

/** What an overlay says about a state. */
export interface Notice {
  readonly title: string;
  readonly body: string;
  /** Words of the button that tries again; null: nothing to press. */
  readonly action: string | null;
  /** Something is under way by itself. */
  readonly busy: boolean;
}

/** The notice of a state, or null when the picture speaks for itself. */
export function notice(
  state: PlayerState,
  context: { readonly online: boolean; readonly text: PlayerText },
): Notice | null {
  const { text } = context;
  switch (state) {
    case "reconnecting":
      return context.online
        ? {
          title: text.reconnectingTitle,
          body: text.reconnectingBody,
          action: text.tryNow,
          busy: true,
        }
        : { title: text.offlineTitle, body: text.offlineBody, action: null, busy: true };
    case "waiting":
      return {
        title: text.waitingTitle,
        body: text.waitingBody,
        action: text.checkNow,
        busy: false,
      };
    case "ended":
      return { title: text.endedTitle, body: text.endedBody, action: text.checkNow, busy: false };
    case "failed":
      return { title: text.failedTitle, body: text.failedBody, action: text.tryAgain, busy: false };
    default:
      return null;
  }
}

/** One sentence of a state for screen readers; empty when there is nothing to say. */
export function spokenState(
  state: PlayerState,
  context: { readonly online: boolean; readonly text: PlayerText },
): string {
  const { text } = context;
  const shown = notice(state, context);
  if (shown !== null) return `${shown.title}. ${shown.body}`;
  switch (state) {
    case "loading":
      return text.loading;
    case "buffering":
      return text.buffering;
    case "playing":
      return text.nowPlaying;
    default:
      return "";
  }
}
