/**
 * `web` as an edge sees it, in a process of its own: texts and gifts at a chosen rate in one room.
 * Prints its port.
 *
 * Argument: JSON of {@linkcode ImSource}.
 *
 * @module
 */
import type { Draft } from "../../im/protocol/message.ts";
import type { ImSettings } from "../../im/settings.ts";
import { giftDraft, talk } from "../../tests/support/im_messages.ts";
import { ImWeb, ROOM } from "../../tests/support/im_web.ts";

/** What is said in the room. */
export interface ImSource {
  readonly chatsPerSecond: number;
  /** Texts come together so often, milliseconds. Default: 20. */
  readonly burstMs?: number;
  /** Gifts come one by one, at moments by chance. */
  readonly giftsPerSecond: number;
  /** Deviations from the default settings. */
  readonly settings?: Partial<ImSettings>;
}

/** A gift above the configured value: a lane that does not wait for a batch. */
const GIFT_COINS = 1_000;

if (import.meta.main) {
  const source = JSON.parse(Deno.args[0] ?? "{}") as ImSource;
  const { chatsPerSecond, burstMs = 20, giftsPerSecond, settings = {} } = source;
  const web = await new ImWeb().start();
  web.set(settings);
  const lines = talk();
  let said = 0;
  const speaker = () => ({
    id: Array.from(crypto.getRandomValues(new Uint8Array(12)))
      .map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    name: `${lines[said % lines.length]!.from!.name}${said % 97}`,
    level: said % 24,
    role: "member" as const,
  });
  const chat = (): Draft => {
    const { kind, body, lane, stateKey } = lines[said++ % lines.length]!;
    return { kind, body, lane, stateKey, from: speaker() } as Draft;
  };
  const beganAtMs = performance.now();
  setInterval(() => {
    const due = Math.floor((performance.now() - beganAtMs) * chatsPerSecond / 1000) - said;
    if (due <= 0) return;
    web.say(ROOM, ...Array.from({ length: Math.min(due, 500) }, chat)).catch(console.error);
  }, burstMs);
  const give = () => {
    web.say(ROOM, giftDraft("rocket", { value: GIFT_COINS, lane: "bigGift", from: speaker() }))
      .catch(console.error);
    setTimeout(give, -Math.log(1 - Math.random()) * 1000 / giftsPerSecond);
  };
  if (giftsPerSecond > 0) setTimeout(give, 1000);
  console.log(new URL(web.url).port);
}
