/** Two `web`, two edges, one Redis: two people in real Chromium, each at an edge of their own. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { boardText } from "../../islands/i18n/board.ts";
import { chatText } from "../../islands/i18n/chat.ts";
import { launchBrowser, openPage, visit } from "../support/browser.ts";
import { Cluster } from "../support/cluster.ts";
import { buildOnce } from "../support/platform.ts";
import { startRedis } from "../support/redis.ts";
import { waitFor } from "../support/wait.ts";

const text = chatText("en");
const board = boardText("en");

const KEEP_SOCKETS = `
  window.sockets = [];
  const Real = window.WebSocket;
  window.WebSocket = class extends Real {
    constructor(...given) {
      super(...given);
      if (String(given[0]).includes("/im")) window.sockets.push(this);
    }
  };
`;

const linesOf = (page: Page) => page.locator(".say:not(.say-pending) .say-text").allInnerTexts();
const inspect = (page: Page) =>
  page.evaluate(() =>
    (document.querySelector(".panel-chat") as unknown as {
      inspect?(): { way: string; polling: boolean };
    }).inspect?.() ?? null
  );
const sockets = (page: Page) =>
  page.evaluate(() =>
    (globalThis as unknown as { sockets: WebSocket[] }).sockets.map(({ readyState }) => readyState)
  );

async function say(page: Page, words: string): Promise<void> {
  const field = page.getByLabel(text.say, { exact: true });
  await field.fill(words);
  await field.press("Enter");
}

async function sees(page: Page, words: string): Promise<void> {
  await waitFor(`“${words}”`, async () => (await linesOf(page)).includes(words));
}

Deno.test({
  name: "what happens at one web and edge reaches a page at the other ones",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    await buildOnce();
    await using redis = await startRedis();
    await using cluster = await Cluster.start({
      webs: 2,
      edges: 2,
      env: { REDIS_URL: redis.url, ASSETS_DIR: new URL("../../dist", import.meta.url).pathname },
    });
    const [here, there] = cluster.edges as [typeof cluster.edges[0], typeof cluster.edges[0]];
    const [owner, ann, ben] = await Promise.all(
      ["Owner", "Ann", "Ben"].map((name, index) => cluster.person(name, cluster.webs[index % 2])),
    ) as [Person, Person, Person];
    const room = await cluster.room(owner);
    const admin = await cluster.adminToken();
    const browser = await launchBrowser();
    try {
      const enter = async (person: Person, edge: typeof here) => {
        const { context, page } = await openPage(browser, `${edge.url}/healthz`, {
          before: KEEP_SOCKETS,
        });
        await context.addCookies([
          { name: "wanren_session", value: person.token, url: edge.url },
        ]);
        await visit(page, `${edge.url}/rooms/${room}?panel=chat`);
        await waitFor("the connection", async () => (await inspect(page))?.way === "live");
        return page;
      };
      // Whoever signed up at one web is logged in at the other.
      const pages = { ann: await enter(ann, here), ben: await enter(ben, there) };

      await t.step("chat, both ways", async () => {
        await say(pages.ann, "hello from here");
        await sees(pages.ben, "hello from here");
        await say(pages.ben, "hello from there");
        await sees(pages.ann, "hello from there");
      });

      await t.step("a gift, given on the page", async () => {
        const granted = await cluster.call(
          cluster.webs[1]!,
          ["POST", `/api/admin/accounts/${ann.id}/coins`],
          { token: admin, body: { coins: 100, reason: "" } },
        );
        assert.deepEqual(granted, { status: 200, body: { balance: 100 } });
        await pages.ann.getByRole("button", { name: board.gifts, exact: true }).click();
        await pages.ann.getByRole("button", { name: board.give("1"), exact: true }).click();
        await pages.ben.locator(".say-gift", { hasText: "Ann" }).waitFor();
        await pages.ann.keyboard.press("Escape");
      });

      await t.step("a private message and one for everybody", async () => {
        const sent = await cluster.call(here, ["POST", `/api/accounts/${ben.id}/messages`], {
          token: ann.token,
          body: { text: "between us", clientId: "p1" },
        });
        assert.equal(sent.status, 201, JSON.stringify(sent.body));
        await pages.ben.locator(".say-private", { hasText: "between us" }).waitFor();
        const told = await cluster.call(there, ["POST", "/api/broadcasts"], {
          token: admin,
          body: { text: "to all" },
        });
        assert.equal(told.status, 201, JSON.stringify(told.body));
        for (const page of Object.values(pages)) {
          await page.locator(".say-broadcast", { hasText: "to all" }).waitFor();
        }
        const own = pages.ann.locator(".say-private", { hasText: "between us" });
        assert.match(await own.innerText(), /→\s*Ben/);
      });

      await t.step("a text that is taken back at the other edge", async () => {
        const { body } = await cluster.call(here, ["GET", `/api/rooms/${room}/history`]);
        const said = body.messages.find((one: { text?: string }) =>
          one.text === "hello from there"
        );
        const removed = await cluster.call(
          here,
          ["DELETE", `/api/rooms/${room}/messages/${said.id}`],
          { token: owner.token },
        );
        assert.equal(removed.status, 204);
        for (const page of Object.values(pages)) {
          await waitFor(
            "it to go",
            async () => (await linesOf(page)).join() === "hello from here",
          );
        }
      });

      await t.step("somebody is muted here, and heard nowhere", async () => {
        const muted = await cluster.call(here, ["PUT", `/api/rooms/${room}/mutes/${ben.id}`], {
          token: owner.token,
          body: { seconds: 60, reason: "" },
        });
        assert.equal(muted.status, 200, JSON.stringify(muted.body));
        // The other one hears of it a tick later.
        let tries = 0;
        await waitFor("the refusal", async () => {
          const { body: { code } } = await cluster.call(
            there,
            ["POST", `/api/rooms/${room}/messages`],
            {
              token: ben.token,
              body: { kind: "chat", text: "a last word", clientId: `m${tries++}` },
            },
          );
          return code === "muted";
        }, { everyMs: 100, deadlineMs: 2_000 });
        await say(pages.ben, "and yet");
        await waitFor(
          "the text to come back",
          async () =>
            await pages.ben.getByLabel(text.say, { exact: true }).inputValue() === "and yet",
        );
        await say(pages.ann, "quiet now");
        await sees(pages.ann, "quiet now");
        assert.ok(!(await linesOf(pages.ann)).includes("and yet"));
      });

      await t.step("a setting, without a reconnect", async () => {
        const before = await Promise.all(Object.values(pages).map(sockets));
        const changed = await cluster.call(there, ["PATCH", "/api/admin/settings"], {
          token: admin,
          body: { im: { bigRoomViewers: 1, bigRoomPush: ["pk", "gift", "notice"] } },
        });
        assert.equal(changed.status, 200, JSON.stringify(changed.body));
        for (const page of Object.values(pages)) {
          await waitFor("polls", async () => (await inspect(page))?.polling === true);
        }
        await say(pages.ann, "polled");
        await sees(pages.ben, "polled");
        assert.deepEqual(await Promise.all(Object.values(pages).map(sockets)), before);
        assert.deepEqual(before, [[1], [1]]);
      });
    } finally {
      await browser.close();
    }
  },
});

type Person = Awaited<ReturnType<Cluster["person"]>>;
