/**
 * The connection to one other participant: what we send, what they send, and how it goes.
 *
 * @module
 */
import { cameraLimits, scaleDown, screenLimits } from "./encoding.ts";
import { type NegotiationMessage, Negotiator } from "./negotiation.ts";
import { candidateOf, type GatheredCandidate } from "./candidates.ts";

/** How a connection goes, for people. */
export type LinkState = "connecting" | "connected" | "unsteady" | "failed";

/** What everybody gets of us. */
export interface LocalMedia {
  readonly audio: MediaStreamTrack | null;
  readonly video: MediaStreamTrack | null;
  readonly screen: MediaStream | null;
}

/** What a {@linkcode PeerLink} stands on. */
export interface PeerLinkOptions {
  readonly configuration: RTCConfiguration;
  readonly polite: boolean;
  readonly initiator: boolean;
  /** The stream that camera and microphone belong to; the same for all links. */
  readonly stream: MediaStream;
  readonly media: LocalMedia;
  /** Other peers of the call, for the share of the uplink. */
  readonly peers: number;
  readonly send: (message: NegotiationMessage) => void;
  readonly onChange: () => void;
  readonly onChat: (data: string) => void;
  readonly create?: (configuration: RTCConfiguration) => RTCPeerConnection;
}

/** A broken connection is given so long to mend itself, milliseconds. */
const MEND_MS = 3_000;
/** A connection that never came about is called failed after so long, milliseconds. */
const CONNECT_MS = 15_000;
const MAX_CANDIDATES = 60;
/** Both sides open it under this number: no negotiation of its own (RFC 8832 is not needed). */
const CHAT_CHANNEL = { negotiated: true, id: 0 } as const;

/** One connection. */
export class PeerLink {
  readonly connection: RTCPeerConnection;
  /** Candidates by side, for those who want to look. */
  readonly candidates: Record<"local" | "remote", GatheredCandidate[]> = { local: [], remote: [] };
  readonly #options: PeerLinkOptions;
  readonly #negotiator: Negotiator;
  readonly #chat: RTCDataChannel;
  #media: LocalMedia;
  #peers: number;
  #camera: { audio: RTCRtpTransceiver | null; video: RTCRtpTransceiver | null } = {
    audio: null,
    video: null,
  };
  #screen: RTCRtpTransceiver[] = [];
  /** Streams of the other side by id; what was taken back goes with its last track. */
  readonly #streams = new Map<string, MediaStream>();
  #state: LinkState = "connecting";
  #mending: ReturnType<typeof setTimeout> | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(options: PeerLinkOptions) {
    this.#options = options;
    this.#media = options.media;
    this.#peers = options.peers;
    const { create = (configuration) => new RTCPeerConnection(configuration) } = options;
    const connection = create(options.configuration);
    this.connection = connection;
    this.#negotiator = new Negotiator({
      connection,
      polite: options.polite,
      initiator: options.initiator,
      send: (message) => {
        if (message.type === "candidate") this.#note("local", message.candidate?.candidate);
        options.send(message);
      },
      onFirstOffer: () => this.#answerWithCamera(),
      // What cannot be agreed upon shows as a connection that fails, and is begun anew then.
      onTrouble: () => this.#negotiator.restart(),
    });
    this.#chat = connection.createDataChannel("chat", CHAT_CHANNEL);
    this.#chat.onmessage = ({ data }) => {
      if (typeof data === "string") options.onChat(data);
    };
    connection.ontrack = ({ streams, track, transceiver }) => {
      const stream = streams[0] ?? new MediaStream([track]);
      this.#streams.set(stream.id, stream);
      stream.onremovetrack = () => {
        if (stream.getTracks().length === 0) this.#streams.delete(stream.id);
        options.onChange();
      };
      stream.onaddtrack = options.onChange;
      track.onmute = options.onChange;
      track.onunmute = options.onChange;
      // What lies long in a buffer is no conversation.
      if ("jitterBufferTarget" in transceiver.receiver) transceiver.receiver.jitterBufferTarget = 0;
      options.onChange();
    };
    connection.onconnectionstatechange = () => this.#judge();
    connection.oniceconnectionstatechange = () => this.#judge();
    if (options.initiator) this.#offerCamera();
    this.#wait();
  }

  /** How it goes. */
  get state(): LinkState {
    return this.#state;
  }

  /** The stream of their camera and microphone. */
  get camera(): MediaStream | null {
    const { audio, video } = this.#camera;
    const own = new Set([audio?.receiver.track, video?.receiver.track]);
    return this.streams.find((stream) => stream.getTracks().some((track) => own.has(track))) ??
      null;
  }

  /** The other side's streams. */
  get streams(): readonly MediaStream[] {
    return [...this.#streams.values()];
  }

  /** Takes a message of the other side. */
  take(message: NegotiationMessage): void {
    if (message.type === "candidate") this.#note("remote", message.candidate?.candidate);
    void this.#negotiator.take(message);
  }

  /** Other tracks, another number of peers. */
  update(media: LocalMedia, peers: number): void {
    const before = this.#media;
    this.#media = media;
    this.#peers = peers;
    const { audio, video } = this.#camera;
    // A track that was ended by its owner is replaced without negotiation: faces move on.
    if (before.audio !== media.audio) void audio?.sender.replaceTrack(media.audio).catch(() => {});
    if (before.video !== media.video) void video?.sender.replaceTrack(media.video).catch(() => {});
    if (before.screen !== media.screen) this.#shareScreen();
    this.#limit();
  }

  /** Says something to the other side alone; false when there is no way yet. */
  say(data: string): boolean {
    if (this.#chat.readyState !== "open" || this.#chat.bufferedAmount > 256 * 1024) return false;
    this.#chat.send(data);
    return true;
  }

  /** Looks for new ways: the network is another one. */
  restart(): void {
    this.candidates.local.length = 0;
    this.#wait();
    this.#negotiator.restart();
  }

  /** The signalling is back. */
  resync(): void {
    this.#negotiator.resync();
    if (this.#state === "unsteady" || this.#state === "failed") this.#negotiator.restart();
  }

  /** How loud the other side is, 0 to 1; null: not known. */
  get audioLevel(): number | null {
    const receiver = this.#camera.audio?.receiver;
    return receiver?.getSynchronizationSources?.()[0]?.audioLevel ?? null;
  }

  /** Ends it. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#mending);
    clearTimeout(this.#patience);
    this.#negotiator.close();
    const { connection } = this;
    connection.ontrack = null;
    connection.onconnectionstatechange = null;
    connection.oniceconnectionstatechange = null;
    connection.close();
  }

  #offerCamera(): void {
    const { connection } = this;
    const { stream } = this.#options;
    const options: RTCRtpTransceiverInit = { direction: "sendrecv", streams: [stream] };
    // With a track or without: microphone and camera come and go without another offer.
    this.#camera = {
      audio: connection.addTransceiver(this.#media.audio ?? "audio", options),
      video: connection.addTransceiver(this.#media.video ?? "video", options),
    };
    this.#shareScreen();
    this.#limit();
  }

  /** The first offer brought a place for microphone and camera: ours go the other way. */
  #answerWithCamera(): void {
    const { stream } = this.#options;
    const find = (kind: string) =>
      this.connection.getTransceivers().find(({ receiver }) => receiver.track.kind === kind) ??
        null;
    this.#camera = { audio: find("audio"), video: find("video") };
    for (const [kind, transceiver] of Object.entries(this.#camera)) {
      if (transceiver === null) continue;
      transceiver.direction = "sendrecv";
      transceiver.sender.setStreams?.(stream);
      void transceiver.sender.replaceTrack(this.#media[kind as "audio" | "video"]).catch(() => {});
    }
    this.#shareScreen();
    this.#limit();
  }

  #shareScreen(): void {
    for (const transceiver of this.#screen) transceiver.stop();
    this.#screen = [];
    const { screen } = this.#media;
    // Before the first offer there is nothing that it could be added to.
    if (screen === null || this.#camera.audio === null) return;
    this.#screen = screen.getTracks().map((track) =>
      this.connection.addTransceiver(track, { direction: "sendonly", streams: [screen] })
    );
  }

  #limit(): void {
    const limit = (transceiver: RTCRtpTransceiver | null, screen: boolean) => {
      const { track } = transceiver?.sender ?? {};
      if (transceiver === null || track?.kind !== "video") return;
      const limits = screen ? screenLimits(this.#peers) : cameraLimits(this.#peers);
      const parameters = transceiver.sender.getParameters();
      const [encoding] = parameters.encodings;
      if (encoding === undefined) return;
      const { height = 0, width = 0 } = track.getSettings();
      encoding.maxBitrate = limits.maxBitrate;
      encoding.maxFramerate = limits.maxFramerate;
      encoding.scaleResolutionDownBy = scaleDown(Math.min(height, width), limits);
      // A sender that is just being negotiated takes them with the next change.
      void transceiver.sender.setParameters(parameters).catch(() => {});
    };
    limit(this.#camera.video, false);
    for (const transceiver of this.#screen) limit(transceiver, true);
  }

  #note(side: "local" | "remote", line: string | undefined): void {
    const candidate = line === undefined ? null : candidateOf(line);
    const known = this.candidates[side];
    if (candidate !== null && known.length < MAX_CANDIDATES) known.push(candidate);
  }

  #wait(): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      if (!this.#closed && this.#state !== "connected") this.#become("failed");
    }, CONNECT_MS);
  }

  #judge(): void {
    if (this.#closed) return;
    const { connectionState } = this.connection;
    if (connectionState === "connected") {
      clearTimeout(this.#mending);
      clearTimeout(this.#patience);
      this.#mending = undefined;
      // The first parameters were set before there was an encoder.
      if (this.#state !== "connected") this.#limit();
      this.#become("connected");
    } else if (connectionState === "disconnected" || connectionState === "failed") {
      this.#become(this.#state === "connecting" ? "connecting" : "unsteady");
      this.#mend(connectionState === "failed" ? 0 : MEND_MS);
    }
  }

  /** Restarts ICE until it holds; the impolite side a little later, so that one offer is enough. */
  #mend(afterMs: number): void {
    if (this.#mending !== undefined) return;
    this.#mending = setTimeout(() => {
      this.#mending = undefined;
      if (this.#closed || this.connection.connectionState === "connected") return;
      this.#negotiator.restart();
      this.#wait();
      this.#mend(MEND_MS * 2);
    }, afterMs + (this.#options.polite ? 0 : 500));
  }

  #become(state: LinkState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onChange();
  }
}
