/**
 * One visit to a call, from the look into the mirror to the goodbye: the only owner of its state.
 * The page draws {@linkcode CallState} and calls the methods.
 *
 * @module
 */
import type {
  CallEnd,
  CallRefusal,
  CallTopology,
  CallView,
  IceServerView,
  PeerView,
  Roster,
  ServerMessage,
} from "../../rooms/calls/protocol.ts";
import {
  type CaptureDevice,
  DeviceList,
  type DeviceSnapshot,
  NO_DEVICES,
} from "../capture/devices.ts";
import { ScreenAwake } from "../capture/wake_lock.ts";
import { addChat, type ChatEntry, decodeChat, encodeChat, tidyChat } from "./chat.ts";
import { LocalMediaOwner, type LocalState, NO_MEDIA } from "./local_media.ts";
import { type CallMedia, type InspectedLink, Mesh, type RemoteMedia } from "./mesh.ts";
import type { Sfu } from "./sfu.ts";
import { SignalClient, type SignalEnd } from "./signal_client.ts";
import { SpeakerDetector } from "./speaker.ts";
import { VoiceMeter } from "./voice_meter.ts";
import { CallWays } from "./ways.ts";

/** Where the visit is. */
export type CallStage = "mirror" | "joining" | "in" | "over";

/** Why it is over, or why nobody opens. */
export type CallOutcome =
  | {
    readonly kind: "refused";
    readonly code: CallRefusal;
    readonly retryAfterS: number | null;
    readonly capacity?: number;
  }
  | { readonly kind: "ended"; readonly code: CallEnd };

/** Somebody with what we get of them. */
export interface Participant {
  readonly peer: PeerView;
  readonly media: RemoteMedia;
}

/** Everything that the page shows. */
export interface CallState {
  readonly stage: CallStage;
  readonly outcome: CallOutcome | null;
  readonly local: LocalState;
  readonly devices: DeviceSnapshot;
  readonly self: PeerView | null;
  readonly others: readonly Participant[];
  readonly host: string | null;
  readonly locked: boolean;
  readonly capacity: number;
  /** Who sends to whom. */
  readonly topology: CallTopology;
  /** The signalling is being made anew. */
  readonly away: boolean;
  readonly speaker: string | null;
  /** Who is heard now, ourselves included. */
  readonly heard: ReadonlySet<string>;
  readonly chat: readonly ChatEntry[];
  readonly unread: number;
  /** A link's token, and until when it is good. */
  readonly invitation: { readonly token: string; readonly expiresAtMs: number } | null;
  readonly relayOnly: boolean;
  /** Whether there is a TURN server to relay over. */
  readonly canRelay: boolean;
  /** Somebody said something with their muted microphone. */
  readonly talkingMuted: boolean;
  readonly speakerDevice: string | null;
}

/** How somebody joins. */
export interface JoinWish {
  readonly name: string;
  readonly password: string | null;
  readonly invitation: string | null;
}

/** With so many people the next ones may move the call to `rtc`: what that needs is brought before. */
const BRING_SFU_AT = 3;
const BRING_AGAIN_MS = 1_000;
/** Messages that wait until it is there; more are lost. */
const MAX_WAITING = 500;
const LISTEN_EVERY_MS = 200;
/** Who talks while muted is told once in this time, milliseconds. */
const MUTED_NOTE_MS = 15_000;
const LOUD_AND_MUTED = 0.35;

/** Before anything happened; what the server draws. */
export const FIRST: CallState = {
  stage: "mirror",
  outcome: null,
  local: NO_MEDIA,
  devices: NO_DEVICES,
  self: null,
  others: [],
  host: null,
  locked: false,
  capacity: 4,
  topology: "mesh",
  away: false,
  speaker: null,
  heard: new Set(),
  chat: [],
  unread: 0,
  invitation: null,
  relayOnly: false,
  canRelay: false,
  talkingMuted: false,
  speakerDevice: null,
};

/** The visit. */
export class CallSession {
  readonly meter: VoiceMeter = new VoiceMeter();
  readonly #name: string;
  readonly #local: LocalMediaOwner;
  readonly #speakers = new SpeakerDetector();
  readonly #awake = new ScreenAwake();
  readonly #listeners = new Set<() => void>();
  readonly #leaving = new AbortController();
  #devices: DeviceList | null = null;
  #signal: SignalClient | null = null;
  #media: CallWays | null = null;
  /** The way by `rtc`, when there is one; answers find it by this. */
  #sfu: Sfu | null = null;
  /** What makes it; most calls never need that. */
  #sfuClass: typeof Sfu | null = null;
  #bringing: Promise<void> | null = null;
  /** What the server said while it is on its way. */
  #waiting: ServerMessage[] = [];
  #roster: Roster | null = null;
  #self: string | null = null;
  #iceServers: readonly IceServerView[] = [];
  #listening: ReturnType<typeof setInterval> | undefined;
  #chatOpen = false;
  #unsteady = false;
  #chats = 0;
  #mutedNoteAtMs = -Infinity;
  #told: { audio: boolean; video: boolean; screen: string | null } | null = null;
  #state: CallState = FIRST;

  /** @param name of the call, as in its address. */
  constructor(name: string) {
    this.#name = name;
    this.#local = new LocalMediaOwner(() => this.#onLocal());
  }

  get state(): CallState {
    return this.#state;
  }

  /** Connections to look into. */
  get links(): ReadonlyMap<string, InspectedLink> {
    return this.#media?.links ?? new Map();
  }

  /** Calls `listener` on each change until the answer is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Looks into the mirror: asks for camera and microphone. */
  async start(): Promise<void> {
    const { signal } = this.#leaving;
    if ("mediaDevices" in navigator && navigator.mediaDevices !== undefined) {
      this.#devices = DeviceList.open((devices) => this.#set({ devices }));
    }
    globalThis.addEventListener("online", () => this.#networkChanged(), { signal });
    const { connection } = navigator as { connection?: EventTarget & { type?: string } };
    // Estimates of the rate change all the time; another kind of network is another network.
    let type = connection?.type;
    connection?.addEventListener("change", () => {
      if (connection.type !== type) this.#networkChanged();
      type = connection.type;
    }, { signal });
    globalThis.addEventListener("pagehide", () => this.leave(), { signal });
    globalThis.addEventListener("beforeunload", (event) => {
      if (this.#state.stage === "in" && this.#state.others.length > 0) event.preventDefault();
    }, { signal });
    await this.open();
  }

  /** Asks for what is switched on and was not had. */
  async open(): Promise<void> {
    await this.#local.open();
    await this.#devices?.refresh();
  }

  setAudio(on: boolean): void {
    this.#set({ talkingMuted: false });
    void this.#local.setAudio(on).then(() => this.#devices?.refresh());
  }

  setVideo(on: boolean): void {
    void this.#local.setVideo(on).then(() => this.#devices?.refresh());
  }

  /** Takes another device of its kind. */
  choose({ kind, id }: Pick<CaptureDevice, "kind" | "id">): void {
    if (kind === "microphone") void this.#local.chooseMicrophone(id);
    else if (kind === "camera") void this.#local.chooseCamera(id);
    else this.#set({ speakerDevice: id });
  }

  /** Begins or ends sharing a screen. */
  toggleScreen(): void {
    if (this.#state.local.screen !== null) this.#local.endScreen();
    else void this.#local.shareScreen();
  }

  /** Raises the hand, or takes it down. */
  setHand(up: boolean): void {
    this.#signal?.send({ type: "state", hand: up });
  }

  /** Knocks. */
  join(wish: JoinWish): void {
    if (this.#signal !== null) return;
    this.#set({ stage: "joining", outcome: null });
    const { name, password, invitation } = wish;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.#signal = new SignalClient({
      url: `${scheme}//${location.host}/signal/${encodeURIComponent(this.#name)}`,
      join: () => ({
        ...(name !== "" && { name }),
        ...(password !== null && { password }),
        ...(invitation !== null && { invitation }),
        audio: this.#sendsAudio,
        video: this.#sendsVideo,
      }),
      onMessage: (message) => this.#receive(message),
      onAway: () => this.#set({ away: true }),
      onEnd: (end) => this.#end(end),
    });
  }

  /** Goes. */
  leave(): void {
    if (this.#signal === null) return;
    this.#signal.leave();
    this.#end({ kind: "ended", code: "left" });
  }

  /** Back to the mirror after an end or a refusal. */
  again(): void {
    this.#set({ stage: "mirror", outcome: null, chat: [], unread: 0 });
    void this.open();
  }

  setLocked(locked: boolean): void {
    this.#signal?.send({ type: "lock", locked });
  }

  kick(peer: string): void {
    this.#signal?.send({ type: "kick", peer });
  }

  endForAll(): void {
    this.#signal?.send({ type: "end" });
  }

  /** Asks for a link; it comes with the state. */
  invite(): void {
    this.#signal?.send({ type: "invite" });
  }

  /** Says something to everybody; false when there is nothing in it. */
  say(text: string): boolean {
    const tidy = tidyChat(text);
    if (tidy === null) return false;
    const media = this.#media;
    // Between the ways some have data channels and some have not: the signalling reaches all.
    if (media !== null && media.topology === "mesh" && !media.isChanging) {
      media.current.say(encodeChat(tidy));
    } else this.#signal?.send({ type: "chat", text: tidy });
    this.#addChat({ from: null, name: this.#state.self?.name ?? "", text: tidy });
    return true;
  }

  /** Whether the chat is in sight: what comes in is read then. */
  setChatOpen(open: boolean): void {
    this.#chatOpen = open;
    if (open && this.#state.unread > 0) this.#set({ unread: 0 });
  }

  /** Uses TURN servers alone, or every way again. */
  setRelayOnly(relayOnly: boolean): void {
    this.#set({ relayOnly });
    this.#media?.rebuild(this.#configuration());
  }

  /** Whose faces are large on the page. */
  setLarge(peers: readonly string[]): void {
    this.#media?.setLarge(peers);
  }

  /** Lets go of everything. */
  close(): void {
    this.leave();
    this.#leaving.abort();
    this.#devices?.[Symbol.dispose]();
    this.#local.close();
    this.meter.close();
    clearInterval(this.#listening);
  }

  get #sendsAudio(): boolean {
    const { audio, audioTrack } = this.#local.state;
    return audio && audioTrack !== null;
  }

  get #sendsVideo(): boolean {
    return this.#local.state.videoTrack !== null;
  }

  /** Takes a message as soon as what it needs is there, behind those before it. */
  #receive(message: ServerMessage): void {
    const roster = message.type === "welcome"
      ? message.roster
      : message.type === "roster"
      ? message
      : null;
    const isReady = this.#sfuClass !== null || roster?.topology !== "sfu";
    if (!isReady || (roster?.peers.length ?? 0) >= BRING_SFU_AT) void this.#bringSfu();
    if (isReady && this.#waiting.length === 0) this.#take(message);
    else if (this.#waiting.length < MAX_WAITING) this.#waiting.push(message);
  }

  async #bringSfu(): Promise<void> {
    this.#bringing ??= (async () => {
      while (this.#sfuClass === null) {
        try {
          this.#sfuClass = (await import("./sfu.ts")).Sfu;
        } catch {
          // The network is away.
          await new Promise((resolve) => setTimeout(resolve, BRING_AGAIN_MS));
        }
      }
      for (const message of this.#waiting.splice(0)) this.#take(message);
    })();
    await this.#bringing;
  }

  #take(message: ServerMessage): void {
    switch (message.type) {
      case "welcome": {
        this.#iceServers = message.iceServers;
        this.#self = message.self;
        this.#told = { audio: this.#sendsAudio, video: this.#sendsVideo, screen: null };
        this.#media ??= new CallWays(message.roster.topology, {
          open: (topology) => this.#openMedia(topology),
          onChange: () => this.#draw(),
        });
        this.#enter(message.call);
        this.#takeRoster(message.roster);
        if (message.resumed) this.#media.resync();
        // What changed while nobody was listening.
        this.#told = message.resumed ? null : this.#told;
        this.#tell();
        break;
      }
      case "roster":
        this.#takeRoster(message);
        break;
      case "description":
      case "candidate":
      case "reset":
        this.#media?.take(message);
        break;
      case "sfu":
        this.#sfu?.answer(message);
        break;
      case "chat":
        this.#hear(message.from, encodeChat(message.text));
        break;
      case "invitation": {
        const { token, expiresAtMs } = message;
        this.#set({ invitation: { token, expiresAtMs } });
        break;
      }
    }
  }

  #openMedia(topology: CallTopology): CallMedia {
    const configuration = this.#configuration();
    const { media, stream } = this.#local;
    const onChange = () => this.#draw();
    if (topology === "mesh") {
      return new Mesh({
        ...{ configuration, stream, media, onChange },
        send: (to, said) => this.#signal?.send({ ...said, to }),
        onChat: (peer, data) => this.#hear(peer, data),
      });
    }
    // Whatever tells of such a call has waited for it.
    return this.#sfu = new this.#sfuClass!({
      ...{ configuration, media, onChange },
      send: (offer) => this.#signal?.send(offer) === true,
      view: (large) => this.#signal?.send({ type: "view", large }),
    });
  }

  #enter(call: CallView): void {
    if (this.#state.stage !== "in") {
      this.#awake.hold();
      clearInterval(this.#listening);
      this.#listening = setInterval(() => this.#listen(), LISTEN_EVERY_MS);
    }
    const canRelay = this.#iceServers.some(({ urls }) => urls.some((url) => /^turns?:/.test(url)));
    this.#set({ stage: "in", away: false, capacity: call.capacity, canRelay });
  }

  #takeRoster(roster: Roster): void {
    if (this.#self === null) return;
    this.#roster = roster;
    this.#media?.arrange(roster.topology, { self: this.#self, peers: roster.peers });
    this.#draw();
  }

  #end(end: SignalEnd): void {
    this.#signal = null;
    this.#waiting = [];
    this.#media?.close();
    this.#media = null;
    this.#sfu = null;
    this.#roster = null;
    this.#self = null;
    this.#told = null;
    this.#awake.release();
    clearInterval(this.#listening);
    this.#local.endScreen();
    // Refused at the door: the mirror stays, with the reason beside it.
    const stage = end.kind === "refused" ? "mirror" : "over";
    // Nobody is looked at or listened to any more.
    if (stage === "over") this.#local.release();
    this.#set({
      ...{ stage, outcome: end, away: false, self: null, others: [], host: null, locked: false },
      ...{ speaker: null, heard: new Set<string>(), invitation: null, relayOnly: false },
    });
  }

  #onLocal(): void {
    this.#media?.setMedia(this.#local.media);
    const { audioTrack } = this.#local.state;
    this.meter.listen(audioTrack);
    this.#set({ local: this.#local.state });
    this.#tell();
  }

  /** Says what changed of us since the others heard last. */
  #tell(): void {
    const now = {
      audio: this.#sendsAudio,
      video: this.#sendsVideo,
      screen: this.#local.state.screen?.id ?? null,
    };
    const told = this.#told;
    const isNews = told === null || told.audio !== now.audio || told.video !== now.video ||
      told.screen !== now.screen;
    if (isNews && this.#signal?.send({ type: "state", ...now }) === true) this.#told = now;
  }

  #networkChanged(): void {
    this.#signal?.renew();
    this.#media?.restart();
  }

  #configuration(): RTCConfiguration {
    return {
      iceServers: this.#iceServers.map(({ urls, ...rest }) => ({ urls: [...urls], ...rest })),
      iceTransportPolicy: this.#state.relayOnly ? "relay" : "all",
      bundlePolicy: "max-bundle",
    };
  }

  #listen(): void {
    const media = this.#media;
    const self = this.#self;
    if (media === null || self === null) return;
    const nowMs = performance.now();
    const own = this.meter.read(nowMs);
    const levels = new Map(media.levels());
    levels.set(self, this.#sendsAudio ? own.amplitude : 0);
    const speaker = this.#speakers.next(levels, nowMs);
    const heard = new Set([...levels.keys()].filter((id) => this.#speakers.isHeard(id)));
    const { audio, audioTrack } = this.#local.state;
    const isMuted = !audio && audioTrack !== null;
    if (isMuted && own.level > LOUD_AND_MUTED && nowMs - this.#mutedNoteAtMs > MUTED_NOTE_MS) {
      this.#mutedNoteAtMs = nowMs;
      this.#set({ talkingMuted: true });
    }
    if (speaker === this.#state.speaker && same(heard, this.#state.heard)) return;
    this.#set({ speaker, heard });
  }

  #hear(peer: string, data: string): void {
    const text = decodeChat(data);
    const from = this.#roster?.peers.find(({ id }) => id === peer);
    if (text === null || from === undefined) return;
    this.#addChat({ from: peer, name: from.name, text });
  }

  #addChat(entry: Pick<ChatEntry, "from" | "name" | "text">): void {
    const list = addChat(this.#state.chat, {
      ...entry,
      id: String(++this.#chats),
      atMs: Date.now(),
    });
    if (list === this.#state.chat) return;
    const isUnread = entry.from !== null && !this.#chatOpen;
    this.#set({ chat: list, unread: this.#state.unread + (isUnread ? 1 : 0) });
  }

  #draw(): void {
    const roster = this.#roster;
    const media = this.#media;
    if (roster === null || media === null) return;
    const others = roster.peers.filter(({ id }) => id !== this.#self)
      .map((peer) => ({ peer, media: media.remote(peer) }));
    const wasUnsteady = this.#unsteady;
    this.#unsteady = others.some((other) => other.media.state === "unsteady");
    // Media that breaks off is the first sign of another network.
    if (this.#unsteady && !wasUnsteady) this.#signal?.renew();
    this.#set({
      self: roster.peers.find(({ id }) => id === this.#self) ?? null,
      others,
      host: roster.host,
      topology: roster.topology,
      locked: roster.locked,
    });
  }

  #set(change: Partial<CallState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

function same(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((each) => other.has(each));
}
