/**
 * The repository contracts as synchronous operations: what a driver implements, next to its data.
 * {@linkcode METHODS} names them once, for those who call them from afar.
 *
 * @module
 */
import type { Repositories } from "../rooms/repository.ts";

/** The groups of operations of a store. */
export type Group =
  | "accounts"
  | "sessions"
  | "rooms"
  | "follows"
  | "broadcasts"
  | "likes"
  | "settings"
  | "audit"
  | "moderation"
  | "leases"
  | "calls"
  | "stages";

type Synchronous<R> = {
  readonly [M in keyof R]: R[M] extends (...input: infer Input) => Promise<infer Output>
    ? (...input: Input) => Output
    : never;
};

/** Every method of the repositories, without the promise. */
export type Operations = { readonly [G in Group]: Synchronous<Repositories[G]> };

/** Every method's name; the type makes the list complete. */
export const METHODS: { readonly [G in Group]: Readonly<Record<keyof Repositories[G], true>> } = {
  accounts: {
    create: true,
    createFirstAdmin: true,
    putAdmin: true,
    byId: true,
    byNameKey: true,
    hasAdmin: true,
    update: true,
    delete: true,
    search: true,
    showsImage: true,
  },
  sessions: {
    create: true,
    find: true,
    extend: true,
    delete: true,
    list: true,
    deleteById: true,
    deleteOthers: true,
    deleteExpired: true,
    count: true,
  },
  rooms: {
    create: true,
    byId: true,
    byOwner: true,
    byIds: true,
    newest: true,
    update: true,
    search: true,
    sealedKey: true,
    replaceKey: true,
  },
  follows: { add: true, remove: true, has: true, rooms: true },
  broadcasts: { put: true, list: true, running: true },
  likes: { add: true, changed: true, totals: true },
  settings: { put: true, current: true, history: true },
  audit: { append: true, list: true },
  moderation: { put: true, remove: true, get: true, list: true, takeTurn: true },
  leases: { take: true, release: true },
  calls: { read: true, put: true, ofOwner: true },
  stages: { read: true, put: true, roomOf: true, rooms: true },
};

/** Takes one operation to where the data is. */
export type Invoke = (group: Group, method: string, input: readonly unknown[]) => Promise<unknown>;

/** Repositories whose every method goes through `invoke`. */
export function repositoriesOver(invoke: Invoke): Pick<Repositories, Group> {
  const group = <G extends Group>(name: G): Repositories[G] =>
    Object.fromEntries(
      Object.keys(METHODS[name]).map((method) => [
        method,
        (...input: readonly unknown[]) => invoke(name, method, input),
      ]),
    ) as unknown as Repositories[G];
  return {
    accounts: group("accounts"),
    sessions: group("sessions"),
    rooms: group("rooms"),
    follows: group("follows"),
    broadcasts: group("broadcasts"),
    likes: group("likes"),
    settings: group("settings"),
    audit: group("audit"),
    moderation: group("moderation"),
    leases: group("leases"),
    calls: group("calls"),
    stages: group("stages"),
  };
}

/**
 * Runs one operation by its name.
 *
 * @throws {TypeError} when there is none of that name, and whatever the operation throws.
 */
export function runOperation(
  operations: Operations,
  call: { readonly group: Group; readonly method: string; readonly input: readonly unknown[] },
): unknown {
  const methods = operations[call.group] as Record<string, (...input: unknown[]) => unknown>;
  if (!Object.hasOwn(METHODS[call.group] ?? {}, call.method)) {
    throw new TypeError(`Cannot run ${call.group}.${call.method}: no such operation`);
  }
  return (methods[call.method] as (...input: unknown[]) => unknown)(...call.input);
}
