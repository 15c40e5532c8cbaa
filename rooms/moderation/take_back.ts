/**
 * Taking messages back for everybody: those who have them are told to hide them, and nobody gets them
 * any more.
 *
 * @module
 */
import type { MessageLog } from "../../im/log.ts";
import { type Channel, type Draft, messageId } from "../../im/protocol/message.ts";

/**
 * Takes messages of a room back. The notice comes first: edges drop what it names from their rings, in
 * whichever order they hear of it, and an edge that begins later finds neither. Who dies in between
 * may be followed by somebody who does it again.
 */
export async function takeBack(
  log: Pick<MessageLog, "append" | "remove">,
  room: Channel,
  scores: readonly number[],
): Promise<void> {
  const ids = scores.map(messageId);
  const draft: Draft = {
    kind: "notice",
    body: { notice: "removed", data: { ids } },
    lane: "moderation",
    from: null,
    stateKey: null,
  };
  await log.append(room, [{ draft, dedupeKey: `removed ${ids.join(" ")}` }]);
  await log.remove(room, scores);
}
