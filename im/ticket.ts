/**
 * Tickets: what `web` gives a viewer to show at a gateway. Signed with a key of the cluster, so that
 * an edge needs no business and no database to tell who somebody is.
 *
 * @module
 */
import type { Sender } from "./protocol/message.ts";

/** A ticket is good for a connection within this time, milliseconds. */
export const TICKET_LIFE_MS = 60_000;

/** What a ticket says. */
export interface Ticket {
  readonly room: string;
  /** Null: a visitor. */
  readonly sender: Sender | null;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

/** Makes and reads tickets. */
export interface TicketBox {
  issue(ticket: Ticket): Promise<string>;
  /** Null when it is forged, malformed or too old. */
  open(text: string, options: { readonly nowMs: number }): Promise<Ticket | null>;
}

const MAX_LENGTH = 2_048;

/**
 * Tickets under an HMAC-SHA-256 key derived from the cluster's secret by HKDF: `<payload>.<mac>`,
 * both base64url.
 */
export async function ticketBox(clusterSecret: string): Promise<TicketBox> {
  const encoder = new TextEncoder();
  const base = await crypto.subtle.importKey("raw", encoder.encode(clusterSecret), "HKDF", false, [
    "deriveKey",
  ]);
  const key = await crypto.subtle.deriveKey(
    {
      name: "HKDF",
      hash: "SHA-256",
      salt: new Uint8Array(32),
      info: encoder.encode("wanren/im-ticket"),
    },
    base,
    { name: "HMAC", hash: "SHA-256", length: 256 },
    false,
    ["sign", "verify"],
  );
  return {
    async issue(ticket) {
      const payload = encoder.encode(JSON.stringify(ticket));
      const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, payload));
      return `${toBase64Url(payload)}.${toBase64Url(mac)}`;
    },
    async open(text, { nowMs }) {
      if (text.length > MAX_LENGTH) return null;
      const [payload, mac] = text.split(".", 2).map(fromBase64Url);
      if (payload == null || mac == null) return null;
      // The comparison inside takes the same time for every wrong MAC.
      if (!(await crypto.subtle.verify("HMAC", key, mac, payload))) return null;
      const ticket = JSON.parse(new TextDecoder().decode(payload)) as Ticket;
      return ticket.expiresAtMs > nowMs ? ticket : null;
    },
  };
}

function toBase64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.fromBase64(text, { alphabet: "base64url" });
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
