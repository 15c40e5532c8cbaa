/**
 * How messages stand in Redis and come out of it, whichever way leads there. Runs on any runtime.
 *
 * @module
 */
import type { Slice } from "../../im/log.ts";
import type { Draft, Message } from "../../im/protocol/message.ts";

/** Part of an answer of Redis. */
type Part = string | number | null | readonly Part[];

/** What the script `log_read` answers, as a slice. */
export function toSlice(
  reply: readonly Part[],
  { after, limit }: { readonly after: number | null; readonly limit: number },
): Slice {
  const [head, gap, ...lines] = reply;
  const messages = lines.map((line) => toMessage(String(line).slice(String(line).indexOf(" ") + 1)))
    .sort((a, b) => a.score - b.score);
  const more = messages.length > limit;
  return {
    messages: more ? messages.slice(-limit) : messages,
    head: Number(head),
    gap: after !== null && (Number(gap) === 1 || more),
  };
}

/** `<score><JSON of the draft>` as a message. */
export function toMessage(member: string): Message {
  const brace = member.indexOf("{");
  return messageOf(Number(member.slice(0, brace)), JSON.parse(member.slice(brace)) as Draft);
}

/** A draft that has its place. */
export function messageOf(score: number, draft: Draft): Message {
  return { ...draft, score, merged: 1 };
}
