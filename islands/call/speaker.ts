/**
 * Who speaks: the loudest of the last moments, kept long enough that faces do not jump. Pure.
 *
 * @module
 */

/** Below it is the room, not the voice (linear, 0 to 1). */
const VOICE = 0.012;
/** Weight of a new reading. */
const ATTACK = 0.5;
const RELEASE = 0.25;
/** Somebody else must be so much louder, and so long after the last change, to be shown. */
const LOUDER = 1.5;
const HOLD_MS = 1_200;

/** Follows the levels of a call. */
export class SpeakerDetector {
  readonly #smooth = new Map<string, number>();
  #speaker: string | null = null;
  #changedAtMs = -Infinity;

  /** Who speaks, or spoke last; null: nobody did yet. */
  get speaker(): string | null {
    return this.#speaker;
  }

  /** Takes a reading of each; who is not among them is forgotten. */
  next(levels: ReadonlyMap<string, number>, nowMs: number): string | null {
    for (const id of this.#smooth.keys()) if (!levels.has(id)) this.#smooth.delete(id);
    for (const [id, level] of levels) {
      const before = this.#smooth.get(id) ?? 0;
      this.#smooth.set(id, before + (level - before) * (level > before ? ATTACK : RELEASE));
    }
    if (this.#speaker !== null && !levels.has(this.#speaker)) this.#speaker = null;
    let loudest: string | null = null;
    for (const [id, level] of this.#smooth) {
      if (level >= VOICE && level > (loudest === null ? 0 : this.#smooth.get(loudest)!)) {
        loudest = id;
      }
    }
    if (loudest === null || loudest === this.#speaker) return this.#speaker;
    const current = this.#speaker === null ? 0 : this.#smooth.get(this.#speaker) ?? 0;
    const mayChange = this.#speaker === null || nowMs - this.#changedAtMs >= HOLD_MS;
    if (mayChange && this.#smooth.get(loudest)! >= current * LOUDER) {
      this.#speaker = loudest;
      this.#changedAtMs = nowMs;
    }
    return this.#speaker;
  }

  /** Whether somebody is heard now. */
  isHeard(id: string): boolean {
    return (this.#smooth.get(id) ?? 0) >= VOICE;
  }
}
