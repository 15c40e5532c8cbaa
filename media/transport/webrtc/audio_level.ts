/**
 * Loudness in packets (RFC 6464) and who speaks. Pure: the clock is passed in.
 *
 * @module
 */
import type { RtpPacket } from "./rtp.ts";

/** Loudness of the sound in one packet. */
export interface AudioLevel {
  /** Below full scale, in decibels: 0 is the loudest, 127 silence. */
  readonly attenuationDb: number;
  /** The sender believes that somebody speaks. */
  readonly hasVoice: boolean;
}

/** The level in a packet; null without the extension (RFC 6464 §3, one- and two-byte headers alike). */
export function audioLevelOf(packet: RtpPacket, extensionId: number | null): AudioLevel | null {
  const data = extensionId === null ? null : packet.extension(extensionId);
  if (data === null || data.length === 0) return null;
  return { attenuationDb: data[0] & 0x7f, hasVoice: (data[0] & 0x80) !== 0 };
}

/** Louder than this counts as speech, in decibels below full scale. */
const SPEECH_DB = 50;
/** Another one must be louder by this… */
const LOUDER_DB = 6;
/** … for this long, so that a cough does not turn all heads. */
const TAKES_OVER_MS = 400;
/** Loudness follows packets within about this time. */
const SMOOTHING_MS = 150;
/** Who sends nothing for this long is silent: with DTX packets stop. */
const STALE_MS = 500;
const SILENCE_DB = 127;

interface Speaker {
  attenuationDb: number;
  atMs: number;
  /** Since when it is louder than the active one; null while it is not. */
  louderSinceMs: number | null;
}

/** Finds who speaks among the participants of a room. */
export class ActiveSpeaker<Key> {
  readonly #speakers = new Map<Key, Speaker>();
  #active: Key | null = null;

  /** Who speaks now, or spoke last; null before anybody did. */
  get active(): Key | null {
    return this.#active;
  }

  /** Takes the level of a packet; true when another one is active now. */
  level(key: Key, level: AudioLevel, nowMs: number): boolean {
    const known = this.#speakers.get(key);
    const speaker = known ?? { attenuationDb: SILENCE_DB, atMs: nowMs, louderSinceMs: null };
    if (known === undefined) this.#speakers.set(key, speaker);
    const weight = 1 - Math.exp(-Math.max(20, nowMs - speaker.atMs) / SMOOTHING_MS);
    speaker.attenuationDb += (level.attenuationDb - speaker.attenuationDb) * weight;
    speaker.atMs = nowMs;
    return this.#consider(key, { speaker, nowMs });
  }

  /** A participant left. */
  remove(key: Key): void {
    this.#speakers.delete(key);
    if (this.#active === key) this.#active = null;
  }

  /** Smoothed level of a participant in decibels below full scale; 127 is silence. */
  attenuationOf(key: Key, nowMs: number): number {
    const speaker = this.#speakers.get(key);
    if (speaker === undefined || nowMs - speaker.atMs > STALE_MS) return SILENCE_DB;
    return speaker.attenuationDb;
  }

  #consider(key: Key, of: { readonly speaker: Speaker; readonly nowMs: number }): boolean {
    const { speaker, nowMs } = of;
    if (key === this.#active) return false;
    const activeDb = this.#active === null ? SILENCE_DB : this.attenuationOf(this.#active, nowMs);
    const isLouder = speaker.attenuationDb < SPEECH_DB &&
      speaker.attenuationDb + LOUDER_DB < activeDb;
    if (!isLouder) {
      speaker.louderSinceMs = null;
      return false;
    }
    speaker.louderSinceMs ??= nowMs;
    if (this.#active !== null && nowMs - speaker.louderSinceMs < TAKES_OVER_MS) return false;
    this.#active = key;
    for (const other of this.#speakers.values()) other.louderSinceMs = null;
    return true;
  }
}
