/**
 * What people say and give in the rooms of the screenshots.
 *
 * @module
 */
import type { TestPlatform } from "../tests/support/platform.ts";
import type { ShotRoom } from "./shot_rooms.ts";

/** The talk of the rooms. */
export interface ShotTalk {
  /** A few more words into the first room, as they fly over the picture. */
  sayMore(): Promise<void>;
}

/** Who gives what before the talk begins: a level comes from it. */
const PURSES = [
  ["老周", { gift: "coffee", count: 8 }],
  ["Milo T.", { gift: "rose", count: 60 }],
  ["阿哲", { gift: "cake", count: 7 }],
  ["星河", { gift: "star", count: 30 }],
  ["豆包", { gift: "lollipop", count: 24 }],
] as const;
type Name = typeof PURSES[number][0] | "青柠" | "林小满";

/** Who says what, in answer to whose last words. */
const BEFORE: readonly (readonly [Name, string, Name?])[] = [
  ["豆包", "来了来了！"],
  ["青柠", "这个延迟真的只有一秒"],
  ["老周", "文明发言，慢速模式先不开了 [smile]"],
  ["Milo T.", "how do you keep the origin flat?"],
  ["阿哲", "@Milo T. 边缘合并回源，一条流只拉一次，后面来多少人都是同一份数据"],
  ["林小满", "对，下半场我现场拔一次网线给大家看"],
  ["Milo T.", "nice, looking forward to it"],
  ["星河", "换成三台呢？", "阿哲"],
  ["Milo T.", "الصورة واضحة جدًا، شكرًا لكم"],
  ["豆包", "主播再演示一次断流重连！"],
];
const MORE: readonly (readonly [Name, string])[] = [
  ["豆包", "能听到声音的回复 1"],
  ["Milo T.", "1"],
  ["阿哲", "这波操作太稳了"],
  ["星河", "[fire] 起飞"],
  ["老周", "声音画面都正常"],
  ["豆包", "两核就够了？"],
  ["Milo T.", "the picture did not even blink"],
  ["阿哲", "求代码链接"],
  ["星河", "下周还讲吗"],
];
/** What is said to the one who looks, between four eyes. */
const WHISPERS: readonly (readonly [Name, string])[] = [
  ["Milo T.", "Are you coming on Sunday, too?"],
  ["阿哲", "你上次问的配置，我整理成一页了"],
  ["阿哲", "要的话发你链接 [smile]"],
];
const LINES_AT_ONCE = 3;
const newId = () => crypto.randomUUID();

/** Lets people enter, give and talk; the first room is the one that everybody looks at. */
export async function beginTalk(
  platform: TestPlatform,
  { rooms, follower, admin }: {
    readonly rooms: readonly ShotRoom[];
    readonly follower: string;
    /** Session token of who grants coins. */
    readonly admin: string;
  },
): Promise<ShotTalk> {
  const [main] = rooms as readonly [ShotRoom];
  const tokens = new Map<Name, string>([["青柠", follower], ["林小满", main.token]]);
  const call = async (path: string, token: string, body: unknown) => {
    const { status, body: answer } = await platform.api<{ message?: { id: string } }>(path, {
      token,
      body,
    });
    if (status >= 300) throw new Error(`Cannot talk: ${path} ${JSON.stringify(answer)}`);
    return answer;
  };
  const lastIds = new Map<Name, string>();
  const say = async (name: Name, text: string, to?: Name) => {
    const { message } = await call(`/api/rooms/${main.id}/messages`, tokens.get(name)!, {
      ...{ kind: "chat", text, clientId: newId(), style: { color: null, mode: "scroll" } },
      replyTo: to === undefined ? null : lastIds.get(to) ?? null,
    });
    if (message !== undefined) lastIds.set(name, message.id);
  };
  const give = (name: Name, gift: { gift: string; count: number }) =>
    call(`/api/rooms/${main.id}/gifts`, tokens.get(name)!, { ...gift, requestId: newId() });
  for (const [name, purse] of PURSES) {
    const { body: { token, account } } = await platform.api<
      { token: string; account: { id: string } }
    >("/api/accounts", { body: { name, password: "a long password" } });
    tokens.set(name, token);
    await call(`/api/admin/accounts/${account.id}/coins`, admin, { coins: 1_000_000, reason: "" });
    await give(name, purse);
    if (name === "老周") {
      const path = `/api/rooms/${main.id}/moderators/${account.id}`;
      await platform.api(path, { method: "PUT", token: main.token });
    }
  }
  const { body: { account } } = await platform.api<{ account: { id: string } }>("/api/account", {
    token: follower,
  });
  await call(`/api/admin/accounts/${account.id}/coins`, admin, { coins: 8_888, reason: "" });
  for (const [name, words, to] of BEFORE) await say(name, words, to);
  await give("星河", { gift: "rocket", count: 2 });
  await call(`/api/rooms/${main.id}/likes`, follower, { count: 30, requestId: newId() });
  for (const [name, text] of WHISPERS) {
    const path = `/api/accounts/${account.id}/messages`;
    await call(path, tokens.get(name)!, { text, clientId: newId() });
  }
  let next = 0;
  return {
    async sayMore() {
      for (let i = 0; i < LINES_AT_ONCE; i++) {
        const [name, words] = MORE[next++ % MORE.length]!;
        await say(name, words);
      }
      await give("阿哲", { gift: "cake", count: 12 });
    },
  };
}
