/** Calls in real Chromium with fake cameras: two, four and six people, screens, a real TURN server. */
import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { callText } from "../../islands/i18n/call.ts";
import { inspectText } from "../../islands/i18n/call_inspect.ts";
import { sdpText } from "../../islands/i18n/sdp.ts";
import { axeViolations } from "../support/axe.ts";
import { launchBrowser } from "../support/browser.ts";
import { Caller, LAYERED_PICTURES, SMALL_PICTURES } from "../support/call_page.ts";
import { MESH_CAPACITY, SFU_CAPACITY } from "../../rooms/calls/protocol.ts";
import { TestPlatform } from "../support/platform.ts";
import { hasTurnServer, startTurnServer } from "../support/turn_server.ts";
import { waitFor } from "../support/wait.ts";

const text = callText("en");
const inspect = inspectText("en");
/** A folder for pictures of what the test saw, for people who look. */
const SHOTS = Deno.env.get("CALL_SHOTS");

async function shot({ page }: Caller, name: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}.png` });
}

/** A socket on a port; rejects while somebody else has it. */
async function takeUdpPort(port: number): Promise<Socket> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind({ port, address: "127.0.0.1", exclusive: true }, resolve);
  });
  return socket;
}

Deno.test({
  name: "two people see, hear and write to each other, also while web restarts under them",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    await using platform = await TestPlatform.start();
    const browser = await launchBrowser({ capture: "granted" });
    try {
      const url = `${platform.url}/call/weekly`;
      const ann = await Caller.join(browser, url, { name: "Ann" });
      await shot(ann, "alone");
      const bob = await Caller.open(browser, url, { name: "Bob" });
      await bob.page.waitForSelector(".call-glass video");
      await shot(bob, "mirror");
      await bob.join();
      await bob.sees("Ann");
      await ann.sees("Bob");
      console.log(`# the first face came ${Math.round(await bob.firstFaceMs())} ms after joining`);
      await ann.hears();
      await bob.hears();
      await shot(ann, "two");

      await t.step("mute and camera off are seen by the other, and taken back", async () => {
        await ann.press(text.mute);
        await bob.waitTile("Ann", ".call-mark.off");
        await ann.page.keyboard.press("v");
        await bob.waitTile("Ann", "video", false);
        await shot(bob, "camera_off");
        await ann.page.keyboard.press("m");
        await bob.waitTile("Ann", ".call-mark.off", false);
        await ann.press(text.startCamera);
        await bob.sees("Ann");
      });

      await t.step("a hand and words reach the other", async () => {
        await bob.press(text.raiseHand);
        await ann.waitTile("Bob", ".call-mark.hand");
        await bob.press(text.chat);
        await bob.page.fill("#call-draft", "你好, Ann");
        await bob.page.keyboard.press("Enter");
        await ann.page.waitForSelector(".call-unread");
        await ann.press(text.chatUnread(1));
        await ann.page.waitForSelector(".call-text:has-text('你好, Ann')");
        await ann.page.fill("#call-draft", "Hello <b>Bob</b>");
        await ann.page.keyboard.press("Enter");
        await bob.page.waitForSelector(".call-text:has-text('Hello <b>Bob</b>')");
        await shot(ann, "chat");
        assert.deepEqual(await axeViolations(ann.page), []);
      });

      await t.step("the panel explains what was agreed upon", async () => {
        await ann.page.locator("#call-draft").blur();
        await ann.page.keyboard.press("i");
        await ann.page.waitForSelector("[data-pair='host host'], [data-pair*='prflx']");
        for (const flow of ["out video", "out audio", "in video", "in audio"]) {
          await ann.page.waitForSelector(`[data-flow='${flow}']`);
        }
        await waitFor(
          "bitrates",
          async () =>
            (await ann.page.locator("[data-flow='in video'] td").nth(1).innerText()).includes(
              "bps",
            ),
        );
        await ann.page.click(`.call-sdp summary:text-is("${inspect.offer}")`);
        await ann.page.waitForSelector(`text=${sdpText("en").bundle}`);
        await shot(ann, "inspect");
        assert.deepEqual(await axeViolations(ann.page), []);
        await ann.page.click("#inspect-relay");
        await ann.page.waitForSelector(`text=${inspect.relayMissing}`);
        await ann.page.click("#inspect-relay");
        await bob.sees("Ann");
        await ann.sees("Bob");
        await ann.page.focus(`.call-panel [aria-label="${text.closePanel}"]`);
        await ann.page.keyboard.press("Enter");
        await ann.page.waitForSelector(".call-controls :focus");
      });

      await t.step("web dies and comes back: nobody's picture stops", async () => {
        const framesOf = ({ page }: Caller) =>
          page.evaluate(() =>
            Math.max(...[...document.querySelectorAll<HTMLVideoElement>(".call-tile video")]
              .map((video) => video.getVideoPlaybackQuality().totalVideoFrames))
          );
        const before = await framesOf(bob);
        Deno.kill(await platform.pidOf("web"), "SIGKILL");
        await bob.page.waitForSelector(".call-away");
        await waitFor(
          "moving pictures while web is away",
          async () => await framesOf(bob) > before + 10,
        );
        await bob.page.waitForSelector(".call-away", { state: "detached", timeout: 20_000 });
        await ann.page.waitForSelector(".call-away", { state: "detached", timeout: 20_000 });
        assert.deepEqual((await bob.names()).sort(), ["Ann", text.you]);
        await ann.page.keyboard.press("Escape");
        await ann.press(text.raiseHand);
        await bob.waitTile("Ann", ".call-mark.hand");
        await bob.sees("Ann");
      });

      await t.step("hanging up is seen, and the way back works", async () => {
        await bob.press(text.leave);
        await bob.page.waitForSelector(`h1:text-is("${text.leftTitle}")`);
        await shot(bob, "left");
        await waitFor("Bob to be gone", async () => !(await ann.names()).includes("Bob"));
        await bob.page.click(`button:text-is("${text.rejoin}")`);
        await bob.join();
        await ann.sees("Bob");
      });
      // The browser itself prints each connection that could not be made while `web` was away.
      const complaints = [...ann.complaints, ...bob.complaints]
        .filter((each) => !/WebSocket connection to .* failed/.test(each));
      assert.deepEqual(complaints, []);
    } finally {
      await browser.close();
    }
  },
});

Deno.test({
  name: "six people by rtc: the call grows out of the mesh, shows a screen, and shrinks again",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    const hasTurn = await hasTurnServer();
    await using turn = hasTurn ? await startTurnServer() : null;
    await using platform = await TestPlatform.start({
      env: turn === null ? {} : { TURN_URLS: turn.url, TURN_SECRET: turn.secret },
    });
    const browser = await launchBrowser({ capture: "granted" });
    // What follows a step that failed would only wait for what does not come.
    const step = async (what: string, run: () => Promise<void>) => {
      if (!await t.step(what, run)) throw new Error(`Cannot go on: "${what}" failed`);
    };
    try {
      const url = `${platform.url}/call/party`;
      const names = ["Ann", "Bob", "Cem", "Dan", "Eve", "Fay"] as const;
      // She is never in the mesh, where everybody would get the large picture.
      const before = (name: string) => name === "Fay" ? LAYERED_PICTURES : SMALL_PICTURES;
      const everybody = await Promise.all(
        names.map((name) =>
          Caller.open(browser, url, { name, width: 720, height: 480, before: before(name) })
        ),
      );
      const [ann, bob, cem] = everybody as [Caller, Caller, Caller];
      const fay = everybody[5]!;
      let callers: readonly Caller[] = everybody.slice(0, 4);
      const everybodySees = () =>
        Promise.all(
          callers.map((caller) =>
            caller.seesAll(callers.map(({ name }) => name).filter((name) => name !== caller.name))
          ),
        );
      const way = (caller: Caller, topology: string) =>
        caller.page.waitForSelector(`[data-topology="${topology}"]`, { timeout: 30_000 });
      await Promise.all(callers.map((caller) => caller.join()));
      await everybodySees();
      await ann.page.keyboard.press("i");
      await way(ann, "mesh");

      await step("the fifth and the sixth move everybody to rtc, without a gap", async () => {
        await waitFor("rtc to be reported", async () => {
          const { body } = await platform.api<{ call: { capacity: number } }>("/api/calls/party");
          return body.call.capacity === SFU_CAPACITY;
        });
        const gap = ann.longestGapMs("Bob");
        await Promise.all(everybody.slice(4).map((caller) => caller.join()));
        callers = everybody;
        await way(ann, "sfu");
        await everybodySees();
        const gapMs = await gap();
        console.log(`# the longest time without a new picture was ${Math.round(gapMs)} ms`);
        assert.ok(gapMs < 2_500, `${gapMs} ms without a new picture`);
        await ann.hears();
      });

      await step("the panel shows the one connection that carries all", async () => {
        await ann.page.waitForSelector("[data-pair]");
        for (const flow of ["out video", "out audio", "in video", "in audio"]) {
          await ann.page.waitForSelector(`[data-flow^='${flow}']`);
        }
        await shot(ann, "six_inspect");
        if (turn === null) return;
        await ann.page.click("#inspect-relay");
        await ann.page.waitForSelector("[data-pair^='relay ']", { timeout: 30_000 });
        await ann.seesAll(["Bob"]);
        await bob.seesAll(["Ann"]);
        assert.match(turn.output, /ALLOCATE processed, success/);
        // The other way again; what follows waits for the pictures.
        await ann.page.click("#inspect-relay");
      });

      await step("mute, a hand and words reach everybody", async () => {
        await ann.page.keyboard.press("Escape");
        await bob.press(text.raiseHand);
        await ann.waitTile("Bob", ".call-mark.hand");
        await bob.press(text.stopCamera);
        await ann.waitTile("Bob", "video", false);
        await bob.press(text.startCamera);
        await ann.seesAll(["Bob"]);
        await bob.press(text.chat);
        await bob.page.fill("#call-draft", "Hello all");
        await bob.page.keyboard.press("Enter");
        await Promise.all(
          everybody.filter((each) => each !== bob).map(({ page }) =>
            page.waitForSelector(".call-unread")
          ),
        );
        await bob.page.locator("#call-draft").blur();
        await bob.page.keyboard.press("Escape");
        await shot(ann, "six");
      });

      await step("who alone speaks becomes large, also in pixels", async () => {
        await Promise.all(
          everybody.filter((each) => each !== cem).map((caller) => caller.press(text.mute)),
        );
        await ann.waitTile("Bob", ".call-mark.off");
        const large = (who: string) =>
          bob.page.waitForSelector(`.call-tile.large:has(.call-tile-name:text-is('${who}'))`);
        await bob.page.keyboard.press("l");
        await large("Cem");
        await shot(bob, "six_speaker");
        await bob.seesWide("Fay", 320);
        await cem.press(text.mute);
        await fay.press(text.unmute);
        await large("Fay");
        const began = performance.now();
        await bob.seesWide("Fay", 640);
        console.log(`# the large layer came after ${Math.round(performance.now() - began)} ms`);
        // In a grid of six she is small at the same time, and at Bob as soon as his is one again.
        const widths = await Promise.all([ann, cem].map((each) => each.pictureWidth("Fay")));
        assert.deepEqual(widths, [320, 320]);
        await bob.page.keyboard.press("l");
        await bob.seesWide("Fay", 320);
      });

      await step("a screen is seen by all, and goes again", async () => {
        await ann.press(text.shareScreen);
        await Promise.all(
          everybody.slice(1).map((caller) => caller.seesAll([text.screenOf("Ann")])),
        );
        await shot(bob, "six_screen");
        await ann.press(text.stopScreen);
        await Promise.all(
          everybody.slice(1).map(({ page }) =>
            page.waitForSelector(".call-tile[data-kind=screen]", { state: "detached" })
          ),
        );
        await bob.seesAll(["Ann"]);
      });

      await step("rtc dies: everybody comes back by themselves", async () => {
        const killed = await platform.pidOf("rtc");
        Deno.kill(killed, "SIGKILL");
        await waitFor("another rtc", async () => await platform.pidOf("rtc") !== killed);
        // Pictures that move on, not the last one.
        await everybodySees();
        await ann.page.waitForSelector(".call-tile[data-state=unsteady]", {
          state: "detached",
          timeout: 30_000,
        });
      });

      await step("three stay with rtc, two are a mesh again", async () => {
        await ann.page.keyboard.press("i");
        await Promise.all(everybody.slice(3).map((caller) => caller.press(text.leave)));
        callers = everybody.slice(0, 3);
        await waitFor("three", async () => (await ann.names()).length === 3);
        await everybodySees();
        await way(ann, "sfu");
        await cem.press(text.leave);
        callers = everybody.slice(0, 2);
        await way(ann, "mesh");
        await everybodySees();
        await ann.page.waitForSelector("[data-pair]");
      });
      assert.deepEqual(everybody.flatMap(({ complaints }) => complaints), []);
    } finally {
      await browser.close();
    }
  },
});

Deno.test({
  name: "four people see each other and a screen; the fifth is told that there is no room",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    await using platform = await TestPlatform.start();
    // Somebody else has the port of WebRTC: `rtc` does not come up again, and everything else stays.
    const taken = await waitFor("the port of rtc", async () => {
      Deno.kill(await platform.pidOf("rtc"), "SIGKILL");
      return await takeUdpPort(platform.rtcPort);
    }, { everyMs: 5 });
    const browser = await launchBrowser({ capture: "granted" });
    try {
      const url = `${platform.url}/call/crowd`;
      const names = ["Ann", "Bob", "Cem", "Dan"];
      const callers: Caller[] = [];
      for (const name of names) {
        callers.push(
          await Caller.join(browser, url, {
            ...{ name, width: 720, height: 480, before: SMALL_PICTURES },
          }),
        );
      }
      await Promise.all(
        callers.flatMap((caller) =>
          names.filter((name) => name !== caller.name).map((name) => caller.sees(name))
        ),
      );
      const [ann, bob] = callers as [Caller, Caller, Caller, Caller];
      await shot(ann, "four");

      await t.step("a screen is seen by all, and goes again", async () => {
        await ann.press(text.shareScreen);
        for (const caller of callers.slice(1)) await caller.sees("Ann", "screen");
        await shot(bob, "screen");
        await ann.press(text.stopScreen);
        await bob.page.waitForSelector(".call-tile[data-kind=screen]", { state: "detached" });
        await bob.sees("Ann");
      });

      await t.step("a fifth is told that the call is full", async () => {
        await waitFor("rtc to be forgotten", async () => {
          const { body } = await platform.api<{ call: { capacity: number } }>("/api/calls/crowd");
          return body.call.capacity === MESH_CAPACITY;
        });
        const eve = await Caller.open(browser, url, { name: "Eve", before: SMALL_PICTURES });
        await eve.page.waitForSelector(".call-glass video");
        await eve.page.fill("#call-name", "Eve");
        await eve.page.click(".call-entrance button[type=submit]");
        await eve.page.waitForSelector(`text=${text.refusedFull(4)}`);
        await shot(eve, "full");
        await eve.close();
      });

      await t.step("whoever leads locks and removes", async () => {
        await ann.choose(text.lock);
        await bob.page.waitForSelector(".call-locked");
        await ann.press(text.people);
        await ann.page.click(`button[aria-label="${text.remove("Dan")}"]`);
        await ann.page.click(`dialog[open] button:text-is("${text.removeConfirm}")`);
        await callers[3]!.page.waitForSelector(`h1:text-is("${text.kickedTitle}")`);
        await shot(ann, "people");
        await waitFor("three", async () => (await bob.names()).length === 3);
      });
      for (const { complaints } of callers) assert.deepEqual(complaints, []);
    } finally {
      await browser.close();
      taken.close();
    }
  },
});

Deno.test({
  name: "two people reach each other by a real TURN server alone",
  ignore: !(await hasTurnServer()),
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await using turn = await startTurnServer();
    await using platform = await TestPlatform.start({
      env: { TURN_URLS: turn.url, TURN_SECRET: turn.secret },
    });
    const browser = await launchBrowser({ capture: "granted" });
    try {
      const url = `${platform.url}/call/relayed`;
      const options = { before: SMALL_PICTURES };
      const ann = await Caller.join(browser, url, { name: "Ann", ...options });
      const bob = await Caller.join(browser, url, { name: "Bob", ...options });
      await ann.sees("Bob");
      await ann.page.keyboard.press("i");
      await ann.page.click("#inspect-relay");
      await ann.page.waitForSelector("[data-pair^='relay ']", { timeout: 30_000 });
      await ann.page.waitForSelector(".call-candidates li .badge:text-is('relay')");
      await shot(ann, "relay");
      await ann.sees("Bob");
      await bob.sees("Ann");
      // Both sides: the relays talk to each other.
      await bob.page.keyboard.press("i");
      await bob.page.click("#inspect-relay");
      await bob.page.waitForSelector("[data-pair='relay relay']", { timeout: 30_000 });
      await bob.sees("Ann");
      assert.match(turn.output, /ALLOCATE processed, success/);
      assert.deepEqual([...ann.complaints, ...bob.complaints], []);
    } finally {
      await browser.close();
    }
  },
});

Deno.test({
  name:
    "who refuses camera and microphone listens and watches; passwords and invitations are asked for",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    await using platform = await TestPlatform.start();
    const { body: { token } } = await platform.api<{ token: string }>("/api/accounts", {
      body: { name: "Owner", password: "a long password" },
    });
    const make = async (body: object) =>
      assert.equal((await platform.api("/api/calls", { token, body })).status, 201);
    await make({ name: "secret", access: "password", password: "open sesame" });
    await make({ name: "board", access: "invited" });
    const { body: { invitation } } = await platform.api<{ invitation: { url: string } }>(
      "/api/calls/board/invitations",
      { token, method: "POST" },
    );
    const granted = await launchBrowser({ capture: "granted" });
    const refused = await launchBrowser({ capture: "refused" });
    try {
      const url = `${platform.url}/call/secret`;
      await t.step("the right password opens", async () => {
        const ann = await Caller.open(granted, url, { name: "Ann", locale: "zh-CN" });
        await ann.page.waitForSelector(".call-glass video");
        const zh = callText("zh");
        await ann.page.fill("#call-name", "Ann");
        await ann.page.fill("#call-password", "wrong words");
        await ann.page.click(".call-entrance button[type=submit]");
        await ann.page.waitForSelector(`text=${zh.refusedPasswordWrong}`);
        await shot(ann, "password");
        assert.deepEqual(await axeViolations(ann.page), []);
        await ann.page.fill("#call-password", "open sesame");
        await ann.page.click(".call-entrance button[type=submit]");
        await ann.page.waitForSelector(".call-room");
        assert.deepEqual(ann.complaints, []);
      });

      await t.step("without camera and microphone one listens and watches", async () => {
        const bob = await Caller.open(refused, url, { name: "Bob", width: 390, height: 800 });
        await bob.page.waitForSelector(`text=${text.failureBoth}`);
        await bob.page.fill("#call-name", "Bob");
        await bob.page.fill("#call-password", "open sesame");
        await shot(bob, "refused");
        assert.deepEqual(await axeViolations(bob.page), []);
        await bob.page.click(`button:text-is("${text.joinSilent}")`);
        await bob.sees("Ann");
        await shot(bob, "phone");
        assert.deepEqual(await axeViolations(bob.page), []);
        assert.deepEqual(bob.complaints, []);
      });

      await t.step("only an invitation opens an invited call", async () => {
        const eve = await Caller.open(granted, `${platform.url}/call/board`, { name: "Eve" });
        await eve.page.waitForSelector(".call-glass video");
        await eve.page.fill("#call-name", "Eve");
        await eve.page.click(".call-entrance button[type=submit]");
        await eve.page.waitForSelector(`text=${text.refusedInvitationNeeded}`);
        const dan = await Caller.join(granted, invitation.url, { name: "Dan" });
        await dan.page.waitForSelector(".call-alone");
        await platform.api("/api/calls/board", { token, method: "DELETE" });
        await dan.page.waitForSelector(`h1:text-is("${text.endedTitle}")`);
      });
    } finally {
      await Promise.all([granted.close(), refused.close()]);
    }
  },
});
