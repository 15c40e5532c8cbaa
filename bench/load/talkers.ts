/**
 * People who talk and give in a room of a running platform, by its API.
 *
 * @module
 */
import { talk } from "../../tests/support/im_messages.ts";
import type { TestPlatform, TestRoom } from "../../tests/support/platform.ts";

/** How much is said. */
export interface TalkRates {
  readonly chatsPerSecond: number;
  /** Gifts that are announced everywhere, one by one. */
  readonly giftsPerSecond: number;
}

/** What came of it. */
export interface TalkFigures {
  readonly said: number;
  readonly given: number;
  readonly refused: number;
}

/** Somebody who has an account. */
interface Talker {
  readonly id: string;
  readonly token: string;
}

const TALKERS = 20;
const EVERY_MS = 50;
/** Calls that wait for their answer, at most; more would only measure the bench. */
const MAX_UNDER_WAY = 200;
const COINS = 100_000_000;

/** Talks until it is disposed of. */
export class Talkers implements AsyncDisposable {
  readonly #platform: TestPlatform;
  readonly #room: TestRoom;
  readonly #rates: TalkRates;
  readonly #talkers: readonly Talker[];
  readonly #gift: string;
  readonly #lines = talk().map((one) => one.kind === "chat" ? one.body.text : "");
  readonly #underWay = new Set<Promise<void>>();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #asked = { chats: 0, gifts: 0 };
  readonly #beganAtMs = performance.now();
  #said = 0;
  #given = 0;
  #refused = 0;

  private constructor(
    platform: TestPlatform,
    of: {
      readonly room: TestRoom;
      readonly rates: TalkRates;
      readonly talkers: readonly Talker[];
      readonly gift: string;
    },
  ) {
    this.#platform = platform;
    this.#room = of.room;
    this.#rates = of.rates;
    this.#talkers = of.talkers;
    this.#gift = of.gift;
    this.#timer = setInterval(() => this.#turn(), EVERY_MS);
  }

  /** Signs people up, gives them coins, and begins. */
  static async start(
    platform: TestPlatform,
    of: { readonly room: TestRoom; readonly rates: TalkRates },
  ): Promise<Talkers> {
    const admin = await platform.api<{ token: string }>("/api/sessions", {
      body: { name: "admin", password: "correct horse battery" },
    });
    const talkers: Talker[] = [];
    for (let n = 0; n < TALKERS; n++) {
      const { status, body } = await platform.api<{ account: { id: string }; token: string }>(
        "/api/accounts",
        { body: { name: `talker${n}`, password: "a long password" } },
      );
      if (status !== 201) throw new Error(`Cannot sign up: ${JSON.stringify(body)}`);
      const { account: { id }, token } = body;
      talkers.push({ id, token });
      const coins = await platform.api(`/api/admin/accounts/${id}/coins`, {
        token: admin.body.token,
        body: { coins: COINS, reason: "bench", requestId: crypto.randomUUID() },
      });
      if (coins.status >= 300) throw new Error(`Cannot give coins: ${JSON.stringify(coins.body)}`);
    }
    const { body: { gifts } } = await platform.api<
      { gifts: readonly { readonly key: string; readonly coins: number }[] }
    >("/api/gifts");
    const gift = gifts.toSorted((a, b) => b.coins - a.coins)[0]!.key;
    return new Talkers(platform, { ...of, talkers, gift });
  }

  /** What was answered so far. */
  get figures(): TalkFigures {
    return { said: this.#said, given: this.#given, refused: this.#refused };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#underWay);
  }

  #turn(): void {
    const seconds = (performance.now() - this.#beganAtMs) / 1000;
    const chats = Math.floor(seconds * this.#rates.chatsPerSecond) - this.#asked.chats;
    const gifts = Math.floor(seconds * this.#rates.giftsPerSecond) - this.#asked.gifts;
    for (let n = 0; n < chats; n++) this.#call("chats");
    for (let n = 0; n < gifts; n++) this.#call("gifts");
  }

  #call(what: "chats" | "gifts"): void {
    const n = this.#asked[what]++;
    if (this.#underWay.size >= MAX_UNDER_WAY) {
      this.#refused++;
      return;
    }
    const { token } = this.#talkers[n % this.#talkers.length]!;
    const [path, body] = what === "chats"
      ? ["messages", {
        kind: "chat",
        text: `${this.#lines[n % this.#lines.length]}${n}`,
        clientId: crypto.randomUUID(),
      }]
      : ["gifts", { gift: this.#gift, count: 1, requestId: crypto.randomUUID() }];
    const call = this.#platform.api(`/api/rooms/${this.#room.id}/${path}`, { token, body }).then(
      ({ status }) => {
        if (status !== 201) this.#refused++;
        else if (what === "chats") this.#said++;
        else this.#given++;
      },
      () => void this.#refused++,
    ).finally(() => this.#underWay.delete(call));
    this.#underWay.add(call);
  }
}
