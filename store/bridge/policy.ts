/**
 * What the bridge lets through: reading rooms and `@everyone`, which rooms there are, and the
 * settings. Accounts, sessions, private channels and every change stay behind it. Pure.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { EVERYONE, isChannel } from "../../im/protocol/message.ts";

/** Words of one command. */
const MAX_WORDS = 32;
/** Length of one word, UTF-16 units. */
const MAX_WORD = 16 * 1024;

/** What may pass. */
export interface BridgePolicy {
  /** Every key begins with it. */
  readonly prefix: string;
  /** Lower-case SHA-1 of the scripts that only read. */
  readonly readers: ReadonlySet<string>;
}

/** A command that may pass. */
export interface Admitted {
  /** Leads to its node of a cluster; null: any node. */
  readonly key: string | null;
  readonly words: readonly string[];
}

/** Checks one command; a text says why it may not pass. */
export function admit(command: unknown, policy: BridgePolicy): Admitted | string {
  if (!Array.isArray(command) || command.length === 0 || command.length > MAX_WORDS) {
    return "ERR a command is a list of 1 to 32 words";
  }
  if (!command.every((word) => typeof word === "string" || typeof word === "number")) {
    return "ERR a command is a list of texts and numbers";
  }
  const [name = "", ...rest] = command.map(String);
  const words = [name.toUpperCase(), ...rest];
  if (words.some((word) => word.length > MAX_WORD)) return "ERR a word is too long";
  const [key = ""] = rest;
  const { prefix } = policy;
  switch (words[0]) {
    case "PING":
      return rest.length === 0 ? { key: null, words } : "ERR wrong number of arguments";
    case "EXISTS":
      return rest.length === 1 && isBetween(key, `${prefix}{store}:room:`, /^\d{1,15}$/)
        ? { key, words }
        : forbidden(words);
    case "HVALS":
      return rest.length === 1 && key === `${prefix}{store}:settings-values`
        ? { key, words }
        : forbidden(words);
    case "EVALSHA":
    case "EVAL": {
      const [script = "", keys, channelKey = ""] = rest;
      const sha = words[0] === "EVALSHA"
        ? script.toLowerCase()
        : createHash("sha1").update(script).digest("hex");
      return policy.readers.has(sha) && keys === "1" &&
          isReadable(channelOf(channelKey, { prefix, suffix: "" }))
        ? { key: channelKey, words }
        : forbidden(words);
    }
    default:
      return forbidden(words);
  }
}

/** The name of a wake-up, or null when it may not be listened to. */
export function admitSubscription(name: string, { prefix }: BridgePolicy): string | null {
  return isReadable(channelOf(name, { prefix, suffix: "wake" })) ? name : null;
}

function forbidden(words: readonly string[]): string {
  return `NOPERM this token may not run '${words[0]!.slice(0, 20).toLowerCase()}' on that`;
}

function isReadable(channel: string | null): boolean {
  return channel !== null && isChannel(channel) &&
    (channel === EVERYONE || !channel.startsWith("@"));
}

function channelOf(
  key: string,
  { prefix, suffix }: { readonly prefix: string; readonly suffix: string },
): string | null {
  const end = `}:${suffix}`;
  if (!key.startsWith(`${prefix}{`) || !key.endsWith(end)) return null;
  return key.slice(prefix.length + 1, -end.length);
}

function isBetween(text: string, start: string, rest: RegExp): boolean {
  return text.startsWith(start) && rest.test(text.slice(start.length));
}
