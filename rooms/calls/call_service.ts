/**
 * Calls as people make, find, join and end them. What happens inside one is
 * `rooms/calls/switchboard.ts`.
 *
 * @module
 */
import { addressKey, type AttemptPolicy } from "../attempt_limits.ts";
import { ServiceError } from "../errors.ts";
import { type Account, personOf } from "../model.ts";
import type { PasswordHasher } from "../password_hasher.ts";
import { RateLimiter, type SharedBuckets } from "../rate_limits.ts";
import { parseLine, parsePassword } from "../rules.ts";
import { randomToken, sha256Hex } from "../secrets.ts";
import {
  arrange,
  type Call,
  capacityOf,
  enter,
  isOver,
  keptUntilMs,
  newCall,
  refusalOf,
  resume,
  type Seat,
  viewOf,
} from "./call.ts";
import type { CallMediaPort } from "./media_port.ts";
import { Invitations } from "./invitations.ts";
import {
  type CallAccess,
  type CallRefusal,
  type CallView,
  type JoinMessage,
  parseCallName,
  screenSeat,
  SIGNAL_LIMITS,
} from "./protocol.ts";
import type { CallPost, CallRepository, KeptCall } from "./repository.ts";

/** Calls of one platform. */
const MAX_CALLS = 20_000;
/** Calls of one account. */
const MAX_OWNED = 50;
/** A change that others were faster with is tried so often. */
const MAX_TRIES = 20;

const LIMITS = {
  /** Calls made, by address. */
  make: { burst: 20, refillMs: 30_000 },
  /** Joinings, by address. */
  join: { burst: 60, refillMs: 2_000 },
  /** Wrong passwords, by call and address. */
  passwordAddress: { burst: 10, refillMs: 30_000 },
  /** Wrong passwords, by call: more generous, or a victim could be locked out. */
  passwordCall: { burst: 100, refillMs: 5_000 },
} as const satisfies Record<string, AttemptPolicy>;

/** What {@linkcode Calls} stands on. */
export interface CallsOptions {
  readonly calls: CallRepository;
  readonly post: CallPost;
  /** Calls of more than a mesh carries. */
  readonly media: CallMediaPort;
  readonly hasher: Pick<PasswordHasher, "hash" | "verify">;
  /** Signs invitations. */
  readonly invitationKey: string;
  readonly rateLimits: boolean;
  readonly buckets: SharedBuckets | null;
  readonly now: () => number;
}

/** What somebody asks for who makes a call. */
export interface CallWish {
  readonly name: string;
  readonly access: CallAccess;
  readonly password: string | null;
  readonly guests: boolean;
}

/** Somebody at the door of a call. */
export interface Visitor {
  readonly account: Account | null;
  /** IP address. */
  readonly address: string;
}

/** A seat with the token that takes it again. */
export interface Seated {
  readonly kind: "seated";
  readonly kept: KeptCall;
  readonly seat: Seat;
  readonly resume: string;
  readonly resumed: boolean;
}

/** Nobody was let in. */
export interface Refused {
  readonly kind: "refused";
  readonly code: CallRefusal;
  readonly retryAfterS: number | null;
  readonly capacity?: number;
}

/** Calls over their store. */
export class Calls {
  readonly #options: CallsOptions;
  readonly #invitations: Invitations;
  readonly #limits: Readonly<Record<keyof typeof LIMITS, RateLimiter>> | null;

  constructor(options: CallsOptions) {
    this.#options = options;
    this.#invitations = new Invitations(options.invitationKey);
    const { buckets } = options;
    const limit = (name: keyof typeof LIMITS) =>
      new RateLimiter(`call ${name}`, LIMITS[name], { buckets });
    this.#limits = options.rateLimits
      ? {
        make: limit("make"),
        join: limit("join"),
        passwordAddress: limit("passwordAddress"),
        passwordCall: limit("passwordCall"),
      }
      : null;
  }

  /** Letters between the processes. */
  get post(): CallPost {
    return this.#options.post;
  }

  /** Media of calls that are no mesh. */
  get media(): CallMediaPort {
    return this.#options.media;
  }

  /** How many people a call takes now. */
  get capacity(): number {
    return capacityOf({ hasSfu: this.media.available });
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#options.now();
  }

  /**
   * Makes a call that the account owns.
   *
   * @throws {ServiceError} `invalid` with `name` or `password`, `name_taken`, `too_many`,
   * `too_many_attempts`, `busy`.
   */
  async make(account: Account, wish: CallWish, { address }: { readonly address: string }) {
    const name = nameOf(wish.name);
    const passwordHash = wish.access === "password"
      ? await this.#options.hasher.hash(parsePassword(wish.password ?? ""))
      : null;
    await this.#take("make", addressKey(address));
    const nowMs = this.now();
    const { calls } = this.#options;
    const owned = await calls.ofOwner(account.id, { nowMs, limit: MAX_OWNED });
    if (owned.length >= MAX_OWNED) {
      throw new ServiceError("too_many", `Cannot make the call: ${MAX_OWNED} are yours already`);
    }
    const { access, guests } = wish;
    const call = newCall(
      { id: randomToken(12), name, access, passwordHash, guests, ownerId: account.id },
      nowMs,
    );
    const put = await calls.put(name, {
      version: 0,
      call,
      expiresAtMs: keptUntilMs(call, nowMs),
      nowMs,
    }, { max: MAX_CALLS });
    if (put === "changed") {
      throw new ServiceError("name_taken", "Cannot make the call: the name is taken", {
        field: "name",
      });
    }
    if (put === "full") {
      throw new ServiceError("too_many", "Cannot make the call: there are too many");
    }
    return viewOf(call, this.capacity);
  }

  /** A call by its name; null: there is none, and whoever joins first opens one. */
  async find(name: string): Promise<CallView | null> {
    const kept = await this.read(nameOf(name));
    return kept === null ? null : viewOf(kept.call, this.capacity);
  }

  /** The account's calls by name. */
  async ofAccount(account: Account): Promise<readonly CallView[]> {
    const found = await this.#options.calls.ofOwner(account.id, {
      nowMs: this.now(),
      limit: MAX_OWNED,
    });
    return found.map(({ call }) => viewOf(call, this.capacity));
  }

  /**
   * An invitation to a call of one's own.
   *
   * @throws {ServiceError} `not_found`, `forbidden`.
   */
  async invite(account: Account, name: string) {
    const { call } = await this.#owned(account, name);
    return this.invitationTo(call);
  }

  /** An invitation, for whoever was found to be allowed to give it. */
  invitationTo({ id }: Pick<Call, "id">) {
    return this.#invitations.issue(id, this.now());
  }

  /**
   * Ends a call of one's own for everybody.
   *
   * @throws {ServiceError} `not_found`, `forbidden`.
   */
  async end(account: Account, name: string): Promise<void> {
    const { call } = await this.#owned(account, name);
    await this.change(call.name, () => null);
  }

  /**
   * Lets somebody in, or says why not. Somebody with a token of a seat gets the same seat. A name that
   * nobody has becomes an open call.
   */
  async join(name: string, message: JoinMessage, visitor: Visitor): Promise<Seated | Refused> {
    const { account, address } = visitor;
    if (message.resume !== undefined) {
      const resumed = await this.#resume(name, message.resume);
      if (resumed !== null) return resumed;
    }
    const waitS = await this.#limits?.join.take(addressKey(address), this.now()) ?? 0;
    if (waitS > 0) return refused("too_many_attempts", waitS);
    const shown = account === null ? message.name ?? "" : personOf(account).name;
    const display = displayName(shown);
    if (display === null) return refused("bad_name");

    const known = await this.read(name);
    let passwordMatches: boolean | null = null;
    if (known !== null && known.call.passwordHash !== null && message.password !== undefined) {
      const checked = await this.#checkPassword(known.call, message.password, address);
      if (typeof checked === "object") return checked;
      passwordMatches = checked;
    }
    if (known === null) {
      const waitS = await this.#limits?.make.take(addressKey(address), this.now()) ?? 0;
      if (waitS > 0) return refused("too_many_attempts", waitS);
    }
    const token = randomToken(24);
    const entrant = {
      id: randomToken(9),
      name: display,
      accountId: account?.id ?? null,
      avatar: account?.avatar ?? null,
      resumeHash: sha256Hex(token),
      audio: message.audio,
      video: message.video,
    };
    let refusal: CallRefusal | null = null;
    const kept = await this.change(name, (current) => {
      refusal = null;
      const nowMs = this.now();
      const call = current ?? newCall({
        ...{ id: randomToken(12), name, access: "open", passwordHash: null },
        ...{ guests: true, ownerId: null },
      }, nowMs);
      const { invitation } = message;
      refusal = refusalOf(call, {
        accountId: entrant.accountId,
        // A password that was checked against another making of the name says nothing.
        passwordMatches: call.id === known?.call.id ? passwordMatches : null,
        invitationHolds: invitation === undefined
          ? null
          : this.#invitations.holds(invitation, { callId: call.id, nowMs }),
      });
      if (refusal !== null) return current;
      const entered = enter(call, entrant, { nowMs, capacity: this.capacity });
      if (entered !== "full") return entered;
      refusal = "full";
      return current;
    });
    if (refusal === "full") return { ...refused(refusal), capacity: this.capacity };
    if (refusal !== null) return refused(refusal);
    if (kept === "full") return refused("too_many_calls");
    const seat = kept?.call.seats.find(({ id }) => id === entrant.id);
    if (kept === null || seat === undefined) return refused("busy", 1);
    return { kind: "seated", kept, seat, resume: token, resumed: false };
  }

  /** The call as it is kept. */
  read(name: string): Promise<KeptCall | null> {
    return this.#options.calls.read(name, { nowMs: this.now() });
  }

  /**
   * Changes a call, again and again while others are faster; what is over then is removed, and
   * everybody who follows it is woken. Answers the call as it is afterwards, `full` when there is no
   * room for a new one.
   *
   * @throws {StoreBusyError} when others were faster too often.
   */
  async change(
    name: string,
    next: (call: Call | null) => Call | null,
  ): Promise<KeptCall | "full" | null> {
    const { calls, post } = this.#options;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const kept = await this.read(name);
      const before = kept?.call ?? null;
      const wished = next(before);
      const made = wished && arrange(wished, { hasSfu: this.media.available });
      if (made === before) return kept;
      const call = made !== null && isOver(made) ? null : made;
      if (call === null && kept === null) return null;
      const nowMs = this.now();
      const version = await calls.put(name, {
        version: kept?.version ?? 0,
        call,
        expiresAtMs: call === null ? nowMs : keptUntilMs(call, nowMs),
        nowMs,
      }, { max: MAX_CALLS });
      if (version === "changed") continue;
      if (version === "full") return "full";
      if (before !== null) this.#endMedia(before, call);
      // Who cannot be woken looks by themselves.
      await post.send(name, []).catch(() => {});
      return call === null ? null : { version, call };
    }
    throw new ServiceError("busy", "Cannot change the call: too many do at once", {
      retryAfterS: 1,
    });
  }

  /** Who has no seat any more, or sits in a mesh, is carried no more. */
  #endMedia(before: Call, after: Call | null): void {
    if (before.topology !== "sfu") return;
    const stays = new Set(after?.topology === "sfu" ? after.seats.map(({ id }) => id) : []);
    // On the way back to a mesh everybody goes by themselves, when the other way holds.
    const goesBack = after !== null && after.topology !== "sfu" && after.id === before.id;
    for (const { id } of before.seats) {
      if (stays.has(id) || goesBack && after.seats.some((seat) => seat.id === id)) continue;
      for (const participant of [id, screenSeat(id)]) {
        this.media.leave({ call: before.id, participant });
      }
    }
  }

  async #resume(name: string, token: string): Promise<Seated | null> {
    const resumeHash = sha256Hex(token);
    let seat: Seat | null = null;
    const kept = await this.change(name, (call) => {
      const found = call === null ? null : resume(call, { resumeHash, nowMs: this.now() });
      seat = found?.seat ?? null;
      return found?.call ?? call;
    });
    if (seat === null || kept === null || kept === "full") return null;
    return { kind: "seated", kept, seat, resume: token, resumed: true };
  }

  async #checkPassword(call: Call, given: string, address: string): Promise<boolean | Refused> {
    if (given.length > SIGNAL_LIMITS.password) return false;
    const limits = this.#limits;
    const key = `${call.id} ${addressKey(address)}`;
    const nowMs = this.now();
    const waitS = await limits?.passwordAddress.take(key, nowMs) ||
      await limits?.passwordCall.take(call.id, nowMs) || 0;
    if (waitS > 0) return refused("too_many_attempts", waitS);
    let matches: boolean;
    try {
      matches = await this.#options.hasher.verify(given.normalize("NFC"), call.passwordHash);
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code !== "busy") throw error;
      return refused("busy", error.retryAfterS ?? 2);
    }
    if (matches) {
      await limits?.passwordAddress.refund(key);
      await limits?.passwordCall.refund(call.id);
    }
    return matches;
  }

  async #owned(account: Account, text: string): Promise<KeptCall> {
    const kept = await this.read(nameOf(text));
    if (kept === null) throw new ServiceError("not_found", "Cannot find the call");
    if (kept.call.ownerId !== account.id) {
      throw new ServiceError("forbidden", "Cannot do this: the call is somebody else's");
    }
    return kept;
  }

  async #take(limit: keyof typeof LIMITS, key: string): Promise<void> {
    const waitS = await this.#limits?.[limit].take(key, this.now()) ?? 0;
    if (waitS > 0) {
      throw new ServiceError("too_many_attempts", "Cannot do this now: too many attempts", {
        retryAfterS: waitS,
      });
    }
  }
}

function refused(code: CallRefusal, retryAfterS: number | null = null): Refused {
  return { kind: "refused", code, retryAfterS };
}

function nameOf(text: string): string {
  const name = parseCallName(text);
  if (name === null) {
    throw new ServiceError(
      "invalid",
      "Cannot accept the name: letters, digits, hyphens and low lines, at most 48",
      { field: "name" },
    );
  }
  return name;
}

/** A name to be shown; null: it cannot be used. */
function displayName(text: string): string | null {
  try {
    return parseLine(text, { ...SIGNAL_LIMITS.name, field: "name" });
  } catch (error) {
    if (error instanceof ServiceError) return null;
    throw error;
  }
}
