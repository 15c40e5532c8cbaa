/**
 * An `RTCPeerConnection` that connects to nothing, for the tests of what drives one.
 *
 * @module
 */

/** What a test sees and does from the other side. */
export class FakePeer extends EventTarget {
  connectionState: RTCPeerConnectionState = "new";
  iceServers: RTCIceServer[] = [];
  localDescription: RTCSessionDescriptionInit | null = null;
  remoteDescription: RTCSessionDescriptionInit | null = null;
  closed = false;
  /** What happened, in its order. */
  readonly calls: string[] = [];
  readonly transceivers: FakeTransceiver[] = [];
  /** Entries of the statistics. */
  report: Record<string, unknown>[] = [];

  addTransceiver(
    track: { readonly kind: string } | string,
    options: RTCRtpTransceiverInit = {},
  ): FakeTransceiver {
    const kind = typeof track === "string" ? track : track.kind;
    const transceiver = new FakeTransceiver(kind, options);
    this.transceivers.push(transceiver);
    return transceiver;
  }

  getTransceivers(): readonly FakeTransceiver[] {
    return this.transceivers;
  }

  createOffer(): Promise<RTCSessionDescriptionInit> {
    this.calls.push("createOffer");
    return Promise.resolve({ type: "offer", sdp: "v=0\r\nm=video 9 x 96\r\n" });
  }

  getConfiguration(): RTCConfiguration {
    return { iceServers: this.iceServers };
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.calls.push("setConfiguration");
    this.iceServers = configuration.iceServers ?? [];
  }

  setLocalDescription(description: RTCSessionDescriptionInit): Promise<void> {
    this.calls.push("setLocalDescription");
    this.localDescription = description;
    return Promise.resolve();
  }

  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    this.calls.push("setRemoteDescription");
    this.remoteDescription = description;
    return Promise.resolve();
  }

  getStats(): Promise<ReadonlyMap<string, unknown>> {
    return Promise.resolve(new Map(this.report.map((entry, index) => [String(index), entry])));
  }

  close(): void {
    this.closed = true;
    this.connectionState = "closed";
  }

  /** Moves the connection, as a browser reports it. */
  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.dispatchEvent(new Event("connectionstatechange"));
  }

  /** The same as the type that browsers have. */
  get asPeer(): RTCPeerConnection {
    return this as unknown as RTCPeerConnection;
  }
}

/** One direction of one kind. */
export class FakeTransceiver {
  readonly receiver: { readonly track: { readonly kind: string }; readonly transport: null };
  /** Where the media goes; a test closes it by {@linkcode FakeTransceiver.end}. */
  readonly transport: EventTarget & { state: string } = Object.assign(new EventTarget(), {
    state: "connected",
  });
  readonly sender: {
    track: unknown;
    transport: EventTarget & { state: string };
    parameters: RTCRtpSendParameters;
    replaceTrack(track: unknown): Promise<void>;
    getParameters(): RTCRtpSendParameters;
    setParameters(parameters: RTCRtpSendParameters): Promise<void>;
  };
  readonly direction: string;

  constructor(
    kind: string,
    { direction = "sendrecv", sendEncodings = [{}] }: RTCRtpTransceiverInit,
  ) {
    this.receiver = { track: { kind }, transport: null };
    this.direction = direction;
    this.sender = {
      track: null,
      transport: this.transport,
      parameters: { encodings: sendEncodings } as RTCRtpSendParameters,
      replaceTrack(track) {
        this.track = track;
        return Promise.resolve();
      },
      getParameters() {
        return structuredClone(this.parameters);
      },
      setParameters(parameters) {
        this.parameters = parameters;
        return Promise.resolve();
      },
    };
  }

  /** The other side says that it is over. */
  end(): void {
    this.transport.state = "closed";
    this.transport.dispatchEvent(new Event("statechange"));
  }
}
