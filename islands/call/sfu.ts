/**
 * A call by `rtc`: one connection with what we send and everybody whom we receive, and another one
 * for our screen. What breaks is made anew, here and without asking anybody.
 *
 * @module
 */
import {
  type PeerView,
  screenSeat,
  type SfuAnswer,
  type SfuOffer,
  type SfuSeatKind,
} from "../../rooms/calls/protocol.ts";
import { screenLimits, sfuEncodings } from "./encoding.ts";
import { type CallMedia, type InspectedLink, type RemoteMedia, SFU_LINK } from "./mesh.ts";
import type { LocalMedia } from "./peer.ts";
import { preferCommonCodecs, SfuLink, type SfuReply } from "./sfu_link.ts";

/** What a {@linkcode Sfu} stands on. */
export interface SfuOptions {
  readonly configuration: RTCConfiguration;
  readonly media: LocalMedia;
  /** False: the signalling is away. */
  readonly send: (offer: SfuOffer) => boolean;
  readonly view: (large: readonly string[] | null) => void;
  readonly onChange: () => void;
  /** Default: the browser's own. */
  readonly create?: (configuration: RTCConfiguration) => RTCPeerConnection;
}

/** For an answer, milliseconds: `web` itself waits for `rtc` half of it. */
const ANSWER_MS = 12_000;
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 4_000;

/** A call by `rtc`; see the module. */
export class Sfu implements CallMedia {
  readonly links = new Map<string, InspectedLink>();
  readonly #options: SfuOptions;
  readonly #asked = new Map<number, (reply: SfuReply) => void>();
  #configuration: RTCConfiguration;
  #media: LocalMedia;
  #self: string | null = null;
  #others: readonly PeerView[] = [];
  /** What the others send, as far as it is known. */
  #known = "";
  #camera: SfuLink | null = null;
  #screen: SfuLink | null = null;
  #large: readonly string[] | null = null;
  #offers = 0;
  #failures = 0;
  #timers: Partial<Record<SfuSeatKind, ReturnType<typeof setTimeout>>> = {};
  #closed = false;

  constructor(options: SfuOptions) {
    this.#options = options;
    this.#configuration = options.configuration;
    this.#media = options.media;
  }

  setPeers(self: string, peers: readonly PeerView[]): void {
    const isAnother = this.#self !== self;
    this.#self = self;
    this.#others = peers.filter(({ id }) => id !== self);
    const known = this.#others.map(({ id, sfuTurn, screen }) => `${id} ${sfuTurn} ${screen ?? ""}`)
      .join();
    if (isAnother) {
      this.#known = known;
      this.#open("camera");
      this.#shareScreen();
    } else if (known !== this.#known) {
      this.#known = known;
      this.#camera?.expect(this.#places);
      this.#camera?.renew();
    }
  }

  setMedia(media: LocalMedia): void {
    const before = this.#media;
    this.#media = media;
    const [audio, video] = this.#camera?.connection.getTransceivers() ?? [];
    if (before.audio !== media.audio) void audio?.sender.replaceTrack(media.audio).catch(() => {});
    if (before.video !== media.video) void video?.sender.replaceTrack(media.video).catch(() => {});
    if (before.screen !== media.screen) this.#shareScreen();
  }

  /** What one peer says to another one is none of this. */
  take(): void {}

  /** Takes the answer to an offer. */
  answer(answer: SfuAnswer): void {
    const take = this.#asked.get(answer.id);
    this.#asked.delete(answer.id);
    take?.("sdp" in answer ? { sdp: answer.sdp } : { refused: answer.refused });
  }

  resync(): void {
    // What was asked over the connection before gets no answer any more.
    for (const take of this.#asked.values()) take({ refused: "not_now" });
    this.#asked.clear();
    this.#camera?.renew();
  }

  restart(): void {
    this.#open("camera");
    this.#shareScreen();
  }

  rebuild(configuration: RTCConfiguration): void {
    this.#configuration = configuration;
    this.restart();
  }

  remote(peer: PeerView): RemoteMedia {
    const link = this.#camera;
    const camera = link?.streams.get(peer.id) ?? null;
    const screen = peer.screen === null ? null : link?.streams.get(screenSeat(peer.id)) ?? null;
    const state = link === null
      ? "unsteady"
      : link.state === "connected" && camera === null
      ? "connecting"
      : link.state;
    return { state, camera, screen };
  }

  levels(): ReadonlyMap<string, number> {
    return this.#camera?.levels ?? new Map();
  }

  /** There is no data channel: the chat goes by the signalling. */
  say(): number {
    return 0;
  }

  setLarge(large: readonly string[]): void {
    if (this.#large !== null && large.join() === this.#large.join()) return;
    this.#large = large;
    this.#options.view(large);
  }

  close(): void {
    this.#closed = true;
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    for (const take of this.#asked.values()) take({ refused: "not_now" });
    this.#asked.clear();
    this.#camera?.close();
    this.#screen?.close();
    this.links.clear();
  }

  /** Faces and screens that are to be received. */
  get #places(): number {
    const published = this.#others.filter(({ sfuTurn }) => sfuTurn > 0);
    return published.length + published.filter(({ screen }) => screen !== null).length;
  }

  #open(seat: SfuSeatKind): void {
    if (this.#closed || this.#self === null) return;
    clearTimeout(this.#timers[seat]);
    (seat === "camera" ? this.#camera : this.#screen)?.close();
    const { create, onChange } = this.#options;
    const link: SfuLink = new SfuLink({
      configuration: this.#configuration,
      seat,
      prepare: (connection) =>
        seat === "camera" ? this.#sendCamera(connection) : this.#sendScreen(
          connection,
        ),
      ask: (offer) => this.#ask(seat, offer),
      onChange: () => {
        if (link.state === "connected") this.#failures = 0;
        onChange();
      },
      // A seat that is new to `rtc` knows no wishes.
      onAnswered: () =>
        seat === "camera" && this.#large !== null &&
        this.#options.view(this.#large),
      onLost: () => this.#lost(seat, link),
      create,
    });
    if (seat === "camera") {
      this.#camera = link;
      link.expect(this.#places);
      this.links.set(SFU_LINK, link);
    } else {
      this.#screen = link;
      this.links.set(`${SFU_LINK} screen`, link);
    }
    link.renew();
    onChange();
  }

  #lost(seat: SfuSeatKind, link: SfuLink): void {
    if (this.#closed || (seat === "camera" ? this.#camera : this.#screen) !== link) return;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.#failures++, 6));
    this.#options.onChange();
    this.#timers[seat] = setTimeout(
      () => this.#open(seat),
      pause * (0.5 + Math.random() / 2),
    );
  }

  #sendCamera(connection: RTCPeerConnection): void {
    const { audio, video } = this.#media;
    connection.addTransceiver(audio ?? "audio", { direction: "sendonly" });
    const { height = 720, width = 1280 } = video?.getSettings() ?? {};
    preferCommonCodecs(
      connection.addTransceiver(video ?? "video", {
        direction: "sendonly",
        sendEncodings: sfuEncodings(Math.min(height, width)),
      }),
      "send",
    );
  }

  #sendScreen(connection: RTCPeerConnection): void {
    const { maxBitrate, maxFramerate } = screenLimits(1);
    for (const track of this.#media.screen?.getTracks() ?? []) {
      const transceiver = connection.addTransceiver(track, {
        direction: "sendonly",
        ...(track.kind === "video" && { sendEncodings: [{ maxBitrate, maxFramerate }] }),
      });
      if (track.kind === "video") preferCommonCodecs(transceiver, "send");
    }
  }

  #shareScreen(): void {
    if (this.#media.screen !== null) return this.#open("screen");
    clearTimeout(this.#timers.screen);
    this.#screen?.close();
    this.#screen = null;
    this.links.delete(`${SFU_LINK} screen`);
  }

  #ask(
    seat: SfuSeatKind,
    offer: { readonly sdp: string; readonly fresh: boolean },
  ): Promise<SfuReply> {
    const id = ++this.#offers;
    const { promise, resolve } = Promise.withResolvers<SfuReply>();
    this.#asked.set(id, resolve);
    const late = setTimeout(() => {
      this.#asked.delete(id);
      resolve({ refused: "away" });
    }, ANSWER_MS);
    if (!this.#options.send({ type: "sfu", id, seat, ...offer })) {
      this.#asked.delete(id);
      resolve({ refused: "not_now" });
    }
    return promise.finally(() => clearTimeout(late));
  }
}
