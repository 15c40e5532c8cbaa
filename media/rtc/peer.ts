/**
 * The port to whatever speaks ICE, DTLS and SRTP. One peer is one transport: packets of all its
 * sources come and go through it, and whoever owns the session tells them apart (RFC 9143 §9.2).
 *
 * @module
 */
import type { LocalTransport, TransportDescription } from "../transport/webrtc/sdp/mod.ts";

/** Where a transport stands; it never leaves `closed`. */
export type PeerState = "connecting" | "connected" | "closed";

/** What a peer tells; never called after {@linkcode Peer.close}. */
export interface PeerEvents {
  /** An RTP or RTCP packet, decrypted. The bytes belong to the receiver. */
  onPacket(packet: Uint8Array): void;
  onState(state: Exclude<PeerState, "connecting">): void;
}

/** An open transport. */
export interface Peer {
  readonly local: LocalTransport;
  /**
   * Encrypts and sends an RTP or RTCP packet; the bytes may be changed again afterwards. False: it
   * could not be sent (not connected, or the socket is full) and is lost.
   */
  send(packet: Uint8Array): boolean;
  /** Ends the transport at once; again does nothing. */
  close(): void;
}

/** Opens transports. */
export interface PeerFactory {
  /**
   * Answers a remote side; resolves when all local candidates are known.
   *
   * @throws {Error} when the description cannot be used, or no socket can be had.
   */
  open(remote: TransportDescription, events: PeerEvents): Promise<Peer>;
  /** Releases everything native; no peer may be opened afterwards. */
  stop(): void;
}
