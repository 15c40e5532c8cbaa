/**
 * Rooms that look like a busy evening: real publishers of different generated pictures, small
 * enough for a small machine.
 *
 * @module
 */
import { Publisher } from "../tests/support/ffmpeg.ts";
import type { TestPlatform } from "../tests/support/platform.ts";
import { waitFor } from "../tests/support/wait.ts";
import { beginTalk, type ShotTalk } from "./shot_talk.ts";

/** A room for a screenshot. */
export interface ShotRoom {
  readonly id: string;
  readonly owner: string;
  /** `rtmp://…/live/<room>?key=…`. */
  readonly publishUrl: string;
  /** Of its owner. */
  readonly token: string;
  /** What it is made to show. */
  readonly role?: "care" | "long" | "rtl";
}

/** Rooms on the air; disposing ends their publishers. */
export interface ShotRooms extends AsyncDisposable {
  readonly demo: string;
  readonly live: readonly ShotRoom[];
  readonly silent: ShotRoom;
  /** Session token of somebody without a room. */
  readonly homeless: string;
  /** Session token of the administrator. */
  readonly admin: string;
  /** Session token of somebody who follows some of the rooms. */
  readonly follower: string;
  readonly talk: ShotTalk;
  /** A room whose broadcast begins and ends while it is watched. */
  readonly over: ShotRoom & { begin(): Promise<void>; end(): Promise<void> };
}

interface Plan {
  readonly owner: string;
  readonly title: string;
  /** Source of the picture as ffmpeg's lavfi describes it. */
  readonly picture: string;
  readonly viewers: number;
  /** Key of a category. */
  readonly category?: string;
  readonly description?: string;
  readonly role?: ShotRoom["role"];
  /** Encoder options in place of the good ones. */
  readonly encoder?: readonly string[];
}

const SIZE = "s=320x180:r=15";
const SMOOTH = "s=320x180:r=24";
const GOOD = ["-bf", "0", "-force_key_frames", "expr:gte(t,n_forced*2)"];

const PLANS: readonly Plan[] = [
  {
    owner: "林小满",
    title: "周五夜谈：用一台 2 核小机器扛住一万人",
    picture: `gradients=${SMOOTH}:c0=0x1d3557:c1=0xc8553d:c2=0xf2a65a:n=3:speed=0.02`,
    viewers: 6,
    category: "technology",
    description: "每周五晚八点，聊聊流媒体、网络和小机器。\n" +
      "项目主页：https://example.org/wanren ，上一期的代码在 https://example.org/notes/42 。\n\n" +
      "文明发言，互相尊重。弹幕里有问必答，答不上来就一起查。",
  },
  {
    owner: "Ah Zhe",
    title: "City walk after the rain",
    picture: `mandelbrot=${SIZE}:maxiter=300:end_scale=0.02`,
    viewers: 3,
    category: "outdoors",
  },
  {
    owner: "Milo",
    title: "Morning on the tea hill",
    picture: `gradients=${SIZE}:c0=0x0b3d2e:c1=0xa7c957:c2=0xf1faee:n=3:speed=0.015:type=radial`,
    viewers: 2,
    category: "music",
    role: "care",
    encoder: ["-bf", "2", "-g", "150", "-tune", "film"],
  },
  {
    owner: "一个名字特别特别长的主播朋友",
    title: "超长标题测试：Antidisestablishmentarianism_without_any_space_in_it_at_all_" +
      "今天我们聊聊为什么标题不应该这么长",
    picture: `life=${SIZE}:mold=10:ratio=0.3:death_color=0x1f2a52:life_color=0x8b7bff`,
    viewers: 1,
    role: "long",
  },
  {
    owner: "مريم 🌙",
    title: "مريم تبث مباشرة 🎉 أغاني المساء",
    picture: `cellauto=${SIZE}:rule=110`,
    viewers: 0,
    role: "rtl",
  },
];

/** Arguments of an ffmpeg that publishes a generated picture with a tone, small and cheap. */
export function encoderArguments(
  picture: string,
  url: string,
  encoder: readonly string[] = GOOD,
): string[] {
  return [
    ...["-re", "-f", "lavfi", "-i", picture],
    ...["-re", "-f", "lavfi", "-i", "sine=f=220:r=44100"],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-threads", "1"],
    ...["-b:v", "200k", "-maxrate", "300k", "-bufsize", "300k", "-sc_threshold", "0"],
    ...encoder,
    ...["-c:a", "aac", "-b:a", "48k", "-f", "flv", url],
  ];
}

/** Makes the rooms, puts viewers in front of them and waits until all are live. */
export async function liveRooms(platform: TestPlatform): Promise<ShotRooms> {
  const publishers: Publisher[] = [];
  const audience = new AbortController();
  const join = async (owner: string) => {
    const { body } = await platform.api<{ token: string }>("/api/accounts", {
      body: { name: owner, password: "a long password" },
    });
    return body.token;
  };
  const open = async (owner: string, title: string) => {
    const token = await join(owner);
    const { body } = await platform.api<{ room: { id: string }; publish: { key: string } }>(
      "/api/rooms",
      { token, body: { title } },
    );
    const { room: { id }, publish: { key } } = body;
    const publishUrl = `rtmp://127.0.0.1:${platform.rtmpPort}/live/${id}?key=${key}`;
    return { id, owner, token, publishUrl };
  };
  const live: ShotRoom[] = [];
  for (const plan of PLANS) {
    const room = await open(plan.owner, plan.title);
    const { category, description } = plan;
    await platform.api(`/api/rooms/${room.id}`, {
      method: "PATCH",
      token: room.token,
      body: { ...(category && { category }), ...(description && { description }) },
    });
    live.push({ ...room, ...(plan.role !== undefined && { role: plan.role }) });
    publishers.push(
      Publisher.run(encoderArguments(plan.picture, room.publishUrl, plan.encoder)),
    );
  }
  const silent = await open("Dou", "Learning to draw hands");
  await platform.api(`/api/rooms/${silent.id}`, {
    method: "PATCH",
    token: silent.token,
    body: {
      description: "One hand a day, slowly. Bring a pencil.",
      category: "study",
      nextLiveAt: new Date(Date.now() + 52 * 3_600_000).toISOString(),
    },
  });
  const follower = await join("青柠");
  for (const { id } of [live[1]!, live[2]!, silent]) {
    await platform.api(`/api/rooms/${id}/follow`, { method: "PUT", token: follower });
  }
  const over = await open("阿树", "午后，给植物换盆");
  const { body: { token: admin } } = await platform.api<{ token: string }>("/api/sessions", {
    body: { name: "admin", password: "correct horse battery" },
  });
  const talk = await beginTalk(platform, { rooms: live, follower, admin });
  const everyone = await waitFor("live rooms", async () => {
    const { body } = await platform.api<{ rooms: { id: string; owner: { name: string } }[] }>(
      "/api/rooms?live=true",
    );
    return body.rooms.length > PLANS.length && body.rooms;
  }, { deadlineMs: 60_000 });
  const known = new Set(live.map((room) => room.id));
  const demo = everyone.find((room) => !known.has(room.id))?.id;
  if (demo === undefined) throw new Error("Cannot find the demo channel: it is not live");
  const crowds = [
    [demo, 9] as const,
    ...PLANS.map((plan, i) => [live[i]!.id, plan.viewers] as const),
  ];
  for (const [id, viewers] of crowds) {
    for (let i = 0; i < viewers; i++) {
      void fetch(`${platform.url}/live/${id}.flv`, { signal: audience.signal }).then(
        async (answer) => {
          for await (const _ of answer.body ?? []);
        },
      ).catch(() => {
        // The audience leaves when the pictures are taken.
      });
    }
  }
  await waitFor("viewers", async () => {
    const { body } = await platform.api<{ room: { viewers: number } }>(`/api/rooms/${demo}`);
    return body.room.viewers > 1;
  });
  return {
    demo,
    live,
    silent,
    homeless: await join("Ann"),
    admin,
    follower,
    talk,
    over: { ...over, ...broadcastOf(platform, { room: over, publishers }) },
    async [Symbol.asyncDispose]() {
      audience.abort();
      await Promise.all(publishers.map((publisher) => publisher.stop("SIGKILL")));
    },
  };
}

/** A broadcast that is begun and ended as often as one likes. */
function broadcastOf(
  platform: TestPlatform,
  { room, publishers }: { readonly room: ShotRoom; readonly publishers: Publisher[] },
): Pick<ShotRooms["over"], "begin" | "end"> {
  const { token } = room;
  const picture = `gradients=${SMOOTH}:c0=0x2b2d42:c1=0xef8354:n=2:speed=0.02`;
  return {
    async begin() {
      await platform.api(`/api/rooms/${room.id}/hold`, { method: "DELETE", token });
      publishers.push(Publisher.run(encoderArguments(picture, room.publishUrl)));
      await platform.waitLive({ ...room, key: "" });
    },
    async end() {
      await platform.api(`/api/rooms/${room.id}/stream`, { method: "DELETE", token });
    },
  };
}
