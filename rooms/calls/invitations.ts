/**
 * Invitations to calls: signed texts that stand in links. They name one making of a call and the time
 * until which they are good, and no person; whoever has the link may come.
 *
 * @module
 */
import { createHmac, timingSafeEqual } from "node:crypto";

/** An invitation is good for so long, milliseconds. */
export const INVITATION_LIFE_MS = 7 * 24 * 3_600_000;

const FORM = /^([\w-]{8,64})\.([0-9a-z]{1,11})\.([\w-]{43})$/;

/** Makes and reads invitations. */
export class Invitations {
  readonly #key: string;

  /** @param key of this instance, for nothing else. */
  constructor(key: string) {
    this.#key = key;
  }

  /** An invitation to a call. */
  issue(callId: string, nowMs: number): { readonly token: string; readonly expiresAtMs: number } {
    const expiresS = Math.floor((nowMs + INVITATION_LIFE_MS) / 1000);
    const claim = `${callId}.${expiresS.toString(36)}`;
    return { token: `${claim}.${this.#sign(claim)}`, expiresAtMs: expiresS * 1000 };
  }

  /** Whether the invitation is ours, to this call, and still good. */
  holds(token: string, { callId, nowMs }: { readonly callId: string; readonly nowMs: number }) {
    const [, id, expires, signature] = FORM.exec(token) ?? [];
    if (id === undefined || expires === undefined || signature === undefined) return false;
    const expected = new TextEncoder().encode(this.#sign(`${id}.${expires}`));
    const given = new TextEncoder().encode(signature);
    if (!timingSafeEqual(expected, given)) return false;
    return id === callId && Number.parseInt(expires, 36) * 1000 > nowMs;
  }

  #sign(claim: string): string {
    return createHmac("sha256", this.#key).update(claim, "utf8").digest("base64url");
  }
}
