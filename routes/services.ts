/**
 * What the routes need from the business: the pages and the API stand on these ports alone.
 * Every method validates its input again and throws {@linkcode ServiceError} for what a caller
 * can do something about.
 *
 * @module
 */
import type { Account, RoomState, StreamReport } from "../rooms/model.ts";

export { ServiceError, type ServiceErrorCode } from "../rooms/errors.ts";

/** Name and password as they were typed, with the client's address for the attempt limits. */
export interface Credentials {
  readonly name: string;
  readonly password: string;
  readonly remoteAddress: string;
}

/** Accounts and sessions. */
export interface AccountService {
  signUp(credentials: Credentials): Promise<{ account: Account; token: string }>;
  logIn(credentials: Credentials): Promise<{ account: Account; token: string }>;
  logOut(token: string): Promise<void>;
  /** The account of a session token; null when it is unknown or too old. */
  authenticate(token: string): Promise<Account | null>;
  /** True until the first administrator exists; then the set-up link is dead. */
  needsSetup(): Promise<boolean>;
  /** Makes the first administrator; `setupToken` was printed at the first start. */
  setUp(
    credentials: Credentials & { readonly setupToken: string },
  ): Promise<{ account: Account; token: string }>;
}

/** Rooms with their live state. */
export interface RoomService {
  create(account: Account, input: { readonly title: string }): Promise<RoomState>;
  get(id: string): Promise<RoomState>;
  /** The account's room, or null. */
  ofAccount(account: Account): Promise<RoomState | null>;
  /** Live rooms first by viewers; at most `limit` (200). */
  list(options: { readonly live?: boolean; readonly limit?: number }): Promise<RoomState[]>;
  update(account: Account, id: string, input: { readonly title: string }): Promise<RoomState>;
  publishKey(account: Account, id: string): Promise<string>;
  /** A new key; the running stream of the old one is cut off. */
  rotatePublishKey(account: Account, id: string): Promise<string>;
  /** Administrators: ends the running stream. */
  cutOff(account: Account, id: string): Promise<void>;
}

/** Running streams, for administrators. */
export interface StreamService {
  list(): readonly StreamReport[];
}

/** Everything the routes stand on. */
export interface Services {
  readonly accounts: AccountService;
  readonly rooms: RoomService;
  readonly streams: StreamService;
}
