/**
 * An `RTCPeerConnection` by the state machine of JSEP §3.2 without media, for the tests of what
 * drives one: a description counts what its side wants to send.
 *
 * @module
 */

const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

/** One side. */
export class FakeConnection extends EventTarget {
  signalingState: RTCSignalingState = "stable";
  connectionState: RTCPeerConnectionState = "new";
  localDescription: RTCSessionDescription | null = null;
  remoteDescription: RTCSessionDescription | null = null;
  readonly candidates: unknown[] = [];
  readonly transceivers: FakeTransceiver[] = [];
  restarts = 0;
  /** What this side has asked to send. */
  wants = 0;
  /** What of it the other side knows. */
  agreed = 0;
  ontrack: unknown = null;
  onconnectionstatechange: (() => void) | null = null;
  oniceconnectionstatechange: (() => void) | null = null;
  #operations: Promise<void> = Promise.resolve();
  #stable: [RTCSessionDescription | null, RTCSessionDescription | null] = [null, null];

  /** @param name stands in its descriptions. */
  constructor(readonly name: string) {
    super();
  }

  /** The same as the type that browsers have. */
  get asPeer(): RTCPeerConnection {
    return this as unknown as RTCPeerConnection;
  }

  /** Something more is to be sent. */
  want(): void {
    this.wants++;
    queueMicrotask(() => this.#needed());
  }

  addTransceiver(track: { readonly kind: string } | string): FakeTransceiver {
    const transceiver = new FakeTransceiver(typeof track === "string" ? track : track.kind);
    this.transceivers.push(transceiver);
    this.want();
    return transceiver;
  }

  getTransceivers(): readonly FakeTransceiver[] {
    return this.transceivers;
  }

  createDataChannel(): { readyState: string } {
    this.want();
    return { readyState: "connecting" };
  }

  restartIce(): void {
    this.restarts++;
    this.want();
  }

  setLocalDescription(): Promise<void> {
    return this.#chain(() => this.#setLocal());
  }

  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    return this.#chain(() => this.#setRemote(description));
  }

  addIceCandidate(candidate?: unknown): Promise<void> {
    if (this.remoteDescription === null) return Promise.reject(new Error("InvalidStateError"));
    this.candidates.push(candidate);
    return Promise.resolve();
  }

  close(): void {
    this.signalingState = "closed";
    this.connectionState = "closed";
  }

  /** One operation after the other (WebRTC 1.0 §4.4.1.2). */
  #chain(operation: () => Promise<void>): Promise<void> {
    const run = this.#operations.then(operation);
    this.#operations = run.catch(() => {});
    return run;
  }

  async #setLocal(): Promise<void> {
    await pause();
    if (this.signalingState === "closed") throw new Error("InvalidStateError");
    if (this.signalingState === "have-remote-offer") {
      this.localDescription = describe("answer", `${this.name} ${this.wants}`);
      this.agreed = this.wants;
      this.#settle();
      return;
    }
    this.localDescription = describe("offer", `${this.name} ${this.wants}`);
    this.signalingState = "have-local-offer";
  }

  async #setRemote({ type, sdp = "" }: RTCSessionDescriptionInit): Promise<void> {
    await pause();
    if (this.signalingState === "closed") throw new Error("InvalidStateError");
    const before = this.#stable[1];
    // Another connection of the other side shows another certificate.
    if (before !== null && before.sdp.split(" ")[0] !== sdp.split(" ")[0]) {
      throw new Error("InvalidAccessError: another fingerprint");
    }
    if (type === "offer") {
      if (this.signalingState === "have-local-offer") {
        // Implicit rollback.
        [this.localDescription, this.remoteDescription] = this.#stable;
      } else if (this.signalingState !== "stable") throw new Error("InvalidStateError");
      this.remoteDescription = describe("offer", sdp);
      this.signalingState = "have-remote-offer";
      return;
    }
    if (this.signalingState !== "have-local-offer") throw new Error("InvalidStateError");
    this.remoteDescription = describe("answer", sdp);
    this.agreed = Number(this.localDescription!.sdp.split(" ")[1]);
    this.#settle();
  }

  #settle(): void {
    this.signalingState = "stable";
    this.#stable = [this.localDescription, this.remoteDescription];
    if (this.connectionState === "new") {
      this.connectionState = "connected";
      this.onconnectionstatechange?.();
    }
    if (this.agreed < this.wants) queueMicrotask(() => this.#needed());
  }

  #needed(): void {
    if (this.signalingState === "stable" && this.agreed < this.wants) {
      this.dispatchEvent(new Event("negotiationneeded"));
    }
  }
}

/** One direction of one kind. */
export class FakeTransceiver {
  direction = "sendrecv";
  readonly receiver: { readonly track: { readonly kind: string } };
  readonly sender: {
    track: unknown;
    replaceTrack(track: unknown): Promise<void>;
    setStreams(): void;
  };

  constructor(kind: string) {
    this.receiver = { track: { kind } };
    this.sender = {
      track: null,
      replaceTrack(track) {
        this.track = track;
        return Promise.resolve();
      },
      setStreams() {},
    };
  }

  stop(): void {}
}

function describe(type: RTCSdpType, sdp: string): RTCSessionDescription {
  return { type, sdp, toJSON: () => ({ type, sdp }) };
}
