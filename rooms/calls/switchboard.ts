/**
 * The calls that have connections in this process: brings each of them who is there and what the
 * others say to them. Who sits where is the store's (`rooms/calls/call.ts`); a line here only reads
 * it, so that a process that dies loses nobody's seat.
 *
 * @module
 */
import type { Logger } from "../../platform/log.ts";
import {
  arrange,
  away,
  type Call,
  declare,
  kick,
  leave,
  lock,
  mayLead,
  publish,
  rosterOf,
  type Seat,
  sweep,
  touch,
  TOUCH_EVERY_MS,
  UNHEARD_MS,
  viewOf,
} from "./call.ts";
import type { Calls, Refused, Seated, Visitor } from "./call_service.ts";
import {
  BEAT_EVERY_MS,
  type CallEnd,
  type ClientMessage,
  type IceServerView,
  type JoinMessage,
  type RelayedMessage,
  type Roster,
  type SaidMessage,
  screenSeat,
  SEAT_KEPT_MS,
  type ServerMessage,
  type SfuOffer,
  type SfuRefusal,
  type SfuSeatKind,
} from "./protocol.ts";
import type { Follower, KeptCall, Letter } from "./repository.ts";

/** Where a participant's messages go. */
export interface Sink {
  send(message: ServerMessage): void;
  /** The last call. */
  end(code: CallEnd): void;
}

/** Counted since the start. */
export interface SwitchboardCounters {
  joined: number;
  resumed: number;
  refused: number;
  relayed: number;
  sfuOffers: number;
}

/** What a {@linkcode Switchboard} stands on. */
export interface SwitchboardOptions {
  readonly calls: Calls;
  /** ICE servers for a seat. */
  readonly iceServers: (user: string) => readonly IceServerView[];
  readonly log: Logger;
}

/** All lines of this process. */
export class Switchboard {
  readonly counters: SwitchboardCounters = {
    joined: 0,
    resumed: 0,
    refused: 0,
    relayed: 0,
    sfuOffers: 0,
  };
  readonly #options: SwitchboardOptions;
  readonly #lines = new Map<string, Line>();
  readonly #timer: ReturnType<typeof setInterval>;
  #closing = false;

  constructor(options: SwitchboardOptions) {
    this.#options = options;
    this.#timer = setInterval(() => {
      for (const line of this.#lines.values()) line.tick();
    }, TOUCH_EVERY_MS / 3);
  }

  /** Calls with connections here. */
  get calls(): number {
    return this.#lines.size;
  }

  /** Connections that have a seat. */
  get participants(): number {
    let sum = 0;
    for (const line of this.#lines.values()) sum += line.size;
    return sum;
  }

  /** Lets somebody in; `name` is a call's name as it is kept. */
  async join(
    name: string,
    message: JoinMessage,
    { visitor, sink }: { readonly visitor: Visitor; readonly sink: Sink },
  ): Promise<Participant | Refused> {
    // Before the seat is taken: no letter to it is missed.
    const line = await this.#line(name);
    let seated: Seated | Refused;
    try {
      seated = await this.#options.calls.join(name, message, visitor);
    } catch (error) {
      line.release();
      throw error;
    }
    if (seated.kind === "refused") {
      this.counters.refused++;
      line.release();
      return seated;
    }
    this.counters[seated.resumed ? "resumed" : "joined"]++;
    return line.add(seated, { sink, iceServers: this.#options.iceServers(seated.seat.id) });
  }

  /** Ends all lines; seats stay for those who come back. */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#timer);
    await Promise.all([...this.#lines.values()].map((line) => line.close()));
  }

  async #line(name: string): Promise<Line> {
    let line = this.#lines.get(name);
    if (line === undefined) {
      const opened: Line = new Line(name, {
        ...this.#options,
        counters: this.counters,
        onEmpty: () => {
          if (!this.#closing && this.#lines.get(name) === opened) this.#lines.delete(name);
        },
      });
      line = opened;
      this.#lines.set(name, line);
    }
    await line.hold();
    return line;
  }
}

interface LineOptions extends SwitchboardOptions {
  readonly counters: SwitchboardCounters;
  readonly onEmpty: () => void;
}

/** One call in this process. */
class Line {
  readonly #name: string;
  readonly #options: LineOptions;
  readonly #participants = new Map<string, Participant>();
  readonly #openedAtMs: number;
  #following: Promise<Follower> | null = null;
  /** Joinings under way. */
  #held = 0;
  #kept: KeptCall | null = null;
  /** Everything that this line does, one after the other. */
  #work: Promise<void> = Promise.resolve();
  #touchedAtMs: number;
  /** When the last seat here was left away: it is swept from here. */
  #awaySinceMs: number | null = null;
  #closed = false;

  constructor(name: string, options: LineOptions) {
    this.#name = name;
    this.#options = options;
    this.#openedAtMs = options.calls.now();
    this.#touchedAtMs = this.#openedAtMs;
  }

  get size(): number {
    return this.#participants.size;
  }

  /** Keeps the line open until {@linkcode release} or {@linkcode add}. */
  async hold(): Promise<void> {
    this.#held++;
    try {
      await (this.#following ??= this.#options.calls.post.follow(
        this.#name,
        (letters) => this.#enqueue(() => this.#take(letters)),
      ));
    } catch (error) {
      this.#following = null;
      this.release();
      throw error;
    }
  }

  release(): void {
    this.#held--;
    this.#closeWhenEmpty();
  }

  add(
    { kept, seat, resume, resumed }: Seated,
    { sink, iceServers }: { readonly sink: Sink; readonly iceServers: readonly IceServerView[] },
  ): Participant {
    this.#held--;
    const before = this.#participants.get(seat.id);
    const participant = new Participant(this, { seat, sink });
    this.#participants.set(seat.id, participant);
    before?.sink.end("elsewhere");
    participant.knows = kept.version;
    const roster = rosterOf(kept.call, kept.version);
    participant.told(roster);
    sink.send({
      type: "welcome",
      self: seat.id,
      resume,
      resumed,
      call: viewOf(kept.call, this.#options.calls.capacity),
      roster,
      iceServers,
      beatMs: BEAT_EVERY_MS,
    });
    this.#learn(kept);
    return participant;
  }

  /** Takes what a participant says. */
  receive(from: Participant, message: ClientMessage): void {
    const { id } = from;
    const { calls } = this.#options;
    const lead = (next: (call: Call) => Call | null) =>
      this.#change((call) => mayLead(call, id) ? next(call) : call);
    switch (message.type) {
      case "description":
      case "candidate":
      case "reset": {
        const { to, ...rest } = message;
        this.#relay(to, { ...rest, from: id } as RelayedMessage);
        break;
      }
      case "sfu":
        void this.#offer(from, message);
        break;
      case "view": {
        const call = this.#kept?.call;
        if (call?.topology === "sfu") {
          calls.media.view({ call: call.id, participant: id }, message.large);
        }
        break;
      }
      case "chat": {
        const { text } = message;
        for (const seat of this.#kept?.call.seats ?? []) {
          if (seat.id !== id) this.#relay(seat.id, { type: "chat", from: id, text });
        }
        break;
      }
      case "state":
        this.#change((call) => declare(call, { id, state: message, nowMs: calls.now() }));
        break;
      case "lock":
        lead((call) => lock(call, message.locked));
        break;
      case "kick":
        if (message.peer !== id) lead((call) => kick(call, message.peer));
        break;
      case "end":
        lead(() => null);
        break;
      case "invite": {
        const call = this.#kept?.call;
        if (call !== undefined && mayLead(call, id)) {
          from.sink.send({ type: "invitation", ...calls.invitationTo(call) });
        }
        break;
      }
      case "leave":
        this.remove(from);
        this.#change((call) => leave(call, id));
        from.sink.end("left");
        break;
      case "join":
      case "beat":
        break;
    }
  }

  /** The connection broke: the seat waits for another one. */
  lose(participant: Participant): void {
    const { id, turn } = participant;
    if (this.#participants.get(id) !== participant) return;
    this.#awaySinceMs = this.#options.calls.now();
    this.remove(participant);
    this.#change((call) => away(call, { id, turn, nowMs: this.#options.calls.now() }));
  }

  remove(participant: Participant): void {
    if (this.#participants.get(participant.id) === participant) {
      this.#participants.delete(participant.id);
    }
    this.#closeWhenEmpty();
  }

  /** Time passed: speaks for the seats of this process, and frees those of nobody. */
  tick(): void {
    const nowMs = this.#options.calls.now();
    const call = this.#kept?.call;
    if (call !== undefined) {
      // Others had the time to come back since this line is open.
      const isSettled = nowMs - this.#openedAtMs > UNHEARD_MS;
      const unheardMs = isSettled ? UNHEARD_MS : Infinity;
      const isTime = nowMs - this.#touchedAtMs >= TOUCH_EVERY_MS && this.#participants.size > 0;
      const isNews = sweep(call, { nowMs, unheardMs }) !== call ||
        // An `rtc` came, or went for longer than it takes to start one.
        arrange(call, { hasSfu: this.#options.calls.media.available }) !== call;
      if (isTime || isNews) {
        this.#touchedAtMs = nowMs;
        const ids = new Set(this.#participants.keys());
        this.#change((current) => sweep(touch(current, ids, nowMs), { nowMs, unheardMs }));
      }
    }
    this.#closeWhenEmpty();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#participants.clear();
    await this.#work;
    (await this.#following?.catch(() => null))?.close();
  }

  /** Brings an offer to `rtc`, and its answer back; one at a time of each connection. */
  async #offer(from: Participant, { id, seat, fresh, sdp }: SfuOffer): Promise<void> {
    const { calls, counters, log } = this.#options;
    const refuse = (refused: SfuRefusal) => from.sink.send({ type: "sfu", id, refused });
    const call = this.#kept?.call;
    const isSeated = call?.seats.some((each) => each.id === from.id) === true;
    if (call?.topology !== "sfu" || !isSeated || from.offers.has(seat)) return refuse("not_now");
    counters.sfuOffers++;
    from.offers.add(seat);
    const place = {
      call: call.id,
      participant: seat === "screen" ? screenSeat(from.id) : from.id,
    };
    try {
      const answered = await calls.media.offer(place, { sdp, fresh });
      // Somebody may have taken the seat away meanwhile.
      const stays = this.#kept?.call.id === call.id &&
        this.#kept.call.seats.some((each) => each.id === from.id);
      if (!stays) return calls.media.leave(place);
      if (answered.kind === "refused") return refuse(answered.why);
      from.sink.send({ type: "sfu", id, sdp: answered.sdp });
      if (fresh) this.#change((current) => publish(current, from.id));
    } catch (error) {
      log.warn("sfu_offer_failed", { call: this.#name, error: error as Error });
      refuse("away");
    } finally {
      from.offers.delete(seat);
    }
  }

  #relay(to: string, message: RelayedMessage | SaidMessage): void {
    this.#options.counters.relayed++;
    const neighbour = this.#participants.get(to);
    if (neighbour !== undefined) {
      // Behind what this line has to tell before.
      this.#enqueue(() => {
        neighbour.sink.send(message);
        return Promise.resolve();
      });
      return;
    }
    const letter: Letter = { to, version: this.#kept?.version ?? 0, message };
    this.#enqueue(() => this.#options.calls.post.send(this.#name, [letter]));
  }

  async #take(letters: readonly Letter[]): Promise<void> {
    // A letter of somebody whom this line does not know yet: who is there comes first.
    const isNews = letters.length === 0 ||
      letters.some(({ version }) => version > (this.#kept?.version ?? 0));
    if (isNews) this.#learn(await this.#options.calls.read(this.#name));
    for (const { to, message } of letters) {
      const receiver = this.#participants.get(to);
      if (receiver !== undefined) receiver.sink.send(message);
    }
  }

  /** Tells everybody here what is new. */
  #learn(kept: KeptCall | null): void {
    if (kept !== null && this.#kept !== null && kept.version < this.#kept.version) return;
    this.#kept = kept;
    for (const participant of [...this.#participants.values()]) {
      if (kept === null) {
        this.#participants.delete(participant.id);
        participant.sink.end("ended");
        continue;
      }
      const { call, version } = kept;
      const seat = call.seats.find(({ id }) => id === participant.id);
      // One that this process gave away meanwhile is not older than what was read.
      if (version < participant.knows) continue;
      if (seat === undefined) {
        this.#participants.delete(participant.id);
        participant.sink.end(call.kicked.includes(participant.id) ? "kicked" : "lost");
      } else if (seat.turn > participant.turn) {
        this.#participants.delete(participant.id);
        participant.sink.end("elsewhere");
      } else if (version > participant.knows) {
        participant.knows = version;
        participant.tell(rosterOf(call, version));
      }
    }
    this.#closeWhenEmpty();
  }

  #change(next: (call: Call) => Call | null): void {
    this.#enqueue(async () => {
      const kept = await this.#options.calls.change(
        this.#name,
        (call) => call === null ? null : next(call),
      );
      if (kept !== "full") this.#learn(kept);
    });
  }

  #enqueue(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error) => {
      this.#options.log.warn("call_not_changed", { call: this.#name, error: error as Error });
    });
  }

  /** A line with seats that wait stays until they are swept. */
  #closeWhenEmpty(): void {
    if (this.#closed || this.#held > 0 || this.#participants.size > 0) return;
    const nowMs = this.#options.calls.now();
    const waits = this.#awaySinceMs !== null &&
      nowMs - this.#awaySinceMs <= SEAT_KEPT_MS + TOUCH_EVERY_MS;
    if (waits && this.#kept?.call.seats.some(({ present }) => !present) !== false) return;
    this.#closed = true;
    this.#options.onEmpty();
    void this.#work.then(async () => (await this.#following)?.close()).catch(() => {});
  }
}

/** One connection with its seat. */
export class Participant {
  readonly kind = "participant";
  readonly id: string;
  readonly turn: number;
  readonly sink: Sink;
  /** Version of the call that it was told last. */
  knows = 0;
  /** Connections whose offer is with `rtc`. */
  readonly offers = new Set<SfuSeatKind>();
  readonly #line: Line;
  /** What it was told of who is there. */
  #told = "";

  constructor(line: Line, { seat, sink }: { readonly seat: Seat; readonly sink: Sink }) {
    this.#line = line;
    this.id = seat.id;
    this.turn = seat.turn;
    this.sink = sink;
  }

  /** Notes what it was told. */
  told(roster: Roster): boolean {
    // Signs of life are changes of the call and none of who is there.
    const text = JSON.stringify({ ...roster, version: 0 });
    const isNews = text !== this.#told;
    this.#told = text;
    return isNews;
  }

  /** Tells it who is there, unless it knows. */
  tell(roster: Roster): void {
    if (this.told(roster)) this.sink.send({ type: "roster", ...roster });
  }

  /** Takes a message of the connection. */
  receive(message: ClientMessage): void {
    this.#line.receive(this, message);
  }

  /** The connection is over without a word. */
  lose(): void {
    this.#line.lose(this);
  }
}
