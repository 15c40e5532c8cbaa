/**
 * Stand-ins for tests of the role: a transport without a network, packets without media.
 *
 * @module
 */
import type { SourcePacket } from "./egress/packet.ts";
import type { Peer, PeerEvents, PeerFactory } from "./peer.ts";
import type { LocalTransport, TransportDescription } from "../transport/webrtc/sdp/mod.ts";

/** A transport that remembers what was sent. */
export class FakePeer implements Peer {
  readonly local: LocalTransport = {
    iceUfrag: "srvr",
    icePwd: "0123456789abcdef0123456789",
    fingerprint: `sha-256 ${Array(32).fill("AB").join(":")}`,
    setup: "active",
    candidates: [{
      foundation: "1",
      component: 1,
      transport: "udp",
      priority: 2_113_937_151,
      address: "192.0.2.9",
      port: 8189,
      type: "host",
    }],
  };
  readonly sent: Uint8Array[] = [];
  readonly remote: TransportDescription;
  readonly events: PeerEvents;
  closed = false;
  /** False: the socket takes nothing. */
  takes = true;

  constructor(remote: TransportDescription, events: PeerEvents) {
    this.remote = remote;
    this.events = events;
  }

  send(packet: Uint8Array): boolean {
    if (this.closed || !this.takes) return false;
    this.sent.push(packet.slice());
    return true;
  }

  close(): void {
    this.closed = true;
  }
}

/** Opens {@linkcode FakePeer}s. */
export class FakePeers implements PeerFactory {
  readonly opened: FakePeer[] = [];
  failure: Error | null = null;

  open(remote: TransportDescription, events: PeerEvents): Promise<Peer> {
    if (this.failure !== null) return Promise.reject(this.failure);
    const peer = new FakePeer(remote, events);
    this.opened.push(peer);
    return Promise.resolve(peer);
  }

  stop(): void {
    for (const peer of this.opened) peer.close();
  }
}

/** A video packet; pictures have 3,000 ticks. */
export function videoPacket(
  sequence: number,
  of: Partial<SourcePacket> & { readonly picture?: number } = {},
): SourcePacket {
  const { picture = sequence, ...rest } = of;
  const bytes = new Uint8Array(112);
  bytes[0] = 0x80;
  return {
    kind: "video",
    layer: 0,
    bytes,
    sequence,
    timestamp: picture * 3000,
    marker: true,
    keyFrameStart: false,
    ...rest,
  };
}

/** An audio packet of 20 ms. */
export function audioPacket(sequence: number): SourcePacket {
  const bytes = new Uint8Array(92);
  bytes[0] = 0x80;
  return {
    kind: "audio",
    layer: 0,
    bytes,
    sequence,
    timestamp: sequence * 960,
    marker: false,
    keyFrameStart: false,
  };
}
