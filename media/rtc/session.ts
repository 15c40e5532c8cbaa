/**
 * What every WebRTC session has, whatever flows in it, and the list of those that are open.
 *
 * @module
 */
import type { OpenCounts, SessionKind } from "./limits.ts";

/**
 * Where a session stands. `connecting`: the answer was given, nothing has arrived; `connected`: ICE
 * and DTLS are up; `closed`: over, for good.
 */
export type SessionPhase = "connecting" | "connected" | "closed";

/** Why a session ended; stands in its closing log line. */
export type SessionEnd =
  /** The client said so by DELETE. */
  | "left"
  /** Never came up within the time for it. */
  | "not_connected"
  /** ICE or DTLS failed, or nothing arrived any more. */
  | "connection_lost"
  /** The stream ended. */
  | "stream_ended"
  /** `media` closed the stream: key rotated, cut off, suspended, taken over. */
  | "closed_by_media"
  /** The publisher came back with a codec that this viewer did not agree to. */
  | "codec_changed"
  /** It could not be opened. */
  | "failed"
  | "draining";

/** One WHIP publisher or WHEP viewer. */
export interface RtcSession {
  /** Unguessable; part of its address. */
  readonly id: string;
  readonly kind: SessionKind;
  readonly room: string;
  readonly address: string;
  /** Milliseconds since the epoch. */
  readonly openedAtMs: number;
  readonly phase: SessionPhase;
  /** Entity tag of the ICE session, with its quotes (RFC 9725 §4.3.1). */
  readonly etag: string;
  /** The client's own `ice-ufrag`: another one in a PATCH asks for an ICE restart. */
  readonly remoteUfrag: string;
  /** Closes everything at once; again does nothing. */
  close(reason: SessionEnd): void;
  /** For `/debug`. */
  inspect(): Readonly<Record<string, unknown>>;
}

/** A new address of a session: 144 random bits. */
export function newSessionId(): string {
  return crypto.getRandomValues(new Uint8Array(18)).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
}

/** The sessions that are open. */
export class SessionRegistry {
  readonly #sessions = new Map<string, RtcSession>();

  /** Sessions that are open. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Takes a session; it is forgotten by {@linkcode remove}. */
  add(session: RtcSession): void {
    this.#sessions.set(session.id, session);
  }

  /** Forgets a session; one that is not there is fine. */
  remove(session: RtcSession): void {
    if (this.#sessions.get(session.id) === session) this.#sessions.delete(session.id);
  }

  /** The session of an address; null when it is over or never was. */
  find(of: { readonly kind: SessionKind; readonly room: string; readonly id: string }) {
    const session = this.#sessions.get(of.id);
    return session?.kind === of.kind && session.room === of.room ? session : null;
  }

  /** What is open, of everybody or of one address. */
  counts(address?: string): OpenCounts {
    let halfOpen = 0;
    let publishers = 0;
    let viewers = 0;
    for (const session of this.#sessions.values()) {
      if (address !== undefined && session.address !== address) continue;
      if (session.phase === "connecting") halfOpen++;
      if (session.kind === "whip") publishers++;
      else viewers++;
    }
    return { halfOpen, publishers, viewers };
  }

  /** Connected viewers by room. */
  viewersByRoom(): ReadonlyMap<string, number> {
    const rooms = new Map<string, number>();
    for (const { kind, room, phase } of this.#sessions.values()) {
      if (kind === "whep" && phase === "connected") rooms.set(room, (rooms.get(room) ?? 0) + 1);
    }
    return rooms;
  }

  /** Every open session, the oldest first. */
  all(): readonly RtcSession[] {
    return [...this.#sessions.values()];
  }
}
