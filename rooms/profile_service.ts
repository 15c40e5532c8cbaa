/**
 * What people do with their own account: name and picture, password, sessions, the end of it.
 *
 * @module
 */
import { withoutSecrets } from "./account_service.ts";
import type { RateLimiter } from "./rate_limits.ts";
import { ServiceError } from "./errors.ts";
import type { Account, SessionInfo } from "./model.ts";
import type { PasswordHasher } from "./password_hasher.ts";
import type { Repositories, StoredAccount } from "./repository.ts";
import { nameKey, parseDisplayName, parsePassword } from "./rules.ts";
import { sha256Hex } from "./secrets.ts";
import type { StreamCloser } from "./room_service.ts";

/** Removes a picture that nobody shows any more. */
export interface PictureStore {
  remove(image: string): Promise<void>;
}

/** What {@linkcode Profiles} stands on. */
export interface ProfilesOptions {
  readonly repositories: Pick<Repositories, "accounts" | "sessions">;
  readonly hasher: PasswordHasher;
  readonly pictures: PictureStore;
  readonly closer: StreamCloser;
  /** Wrong passwords of one account; null: not limited. */
  readonly attempts: RateLimiter | null;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Implements the routes' `ProfileService`. */
export class Profiles {
  readonly #options: ProfilesOptions;
  readonly #now: () => number;

  constructor(options: ProfilesOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /**
   * Chooses the name that others see; null: the log-in name again.
   *
   * @throws {ServiceError} `invalid`, `name_taken`, both with the field `displayName`.
   */
  async rename(account: Account, displayName: string | null): Promise<Account> {
    const name = displayName === null ? null : parseDisplayName(displayName);
    const display = name === null || name === account.name ? null : { name, key: nameKey(name) };
    const changed = await this.#options.repositories.accounts.update(account.id, { display });
    return withoutSecrets(this.#kept(changed));
  }

  /** Shows another picture, or none; the old one is removed. */
  async setAvatar(account: Account, avatar: string | null): Promise<Account> {
    const { accounts } = this.#options.repositories;
    const before = await accounts.byId(account.id);
    const changed = this.#kept(await accounts.update(account.id, { avatar }));
    await this.#removeUnused([before?.avatar ?? null], avatar);
    return withoutSecrets(changed);
  }

  /**
   * A new password; every session but the asking one ends.
   *
   * @throws {ServiceError} `wrong_credentials` with the field `currentPassword`, `invalid` with the
   *   field `password`, `too_many_attempts`, `busy`.
   */
  async changePassword(
    account: Account,
    input: { readonly current: string; readonly next: string; readonly token: string },
  ): Promise<void> {
    const next = parsePassword(input.next);
    await this.#requirePassword(account, input.current);
    const { accounts, sessions } = this.#options.repositories;
    const passwordHash = await this.#options.hasher.hash(next);
    this.#kept(await accounts.update(account.id, { passwordHash }));
    await sessions.deleteOthers(account.id, { exceptTokenHash: sha256Hex(input.token) });
  }

  /** The account's sessions, last seen first. */
  async sessions(account: Account, token: string): Promise<SessionInfo[]> {
    const current = sha256Hex(token);
    const list = await this.#options.repositories.sessions.list(account.id, {
      nowMs: this.#now(),
    });
    return list.map(({ tokenHash, id, createdAtMs, seenAtMs, userAgent, address }) => ({
      id,
      createdAtMs,
      seenAtMs,
      userAgent,
      address,
      current: tokenHash === current,
    }));
  }

  /** @throws {ServiceError} `not_found` when the account has no such session. */
  async endSession(account: Account, id: string): Promise<void> {
    if (!(await this.#options.repositories.sessions.deleteById(account.id, id))) {
      throw new ServiceError("not_found", "Cannot end the session: it is over already");
    }
  }

  /** Logs out everywhere, but for the asking session when `keepToken` names it; answers how many. */
  endSessions(
    account: Account,
    options: { readonly keepToken: string | null },
  ): Promise<number> {
    const { keepToken } = options;
    return this.#options.repositories.sessions.deleteOthers(account.id, {
      exceptTokenHash: keepToken === null ? null : sha256Hex(keepToken),
    });
  }

  /**
   * Removes the account with its room, follows and pictures, and ends its stream.
   *
   * @throws {ServiceError} `wrong_credentials` with the field `password`, `last_admin`.
   */
  async delete(account: Account, input: { readonly password: string }): Promise<void> {
    await this.#requirePassword(account, input.password, "password");
    await this.remove(account.id);
  }

  /** The same without a password, for administrators and their audit. */
  async remove(accountId: string): Promise<void> {
    const deleted = await this.#options.repositories.accounts.delete(accountId);
    if (deleted === "unknown") return;
    if (deleted === "last_admin") throw lastAdmin();
    await this.#removeUnused(deleted.images, null);
    if (deleted.roomId === null) return;
    try {
      await this.#options.closer.close(deleted.roomId, "ended");
    } catch (error) {
      // The room is gone whatever an origin said, and the closer goes on trying.
      if (!(error instanceof ServiceError)) throw error;
    }
  }

  async #removeUnused(images: readonly (string | null)[], kept: string | null): Promise<void> {
    for (const image of images) {
      if (image === null || image === kept) continue;
      // Only when nothing else shows it.
      if (await this.#options.repositories.accounts.showsImage(image)) continue;
      await this.#options.pictures.remove(image);
    }
  }

  async #requirePassword(
    account: Account,
    password: string,
    field: "password" | "currentPassword" = "currentPassword",
  ): Promise<void> {
    const retryAfterS = await this.#options.attempts?.take(account.id, this.#now()) ?? 0;
    if (retryAfterS > 0) {
      throw new ServiceError(
        "too_many_attempts",
        `Cannot try again yet: wait ${retryAfterS} s`,
        { retryAfterS },
      );
    }
    const stored = await this.#options.repositories.accounts.byId(account.id);
    const matches = password.length <= 4096 && password.isWellFormed() &&
      await this.#options.hasher.verify(password.normalize("NFC"), stored?.passwordHash ?? null);
    if (!matches) {
      throw new ServiceError("wrong_credentials", "Cannot do this: the password is wrong", {
        field,
      });
    }
    await this.#options.attempts?.refund(account.id);
  }

  #kept(outcome: StoredAccount | "unknown" | "name_taken" | "last_admin"): StoredAccount {
    switch (outcome) {
      case "unknown":
        throw new ServiceError("unauthenticated", "Cannot do this: the account is gone");
      case "name_taken":
        throw new ServiceError("name_taken", "Cannot use this name: it is taken", {
          field: "displayName",
        });
      case "last_admin":
        throw lastAdmin();
      default:
        return outcome;
    }
  }
}

/** The refusal to go without an administrator. */
export function lastAdmin(): ServiceError {
  return new ServiceError(
    "last_admin",
    "Cannot do this: it would leave the platform without an administrator",
  );
}
