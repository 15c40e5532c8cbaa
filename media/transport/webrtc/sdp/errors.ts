/**
 * What can be wrong with a session description, as a closed catalogue.
 *
 * @module
 */

/**
 * Machine-readable reason of an {@linkcode SdpError}.
 *
 * - `too_large`: more bytes, lines or sections than are read
 * - `malformed`: the text breaks RFC 8866 or an attribute breaks its own grammar
 * - `no_media`: no section for sound or picture can be used
 * - `not_secure`: a section does not use SRTP keyed by DTLS (`UDP/TLS/RTP/SAVPF`)
 * - `no_bundle`, `no_rtcp_mux`: one transport for everything is required (RFC 9725 §4.4)
 * - `no_ice`, `no_fingerprint`, `bad_setup`: the transport cannot be opened
 * - `wrong_direction`: a publisher that only receives, a viewer that only sends
 * - `unsupported_codec`: the section lists only codecs that are not carried
 */
export type SdpErrorCode =
  | "too_large"
  | "malformed"
  | "no_media"
  | "not_secure"
  | "no_bundle"
  | "no_rtcp_mux"
  | "no_ice"
  | "no_fingerprint"
  | "bad_setup"
  | "wrong_direction"
  | "unsupported_codec";

/** A session description or fragment that is refused; the message is a sentence for its author. */
export class SdpError extends Error {
  override readonly name = "SdpError";
  readonly code: SdpErrorCode;
  /** Line at which reading stopped, from 1; 0 when the description as a whole is meant. */
  readonly line: number;

  constructor(code: SdpErrorCode, message: string, line = 0) {
    super(message);
    this.code = code;
    this.line = line;
  }
}

/** Text from outside, fit for an error message. */
export function quoted(text: string): string {
  const printable = text.replace(/[^\x20-\x7e]/g, "?");
  return printable.length > 40 ? `${printable.slice(0, 40)}…` : printable;
}
