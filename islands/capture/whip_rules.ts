/**
 * The rules of {@linkcode WhipPublisher}: which codec first, how many layers, what a refusal means
 * and when to come back. Pure.
 *
 * @module
 */
import { ExchangeError } from "./offer_exchange.ts";
import type { VideoGoal } from "./uplink.ts";

/** Nothing heard of the other side for so long: it is asked, then taken for gone, milliseconds. */
export const SILENCE = { askAfterMs: 1_000, goneAfterMs: 3_000 };
/** Shortest and longest wait between attempts, milliseconds. */
const MIN_RETRY_MS = 250;
const MAX_RETRY_MS = 2_000;

/** Why the broadcast is not on the air. */
export type RefusalKind =
  /** The publish key is not the one of this room. */
  | "wrongKey"
  | "unknownRoom"
  /** The room, or who owns it, was closed by an administrator. */
  | "suspended"
  /** It was ended a moment ago, and encoders are held off. */
  | "ended"
  | "tooMany"
  /** The server cannot take it now. */
  | "unavailable"
  /** This server takes no broadcasts from browsers. */
  | "noWhip"
  /** The server does not understand the offer. */
  | "rejected"
  /** There is no server, or no network. */
  | "unreachable"
  /** The server answers, and media does not get through: UDP is blocked. */
  | "noRoute"
  /** Somebody else publishes into this room. */
  | "taken"
  /** It was connected, and is not any more. */
  | "lost"
  | "signedOut";

/** A refusal with the time the server asked for. */
export interface Refusal {
  readonly kind: RefusalKind;
  readonly retryAfterMs: number | null;
}

const BY_CODE: Readonly<Record<string, RefusalKind>> = {
  wrong_key: "wrongKey",
  unknown_room: "unknownRoom",
  suspended: "suspended",
  room_suspended: "suspended",
  ended: "ended",
  held: "ended",
  too_many_streams: "tooMany",
  unavailable: "unavailable",
};

const BY_STATUS: Readonly<Record<number, RefusalKind>> = {
  0: "unreachable",
  401: "wrongKey",
  403: "suspended",
  404: "unknownRoom",
  405: "noWhip",
  409: "ended",
  429: "unavailable",
  501: "noWhip",
};

/** What an error of the exchange means. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof ExchangeError)) {
    // The account's own API, which gives the key.
    const status = (error as { readonly status?: unknown } | null)?.status;
    if (status === 401) return { kind: "signedOut", retryAfterMs: null };
    return { kind: status === undefined ? "rejected" : "unavailable", retryAfterMs: null };
  }
  const { status, code, retryAfterMs } = error;
  const kind = (code === null ? undefined : BY_CODE[code]) ?? BY_STATUS[status] ??
    (status >= 500 ? "unavailable" : "rejected");
  return { kind, retryAfterMs };
}

/** Whether coming back by itself cannot help. */
export function isFinal({ kind }: Refusal): boolean {
  switch (kind) {
    case "wrongKey":
    case "unknownRoom":
    case "suspended":
    case "ended":
    case "noWhip":
    case "rejected":
    case "signedOut":
    case "taken":
      return true;
    default:
      return false;
  }
}

/**
 * Wait before attempt number `attempt` (0 is the first one after the loss): doubles from 0.25 to
 * 2 s and takes a random point in the upper half; never less than the server asked for.
 *
 * @param random 0 inclusive to 1 exclusive
 */
export function retryMs(
  { retryAfterMs }: Refusal,
  { attempt, random }: { readonly attempt: number; readonly random: number },
): number {
  const ceilingMs = Math.min(MIN_RETRY_MS * 2 ** Math.min(attempt, 10), MAX_RETRY_MS);
  const waitMs = Math.round(ceilingMs * (0.5 + random / 2));
  return Math.max(waitMs, Math.min(retryAfterMs ?? 0, 30_000));
}

/**
 * The codecs in the order of preference: H.264, which plays everywhere without another encoding,
 * its packetization mode 1 and the constrained baseline profile first, then VP8, VP9 and AV1.
 * What repairs or protects packets stays at its end.
 */
export function orderCodecs<
  Codec extends { readonly mimeType: string; readonly sdpFmtpLine?: string },
>(codecs: readonly Codec[]): Codec[] {
  return codecs.map((codec, index) => ({ codec, index, rank: rankOf(codec) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ codec }) => codec);
}

function rankOf(
  { mimeType, sdpFmtpLine = "" }: { readonly mimeType: string; readonly sdpFmtpLine?: string },
): number {
  switch (mimeType.toLowerCase()) {
    case "video/h264": {
      const mode = /packetization-mode=1/.test(sdpFmtpLine) ? 0 : 2;
      return mode + (/profile-level-id=42e0/i.test(sdpFmtpLine) ? 0 : 1);
    }
    case "video/vp8":
      return 10;
    case "video/vp9":
      return 11;
    case "video/av1":
      return 12;
    default:
      return 20;
  }
}

/** The layers that are sent: the whole picture, and a small one beside it when asked for. */
export function sendEncodings(
  goal: VideoGoal,
  { simulcast }: { readonly simulcast: boolean },
): RTCRtpEncodingParameters[] {
  const high = { maxBitrate: goal.kbps * 1000, maxFramerate: goal.fps, scaleResolutionDownBy: 1 };
  if (!simulcast || goal.height < 480) return [high];
  const scale = Math.max(2, Math.round(goal.height / 270));
  return [
    { ...high, rid: "h" },
    {
      rid: "l",
      maxBitrate: Math.max(150, Math.round(goal.kbps / 8)) * 1000,
      maxFramerate: Math.min(goal.fps, 20),
      scaleResolutionDownBy: scale,
    },
  ];
}
