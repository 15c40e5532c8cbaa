/**
 * Calls of many: everybody sends once and receives the others, without anything being decoded. Whoever
 * is in a call offers; the answer fills the sections that receive with the others, and their `a=msid`
 * says whose they are. When somebody comes or goes, the others offer again on the same transport.
 *
 * @module
 */
import { ActiveSpeaker } from "../../transport/webrtc/audio_level.ts";
import { parseSdp, ROOM_LIMITS, writeAnswer } from "../../transport/webrtc/sdp/mod.ts";
import type { Logger } from "../../../platform/log.ts";
import type { SendCounters } from "../egress/viewer_sender.ts";
import type { WhipCounters } from "../ingest/media_receiver.ts";
import type { PeerFactory } from "../peer.ts";
import { refusal } from "../refusal.ts";
import { Participant } from "./participant.ts";

/** What {@linkcode SfuCalls} need. */
export interface SfuOptions {
  readonly peers: PeerFactory;
  readonly publicAddresses: readonly string[];
  /** Milliseconds since the epoch, with fractions. */
  readonly now: () => number;
  readonly random: (below: number) => number;
  readonly log: Logger;
  readonly received: WhipCounters;
  readonly sent: SendCounters;
}

/** A seat of a call. */
export interface SfuSeat {
  readonly call: string;
  readonly participant: string;
}

/** A call as the outside sees it. */
export interface CallState {
  /** In the order in which they came. */
  readonly participants: readonly {
    readonly id: string;
    readonly connected: boolean;
    /** Decibels below full scale; 127 is silence. */
    readonly attenuationDb: number;
  }[];
  /** Who speaks, or spoke last. */
  readonly speaker: string | null;
}

const MAX_CALLS = 100;
/** Seats of one call, 16 people with a screen each: 62 sections to receive them, and two to send. */
const MAX_PARTICIPANTS = 32;
/** With more people only who speaks is sent large. */
const ALL_LARGE = 3;

interface Call {
  readonly participants: Map<string, Participant>;
  readonly speaker: ActiveSpeaker<string>;
  /** Answers are made one after the other: each sees what the one before has changed. */
  queue: Promise<unknown>;
  versions: Map<string, { readonly sessionId: string; version: number }>;
}

/** All calls of this process. */
export class SfuCalls {
  readonly #options: SfuOptions;
  readonly #calls = new Map<string, Call>();
  #stopped = false;

  constructor(options: SfuOptions) {
    this.#options = options;
  }

  /** Calls that somebody is in. */
  get size(): number {
    return this.#calls.size;
  }

  /**
   * Answers an offer of a participant: the first one seats it, later ones change what it sends and
   * receives, on the transport that it has.
   *
   * @throws {SdpError} when the offer cannot be answered, {RtcRefusal} when there is no room.
   */
  async offer(seat: SfuSeat, sdp: string): Promise<string> {
    const call = this.#call(seat.call);
    const answer = call.queue.then(() => this.#answer(call, { seat, sdp }));
    call.queue = answer.catch(() => {});
    return await answer;
  }

  /**
   * Says whose pictures a seat wants large; null: those of everybody in a small call, else of who
   * speaks. False: there is no such seat.
   */
  view({ call: name, participant: id }: SfuSeat, large: readonly string[] | null): boolean {
    const participant = this.#calls.get(name)?.participants.get(id);
    if (participant === undefined) return false;
    participant.want(large === null ? null : new Set(large));
    return true;
  }

  /** Ends a seat; false when there was none. */
  leave({ call: name, participant: id }: SfuSeat): boolean {
    const call = this.#calls.get(name);
    const participant = call?.participants.get(id);
    if (call === undefined || participant === undefined) return false;
    call.participants.delete(id);
    call.versions.delete(id);
    call.speaker.remove(id);
    participant.close();
    for (const other of call.participants.values()) other.forget(participant);
    if (call.participants.size === 0) this.#calls.delete(name);
    this.#options.log.info("call_left", { call: name, participants: call.participants.size });
    return true;
  }

  /** A call as it is now; null when nobody is in it. */
  state(name: string): CallState | null {
    const call = this.#calls.get(name);
    if (call === undefined) return null;
    const nowMs = this.#options.now();
    return {
      participants: [...call.participants.values()].map(({ id, isConnected }) => ({
        id,
        connected: isConnected,
        attenuationDb: Math.round(call.speaker.attenuationOf(id, nowMs)),
      })),
      speaker: call.speaker.active,
    };
  }

  /** Called every second. */
  tick(): void {
    for (const call of [...this.#calls.values()]) {
      const { size } = call.participants;
      const active = call.speaker.active;
      const featured = size <= ALL_LARGE || active === null
        ? null
        : call.participants.get(active) ?? null;
      for (const participant of [...call.participants.values()]) participant.tick(featured);
    }
  }

  /** For `/debug`. */
  inspect(): readonly unknown[] {
    return [...this.#calls].map(([name, { participants, speaker }]) => ({
      name,
      speaker: speaker.active,
      participants: [...participants.values()].map((participant) => participant.inspect()),
    }));
  }

  /** Ends all calls. */
  stop(): void {
    this.#stopped = true;
    for (const [call, { participants }] of [...this.#calls]) {
      for (const participant of [...participants.keys()]) this.leave({ call, participant });
    }
  }

  #call(name: string): Call {
    const known = this.#calls.get(name);
    if (known !== undefined) return known;
    if (this.#stopped || this.#calls.size >= MAX_CALLS) throw full("There are too many calls");
    const call: Call = {
      participants: new Map(),
      speaker: new ActiveSpeaker(),
      queue: Promise.resolve(),
      versions: new Map(),
    };
    this.#calls.set(name, call);
    return call;
  }

  async #answer(
    call: Call,
    { seat, sdp }: { readonly seat: SfuSeat; readonly sdp: string },
  ): Promise<string> {
    const { peers, publicAddresses, log } = this.#options;
    const id = seat.participant;
    const known = call.participants.get(id);
    try {
      if (known === undefined && call.participants.size >= MAX_PARTICIPANTS) {
        throw full("The call is full");
      }
      const others = [...call.participants.values()].filter((other) => !isOf(other.id, id));
      const participant = known ?? this.#newParticipant(call, seat);
      const plan = participant.plan(parseSdp(sdp, ROOM_LIMITS), others);
      const peer = participant.peer ??
        await peers.open(plan.transport, participant.peerEvents);
      participant.accept(plan, peer);
      if (known === undefined) {
        call.participants.set(id, participant);
        this.#calls.set(seat.call, call);
        call.versions.set(id, { sessionId: String(1 + this.#options.random(2 ** 31)), version: 0 });
        log.info("call_joined", { call: seat.call, participants: call.participants.size });
      }
      const session = call.versions.get(id)!;
      return writeAnswer(plan, peer.local, {
        publicAddresses,
        sessionId: session.sessionId,
        sessionVersion: ++session.version,
        streams: participant.streams(),
      });
    } finally {
      if (call.participants.size === 0) this.#calls.delete(seat.call);
    }
  }

  #newParticipant(call: Call, seat: SfuSeat): Participant {
    const { now, random, received, sent } = this.#options;
    const id = seat.participant;
    return new Participant({
      id,
      now,
      random,
      onLevel: (level) => void call.speaker.level(id, level, now()),
      onGone: () => void this.leave(seat),
      received,
      sent,
    });
  }
}

/** Whether a seat is another one's own, `<seat>.screen` as that of its screen, or that one itself. */
function isOf(seat: string, owner: string): boolean {
  return seat === owner || seat.startsWith(`${owner}.`);
}

function full(what: string) {
  return refusal(503, {
    code: "busy",
    title: "Too busy just now",
    detail: `${what}: try again in a moment.`,
    headers: { "retry-after": "5" },
  });
}
