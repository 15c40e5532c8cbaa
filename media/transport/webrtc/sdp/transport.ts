/**
 * The transport of a session description: ICE credentials (RFC 8839), DTLS fingerprint and role
 * (RFC 8842, RFC 4145), candidates.
 *
 * @module
 */
import { SdpError } from "./errors.ts";
import { attributeOf, attributesOf, type SdpSection, type SdpSession } from "./session.ts";

/** DTLS role of `a=setup` (RFC 4145 §4). */
export type SetupRole = "actpass" | "active" | "passive";

/** What one side says about its end of the transport. */
export interface TransportDescription {
  readonly iceUfrag: string;
  readonly icePwd: string;
  /** `sha-256 AB:CD:…` */
  readonly fingerprint: string;
  readonly setup: SetupRole;
}

/** Bytes of the digests that may stand in a fingerprint (RFC 8122 §5). */
const DIGEST_BYTES: Readonly<Record<string, number>> = {
  "sha-256": 32,
  "sha-384": 48,
  "sha-512": 64,
};

/**
 * The transport of a section; what it lacks is looked for in `tagged` (the first of the BUNDLE
 * group, RFC 9143 §7.2.1: bundled sections need not repeat it) and at session level.
 *
 * @throws {SdpError} `no_ice`, `no_fingerprint`, `bad_setup`.
 */
export function transportOf(
  session: SdpSession,
  sections: readonly SdpSection[],
): TransportDescription {
  const find = (name: string): string | null => {
    for (const place of [...sections, session]) {
      const value = attributeOf(place, name);
      if (value !== null) return value.trim();
    }
    return null;
  };
  const iceUfrag = find("ice-ufrag") ?? "";
  const icePwd = find("ice-pwd") ?? "";
  if (!isIceUfrag(iceUfrag) || !isIcePwd(icePwd)) {
    throw new SdpError(
      "no_ice",
      "Cannot use offer: a=ice-ufrag (4–256 characters) and a=ice-pwd (22–256) are required.",
    );
  }
  return {
    iceUfrag,
    icePwd,
    fingerprint: fingerprintOf([...sections, session]),
    setup: setupOf(find("setup")),
  };
}

/** Whether a text is an ICE user fragment (RFC 8839 §5.4). */
export function isIceUfrag(text: string): boolean {
  return /^[A-Za-z0-9+/]{4,256}$/.test(text);
}

/** Whether a text is an ICE password (RFC 8839 §5.4). */
export function isIcePwd(text: string): boolean {
  return /^[A-Za-z0-9+/]{22,256}$/.test(text);
}

function fingerprintOf(places: readonly (SdpSection | SdpSession)[]): string {
  for (const place of places) {
    const values = attributesOf(place, "fingerprint");
    for (const value of values) {
      const [algorithm, digest, more] = value.trim().split(/\s+/);
      const bytes = DIGEST_BYTES[algorithm.toLowerCase()];
      if (bytes === undefined || more !== undefined || digest === undefined) continue;
      if (!/^[0-9a-f]{2}(:[0-9a-f]{2})*$/i.test(digest)) continue;
      if (digest.length !== bytes * 3 - 1) continue;
      return `${algorithm.toLowerCase()} ${digest.toUpperCase()}`;
    }
    if (values.length > 0) break;
  }
  throw new SdpError(
    "no_fingerprint",
    "Cannot use offer: there is no a=fingerprint with SHA-256, SHA-384 or SHA-512.",
  );
}

function setupOf(value: string | null): SetupRole {
  // RFC 8842 §5.2: an offer must say actpass; older clients name their role or leave it out.
  if (value === null) return "actpass";
  if (value === "actpass" || value === "active" || value === "passive") return value;
  throw new SdpError("bad_setup", "Cannot use offer: a=setup is not actpass, active or passive.");
}
