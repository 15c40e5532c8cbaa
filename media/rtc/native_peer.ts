/**
 * Peers by node-datachannel (libdatachannel). The library is given one section that stands for the
 * whole transport (`carrierOffer`), and never sees a text from outside. All peers share one UDP port.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createSocket } from "node:dgram";
import ndc from "node-datachannel";
import type { Logger } from "../../platform/log.ts";
import {
  CARRIER_MID,
  carrierOffer,
  type LocalTransport,
  localTransport,
  type TransportDescription,
} from "../transport/webrtc/sdp/mod.ts";
import type { Peer, PeerEvents, PeerFactory } from "./peer.ts";

/** What a {@linkcode NativePeers} needs. */
export interface NativePeerOptions {
  /** Address of the UDP socket; null: all of the machine. */
  readonly bindAddress: string | null;
  /** UDP. */
  readonly port: number;
  readonly log: Logger;
}

/** Gathering knows the addresses of the machine; it asks nobody. */
const GATHER_WITHIN_MS = 3_000;

/** Opens peers until it is stopped. */
export class NativePeers implements PeerFactory {
  readonly #options: NativePeerOptions;
  readonly #open = new Set<NativePeer>();
  /**
   * Tracks that the library has not let go of. It keeps bare pointers to them until it has said that
   * they are closed: one that was collected before would be touched again, at the latest by
   * `cleanup()`, and take the process with it.
   */
  readonly #kept = new Set<NativeTrack>();
  #count = 0;

  constructor(options: NativePeerOptions) {
    this.#options = options;
    // What a hostile client provokes is not worth a line each.
    ndc.initLogger("Fatal", (_level, message) => options.log.error("native", { message }));
    ndc.preload();
  }

  /** Peers that are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Tracks that the library still holds. */
  get kept(): number {
    return this.#kept.size;
  }

  async open(remote: TransportDescription, events: PeerEvents): Promise<Peer> {
    const { bindAddress, port } = this.#options;
    const connection = new ndc.PeerConnection(`${++this.#count}`, {
      iceServers: [],
      ...(bindAddress !== null && { bindAddress }),
      forceMediaTransport: true,
      enableIceUdpMux: true,
      portRangeBegin: port,
      portRangeEnd: port,
    });
    const peer = new NativePeer(connection, {
      events,
      onTrack: (track) => this.#keep(track),
      onClose: () => this.#open.delete(peer),
      onFault: (error) => this.#options.log.error("peer_fault", { error }),
    });
    this.#open.add(peer);
    try {
      await peer.answer(remote);
      return peer;
    } catch (error) {
      peer.close();
      throw error;
    }
  }

  /** Ends all peers, and the library with them. */
  stop(): void {
    for (const peer of [...this.#open]) peer.close();
    try {
      // Threads of the library would hold the process for ever.
      ndc.cleanup();
    } catch (error) {
      // One of them does not end; the process does, whatever it does.
      this.#options.log.warn("native_not_cleaned_up", { error: error as Error });
    }
  }

  #keep(track: NativeTrack): void {
    this.#kept.add(track);
    // The library forgets it right after this call.
    track.onClosed(() => void setTimeout(() => this.#kept.delete(track), 0));
  }
}

type NativeTrack = InstanceType<typeof ndc.Track>;

class NativePeer implements Peer {
  readonly #connection: InstanceType<typeof ndc.PeerConnection>;
  readonly #track: NativeTrack;
  readonly #events: PeerEvents;
  readonly #onClose: () => void;
  readonly #onFault: (error: Error) => void;
  readonly #gathered = Promise.withResolvers<void>();
  #local: LocalTransport | null = null;
  #closed = false;
  #connected = false;

  constructor(
    connection: InstanceType<typeof ndc.PeerConnection>,
    with_: {
      readonly events: PeerEvents;
      readonly onTrack: (track: NativeTrack) => void;
      readonly onClose: () => void;
      /** Something that was called by the library threw. */
      readonly onFault: (error: Error) => void;
    },
  ) {
    this.#connection = connection;
    this.#events = with_.events;
    this.#onClose = with_.onClose;
    this.#onFault = with_.onFault;
    const carrier = new ndc.Video(CARRIER_MID, "SendRecv");
    carrier.addVP8Codec(96);
    this.#track = connection.addTrack(carrier);
    with_.onTrack(this.#track);
    this.#track.onMessage((packet) => {
      this.#guard(() => {
        if (!this.#closed) this.#events.onPacket(packet);
      });
    });
    this.#track.onOpen(() => this.#guard(() => this.#opened()));
    connection.onGatheringStateChange((state) => {
      if (state === "complete") this.#gathered.resolve();
    });
    connection.onStateChange((state) => {
      if (state === "failed" || state === "closed" || state === "disconnected") {
        this.#guard(() => this.#lost());
      }
    });
  }

  get local(): LocalTransport {
    return this.#local!;
  }

  async answer(remote: TransportDescription): Promise<void> {
    const timer = setTimeout(
      () => this.#gathered.reject(new Error("Cannot open a peer: no candidates were gathered")),
      GATHER_WITHIN_MS,
    );
    try {
      this.#connection.setRemoteDescription(carrierOffer(remote), "offer");
      await this.#gathered.promise;
    } finally {
      clearTimeout(timer);
    }
    const description = this.#connection.localDescription();
    if (this.#closed || description === null) {
      throw new Error("Cannot open a peer: it was closed meanwhile");
    }
    this.#local = localTransport(description.sdp);
  }

  send(packet: Uint8Array): boolean {
    if (!this.#connected) return false;
    try {
      // The library copies.
      return this.#track.sendMessageBinary(
        packet instanceof Buffer
          ? packet
          : Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength),
      );
    } catch {
      // It was closed by the other side between two packets; `onState` tells.
      return false;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connected = false;
    this.#onClose();
    this.#gathered.reject(new Error("Cannot open a peer: it was closed meanwhile"));
    this.#gathered.promise.catch(() => {});
    this.#track.close();
    this.#connection.close();
  }

  /**
   * Runs what the library calls. Thrown into the library, an error would abort the process and end
   * the media of all peers; here it ends this one.
   */
  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#onFault(error as Error);
      try {
        this.#lost();
      } catch (second) {
        this.#onFault(second as Error);
      }
      this.close();
    }
  }

  #opened(): void {
    if (this.#closed || this.#connected) return;
    this.#connected = true;
    this.#events.onState("connected");
  }

  #lost(): void {
    if (this.#closed) return;
    this.#connected = false;
    this.#events.onState("closed");
  }
}

/** Rejects when another process has the UDP port: the library itself would fail late, at each peer. */
export async function checkUdpPort(
  options: { readonly port: number; readonly address: string | null },
): Promise<void> {
  const { port, address } = options;
  const socket = createSocket(address?.includes(":") ? "udp6" : "udp4");
  await new Promise<void>((resolve, reject) => {
    socket.once(
      "error",
      (error) => reject(new Error(`Cannot listen on UDP port ${port}: ${error.message}`)),
    );
    socket.bind({ port, ...(address !== null && { address }), exclusive: true }, resolve);
  });
  await new Promise<void>((resolve) => socket.close(() => resolve()));
}
