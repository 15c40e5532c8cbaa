/**
 * The perfect-negotiation pattern (WebRTC 1.0 §10.7) for one peer connection: both sides may change
 * what they send at any time, and when both do at once the polite one gives way.
 *
 * @module
 */
import type { Candidate, Description } from "../../rooms/calls/protocol.ts";

/** What one side says to the other one. */
export type NegotiationMessage =
  | { readonly type: "description"; readonly description: Description }
  | { readonly type: "candidate"; readonly candidate: Candidate | null };

/** What is needed of a connection. */
export type NegotiatedConnection = Pick<
  RTCPeerConnection,
  | "signalingState"
  | "localDescription"
  | "remoteDescription"
  | "setLocalDescription"
  | "setRemoteDescription"
  | "addIceCandidate"
  | "restartIce"
  | "addEventListener"
  | "removeEventListener"
>;

/** What a {@linkcode Negotiator} stands on. */
export interface NegotiatorOptions {
  readonly connection: NegotiatedConnection;
  /** Gives way when both offer at once. Exactly one of the two sides is. */
  readonly polite: boolean;
  /** Makes the first offer. Exactly one of the two sides does. */
  readonly initiator: boolean;
  readonly send: (message: NegotiationMessage) => void;
  /** The first offer is in and its answer not made: whoever did not offer adds what it sends. */
  readonly onFirstOffer?: () => void;
  /** Something could not be applied; the connection goes on as it was. */
  readonly onTrouble?: (error: Error) => void;
}

/** Drives one connection from its events and the other side's messages. */
export class Negotiator {
  readonly #options: NegotiatorOptions;
  #makingOffer = false;
  #ignoringOffer = false;
  #settingAnswer = false;
  /** False until the first offer was made or taken: before that the initiator alone may offer. */
  #begun: boolean;
  #closed = false;
  /** Messages are applied one after the other. */
  #work: Promise<void> = Promise.resolve();
  /** Candidates that came before any description. */
  readonly #early: (Candidate | null)[] = [];

  constructor(options: NegotiatorOptions) {
    this.#options = options;
    this.#begun = options.initiator;
    const { connection } = options;
    connection.addEventListener("negotiationneeded", this.#onNeeded);
    connection.addEventListener("icecandidate", this.#onCandidate);
  }

  /** Takes a message of the other side. */
  take(message: NegotiationMessage): Promise<void> {
    return this.#work = this.#work.then(() => this.#apply(message)).catch((error) => {
      if (!this.#closed) this.#options.onTrouble?.(error as Error);
    });
  }

  /** Looks for new ways between the two, and offers them. */
  restart(): void {
    if (!this.#closed && this.#begun) this.#options.connection.restartIce();
  }

  /** The way to the other side was broken: an offer that may be lost is made anew. */
  resync(): void {
    const { connection } = this.#options;
    if (this.#begun && connection.signalingState === "have-local-offer") void this.#offer();
  }

  /** Hears and says nothing any more; the connection is its owner's to close. */
  close(): void {
    this.#closed = true;
    const { connection } = this.#options;
    connection.removeEventListener("negotiationneeded", this.#onNeeded);
    connection.removeEventListener("icecandidate", this.#onCandidate);
  }

  readonly #onNeeded = () => {
    if (this.#begun) void this.#offer();
  };

  readonly #onCandidate = (event: Event) => {
    const { candidate } = event as RTCPeerConnectionIceEvent;
    this.#options.send({ type: "candidate", candidate: candidate && plain(candidate) });
  };

  async #offer(): Promise<void> {
    const { connection, send, onTrouble } = this.#options;
    try {
      this.#makingOffer = true;
      await connection.setLocalDescription();
      const description = connection.localDescription;
      if (this.#closed || description === null) return;
      // Between the two an offer of the other side may have been taken: then this is its answer, and
      // whoever took it says it.
      if (description.type === "offer") send({ type: "description", description: of(description) });
    } catch (error) {
      if (!this.#closed) onTrouble?.(error as Error);
    } finally {
      this.#makingOffer = false;
    }
  }

  async #apply(message: NegotiationMessage): Promise<void> {
    if (this.#closed) return;
    if (message.type === "candidate") await this.#addCandidate(message.candidate);
    else await this.#describe(message.description);
  }

  async #describe(description: Description): Promise<void> {
    const { connection, polite, send, onFirstOffer } = this.#options;
    const isReady = !this.#makingOffer &&
      (connection.signalingState === "stable" || this.#settingAnswer);
    const collides = description.type === "offer" && !isReady;
    this.#ignoringOffer = !polite && collides;
    if (this.#ignoringOffer) return;
    if (description.type === "answer" && connection.signalingState !== "have-local-offer") return;
    this.#settingAnswer = description.type === "answer";
    try {
      // The polite side's own offer is rolled back by this (JSEP §4.1.8.2).
      await connection.setRemoteDescription(description);
    } finally {
      this.#settingAnswer = false;
    }
    for (const candidate of this.#early.splice(0)) await this.#addCandidate(candidate);
    if (description.type !== "offer" || this.#closed) return;
    const isFirst = !this.#begun;
    this.#begun = true;
    if (isFirst) onFirstOffer?.();
    await connection.setLocalDescription();
    const answer = connection.localDescription;
    if (answer !== null && !this.#closed) {
      send({ type: "description", description: of(answer) });
    }
  }

  async #addCandidate(candidate: Candidate | null): Promise<void> {
    const { connection } = this.#options;
    if (connection.remoteDescription === null) {
      if (!this.#ignoringOffer && this.#early.length < MAX_EARLY) this.#early.push(candidate);
      return;
    }
    // One that belongs to nothing (of an offer that was ignored, of a connection before this one) is a
    // way less and no more.
    await connection.addIceCandidate(candidate ?? undefined).catch(() => {});
  }
}

const MAX_EARLY = 64;

function of({ type, sdp }: RTCSessionDescription): Description {
  return { type: type as "offer" | "answer", sdp };
}

function plain({ candidate, sdpMid, sdpMLineIndex, usernameFragment }: RTCIceCandidate): Candidate {
  return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
}
