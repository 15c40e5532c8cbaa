/**
 * Random tokens, their digests, and comparison that takes the same time for every wrong answer.
 *
 * @module
 */
import { createHash, timingSafeEqual } from "node:crypto";

/** `bytes` random bytes in base64url without padding. */
export function randomToken(bytes: number): string {
  return crypto.getRandomValues(new Uint8Array(bytes)).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
}

/** An account's id: 96 random bits in hexadecimal. */
export function randomAccountId(): string {
  return crypto.getRandomValues(new Uint8Array(12)).toHex();
}

/** SHA-256 of the text's UTF-8, hexadecimal. */
export function sha256Hex(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** Whether two secrets are equal, in a time that does not depend on where they differ. */
export function equalSecrets(left: string, right: string): boolean {
  return timingSafeEqual(
    createHash("sha256").update(left, "utf8").digest(),
    createHash("sha256").update(right, "utf8").digest(),
  );
}
