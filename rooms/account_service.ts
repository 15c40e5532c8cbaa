/**
 * Accounts and sessions: sign up, log in, the first administrator.
 *
 * @module
 */
import { addressKey, ATTEMPT_POLICIES } from "./attempt_limits.ts";
import { ServiceError } from "./errors.ts";
import type { Account } from "./model.ts";
import { type PasswordHasher, UNUSABLE_PASSWORD } from "./password_hasher.ts";
import { RateLimiter, type SharedBuckets } from "./rate_limits.ts";
import type { Repositories, StoredAccount } from "./repository.ts";
import { nameKey, parseName, parsePassword } from "./rules.ts";
import { equalSecrets, randomAccountId, randomToken, sha256Hex } from "./secrets.ts";
import type { Settings } from "./settings.ts";

/** A session ends when it was not used for so long, milliseconds. */
export const SESSION_LIFE_MS = 30 * 24 * 3_600_000;
/** Sessions of one account; the oldest ends when another begins. */
export const MAX_SESSIONS_PER_ACCOUNT = 50;
/** A session's end is moved at most so often, or each request would be a write. */
const EXTEND_AFTER_MS = 10 * 60_000;
/** Characters of a browser's own name that are kept, in UTF-16 units. */
const MAX_USER_AGENT = 256;
/** Characters of an address that are kept. */
const MAX_ADDRESS = 64;
/** The account that the demo channel belongs to. */
export const DEMO_ACCOUNT_ID = "demo";

type LimitedAttempt = Exclude<keyof typeof ATTEMPT_POLICIES, "password">;

/** Input of a sign-up or log-in. */
interface Credentials {
  readonly name: string;
  readonly password: string;
  readonly remoteAddress: string;
  /** As the browser calls itself, for the list of sessions. */
  readonly userAgent?: string;
}

/** What {@linkcode Accounts} stands on. */
export interface AccountsOptions {
  readonly repositories: Pick<Repositories, "accounts" | "sessions">;
  readonly hasher: PasswordHasher;
  readonly settings: Pick<Settings, "values">;
  /** Secret of the set-up link. */
  readonly setupToken: string;
  /** False: attempts are not limited (load tests on a loopback address). */
  readonly rateLimits: boolean;
  readonly buckets: SharedBuckets | null;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Implements the routes' `AccountService`, and what `web` does at its start. */
export class Accounts {
  readonly #accounts: Repositories["accounts"];
  readonly #sessions: Repositories["sessions"];
  readonly #hasher: PasswordHasher;
  readonly #settings: Pick<Settings, "values">;
  readonly #setupToken: string;
  readonly #now: () => number;
  readonly #limits: Readonly<Record<LimitedAttempt, RateLimiter>> | null;
  /** An administrator never vanishes, so that true is final. */
  #adminExists = false;

  constructor(options: AccountsOptions) {
    this.#accounts = options.repositories.accounts;
    this.#sessions = options.repositories.sessions;
    this.#hasher = options.hasher;
    this.#settings = options.settings;
    this.#setupToken = options.setupToken;
    this.#now = options.now ?? Date.now;
    const limit = (name: LimitedAttempt) =>
      new RateLimiter(name, ATTEMPT_POLICIES[name], { buckets: options.buckets });
    this.#limits = options.rateLimits
      ? {
        signUpAddress: limit("signUpAddress"),
        signUpName: limit("signUpName"),
        logInAddress: limit("logInAddress"),
        logInName: limit("logInName"),
      }
      : null;
  }

  /** @throws {ServiceError} `invalid`, `name_taken`, `closed`, `too_many_attempts`, `busy`. */
  async signUp(credentials: Credentials): Promise<{ account: Account; token: string }> {
    if (this.#settings.values.signUp === "closed") {
      throw new ServiceError("closed", "Cannot make an account: sign-up is closed here");
    }
    const name = parseName(credentials.name);
    const password = parsePassword(credentials.password);
    await this.#attempt("signUpAddress", addressKey(credentials.remoteAddress));
    await this.#attempt("signUpName", nameKey(name));
    // Asked before the costly hash; the insert decides.
    if (await this.#accounts.byNameKey(nameKey(name)) !== null) throw nameTaken();
    const account = await this.#newAccount({ name, password, admin: false });
    if (await this.#accounts.create(account) === "name_taken") throw nameTaken();
    return this.#loggedIn(account, credentials);
  }

  /** @throws {ServiceError} `wrong_credentials`, `suspended`, `too_many_attempts`, `busy`. */
  async logIn(credentials: Credentials): Promise<{ account: Account; token: string }> {
    const address = addressKey(credentials.remoteAddress);
    const key = credentials.name.isWellFormed() ? nameKey(credentials.name).slice(0, 128) : "";
    await this.#attempt("logInAddress", address);
    await this.#attempt("logInName", key);
    const account = key === "" ? null : await this.#accounts.byNameKey(key);
    const matches = await this.#hasher.verify(
      passwordToVerify(credentials.password),
      account?.passwordHash ?? null,
    );
    if (account === null || !matches) {
      throw new ServiceError("wrong_credentials", "Cannot log in: name or password is wrong");
    }
    await this.#limits?.logInAddress.refund(address);
    await this.#limits?.logInName.refund(key);
    if (account.suspended) {
      throw new ServiceError("suspended", "Cannot log in: this account is suspended");
    }
    return this.#loggedIn(account, credentials);
  }

  /** Ends the session; does nothing for an unknown token. */
  async logOut(token: string): Promise<void> {
    await this.#sessions.delete(sha256Hex(token));
  }

  /** The account of a session token; null when it is unknown or too old. */
  async authenticate(token: string): Promise<Account | null> {
    if (token.length !== 43) return null;
    const tokenHash = sha256Hex(token);
    const nowMs = this.#now();
    const found = await this.#sessions.find(tokenHash, { nowMs });
    if (found === null) return null;
    const expiresAtMs = nowMs + SESSION_LIFE_MS;
    if (expiresAtMs - found.session.expiresAtMs >= EXTEND_AFTER_MS) {
      await this.#sessions.extend(tokenHash, { expiresAtMs, seenAtMs: nowMs });
    }
    return found.account;
  }

  /** True until the first administrator exists; then the set-up link is dead. */
  async needsSetup(): Promise<boolean> {
    if (!this.#adminExists) this.#adminExists = await this.#accounts.hasAdmin();
    return !this.#adminExists;
  }

  /**
   * Makes the first administrator.
   *
   * @throws {ServiceError} `invalid` with the field `setupToken` when the link is wrong or was used;
   *   else as `signUp`.
   */
  async setUp(
    credentials: Credentials & { readonly setupToken: string },
  ): Promise<{ account: Account; token: string }> {
    await this.#attempt("signUpAddress", addressKey(credentials.remoteAddress));
    const rightToken = equalSecrets(credentials.setupToken, this.#setupToken);
    if (!rightToken || !(await this.needsSetup())) throw deadLink();
    const name = parseName(credentials.name);
    const password = parsePassword(credentials.password);
    const account = await this.#newAccount({ name, password, admin: true });
    switch (await this.#accounts.createFirstAdmin(account)) {
      case "admin_exists":
        throw deadLink();
      case "name_taken":
        throw nameTaken();
      case "created":
        return this.#loggedIn(account, credentials);
    }
  }

  /**
   * Makes sure that the administrator of the configuration exists with this password: an account
   * of that name becomes administrator, and a changed password ends its sessions.
   *
   * @throws {ServiceError} `invalid` when name or password break the rules.
   */
  async ensureAdmin(credentials: { name: string; password: string }): Promise<Account> {
    const name = parseName(credentials.name);
    const password = parsePassword(credentials.password);
    const existing = await this.#accounts.byNameKey(nameKey(name));
    if (existing?.admin && await this.#hasher.verify(password, existing.passwordHash)) {
      return withoutSecrets(existing);
    }
    return withoutSecrets(
      await this.#accounts.putAdmin(await this.#newAccount({ name, password, admin: true })),
    );
  }

  /** The account of the demo channel, made when missing; nobody can log in to it. */
  async ensureDemo(): Promise<Account> {
    for (let number = 1; number <= 100; number++) {
      const existing = await this.#accounts.byId(DEMO_ACCOUNT_ID);
      if (existing !== null) return withoutSecrets(existing);
      const name = number === 1 ? "Demo" : `Demo ${number}`;
      await this.#accounts.create({
        id: DEMO_ACCOUNT_ID,
        name,
        nameKey: nameKey(name),
        displayName: null,
        avatar: null,
        admin: false,
        suspended: false,
        createdAtMs: this.#now(),
        passwordHash: UNUSABLE_PASSWORD,
      });
    }
    throw new Error("Cannot make the demo account: a hundred names are taken");
  }

  /** Forgets sessions that are over, in bounded steps; answers how many are left. */
  async sweep(): Promise<number> {
    const limit = 500;
    while (await this.#sessions.deleteExpired({ nowMs: this.#now(), limit }) === limit);
    return await this.#sessions.count();
  }

  async #attempt(kind: LimitedAttempt, key: string): Promise<void> {
    const retryAfterS = await this.#limits?.[kind].take(key, this.#now()) ?? 0;
    if (retryAfterS > 0) {
      throw new ServiceError(
        "too_many_attempts",
        `Cannot try again yet: wait ${retryAfterS} s`,
        { retryAfterS },
      );
    }
  }

  async #newAccount(
    { name, password, admin }: { name: string; password: string; admin: boolean },
  ): Promise<StoredAccount> {
    return {
      id: randomAccountId(),
      name,
      nameKey: nameKey(name),
      displayName: null,
      avatar: null,
      admin,
      suspended: false,
      createdAtMs: this.#now(),
      passwordHash: await this.#hasher.hash(password),
    };
  }

  async #loggedIn(
    account: StoredAccount,
    { remoteAddress, userAgent = "" }: Credentials,
  ): Promise<{ account: Account; token: string }> {
    const token = randomToken(32);
    const createdAtMs = this.#now();
    await this.#sessions.create({
      tokenHash: sha256Hex(token),
      id: randomToken(12),
      accountId: account.id,
      createdAtMs,
      seenAtMs: createdAtMs,
      expiresAtMs: createdAtMs + SESSION_LIFE_MS,
      userAgent: userAgent.toWellFormed().slice(0, MAX_USER_AGENT),
      address: remoteAddress.slice(0, MAX_ADDRESS),
    }, { maxPerAccount: MAX_SESSIONS_PER_ACCOUNT });
    return { account: withoutSecrets(account), token };
  }
}

/** What cannot be a password is verified as one that nobody has: same time, same answer. */
function passwordToVerify(text: string): string {
  try {
    return parsePassword(text);
  } catch (error) {
    if (error instanceof ServiceError) return "\u0000";
    throw error;
  }
}

/** What of a stored account may leave the business. */
export function withoutSecrets(stored: StoredAccount): Account {
  const { nameKey: _nameKey, passwordHash: _passwordHash, ...account } = stored;
  return account;
}

function nameTaken(): ServiceError {
  return new ServiceError("name_taken", "Cannot use this name: it is taken", { field: "name" });
}

function deadLink(): ServiceError {
  return new ServiceError("invalid", "Cannot set up: the link is wrong or was used already", {
    field: "setupToken",
  });
}
