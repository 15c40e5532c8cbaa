/** The first pages in real Chromium, as people use them, in front of a whole platform. */
import assert from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { accountText } from "../../islands/i18n/account.ts";
import { adminText } from "../../islands/i18n/admin.ts";
import { adminPageText } from "../../islands/i18n/admin_page.ts";
import { broadcastsText } from "../../islands/i18n/broadcasts.ts";
import { checklistText } from "../../islands/i18n/checklist.ts";
import { formsText } from "../../islands/i18n/forms.ts";
import { lobbyText } from "../../islands/i18n/lobby.ts";
import { publishText } from "../../islands/i18n/publish.ts";
import { roomDetailsText } from "../../islands/i18n/room_details.ts";
import { playerText } from "../../islands/i18n/player.ts";
import { controlsText } from "../../islands/i18n/player_controls.ts";
import { siteText } from "../../islands/i18n/site.ts";
import { studioText } from "../../islands/i18n/studio.ts";
import { studioWaysText } from "../../islands/i18n/studio_ways.ts";
import { uiText } from "../../islands/i18n/ui.ts";
import { watchPageText } from "../../islands/i18n/watch_page.ts";
import { alive, launchBrowser, openPage, visit } from "../support/browser.ts";
import { makeSource, Publisher } from "../support/ffmpeg.ts";
import { TestPlatform } from "../support/platform.ts";
import { waitUntilPlaying } from "../support/player.ts";
import { waitFor } from "../support/wait.ts";

const PASSWORD = "a long password";
/** Good is below 0.1; pages whose places are kept stay far below that. */
const MAX_LAYOUT_SHIFT = 0.02;

/** Runs before the page's scripts: adds up what moved without the reader doing anything. */
const MEASURE_SHIFT = `
  window.layoutShift = { sum: 0, moved: [] };
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, value, sources } of list.getEntries()) {
      if (hadRecentInput) continue;
      layoutShift.sum += value;
      for (const { node, previousRect, currentRect } of sources) {
        const element = node?.nodeType === 1 ? node : node?.parentElement;
        layoutShift.moved.push(
          value.toFixed(4) + " " + element?.localName + "." + element?.className + " " +
            [previousRect, currentRect].map(({ x, y, width, height }) =>
              [x, y, width, height].map(Math.round).join(",")).join(" -> ")
        );
      }
    }
  }).observe({ type: "layout-shift", buffered: true });
`;

/** Nothing jumped on the page since it was opened; else says what did. */
async function keepsStill(page: Page, what: string): Promise<void> {
  const { sum, moved } = await page.evaluate(() =>
    (globalThis as unknown as { layoutShift: { sum: number; moved: string[] } }).layoutShift
  );
  assert.ok(sum <= MAX_LAYOUT_SHIFT, `${what} moved by ${sum}:\n${moved.join("\n")}`);
}

/** A test with a platform, a browser and a small source file. */
function browserTest(
  name: string,
  play: (
    stage: { platform: TestPlatform; browser: Browser; source: string; t: Deno.TestContext },
  ) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): void {
  Deno.test({
    name,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async (t) => {
      await using platform = await TestPlatform.start({ env });
      const source = `${platform.dataDir}/source.flv`;
      await makeSource(source, { seconds: 8 });
      const browser = await launchBrowser();
      try {
        await play({ platform, browser, source, t });
      } finally {
        await browser.close();
      }
    },
  });
}

browserTest("from sign-up to log-out, in both languages", async (stage) => {
  const { platform, browser, source, t } = stage;
  for (const locale of ["en", "zh"] as const) {
    await t.step(locale, async () => {
      const page = { ...formsText(locale), ...siteText(locale) };
      const island = { ...studioText(locale), ...publishText(locale), ...uiText(locale) };
      const details = roomDetailsText(locale);
      const checks = checklistText(locale);
      const tab = { locale: locale === "zh" ? "zh-CN" : "en-US", before: MEASURE_SHIFT } as const;
      const viewer = await openPage(browser, `${platform.url}/`, tab);
      const owner = await openPage(browser, `${platform.url}/signup?next=/studio`, tab);
      await owner.context.grantPermissions(["clipboard-read", "clipboard-write"]);
      const studio = owner.page;

      await studio.getByLabel(page.nameLabel).fill(`Lin ${locale}`);
      await studio.getByLabel(page.passwordLabel, { exact: true }).fill(PASSWORD);
      await studio.getByRole("button", { name: page.signUp }).click();
      const offered = await studio.getByLabel(page.titleLabel).inputValue();
      assert.equal(offered, checks.defaultTitle(`Lin ${locale}`));
      await studio.getByRole("button", { name: page.createRoomSubmit }).click();
      // Whoever has not broadcast yet is shown the browser's own way first.
      await studio.getByRole("link", { name: studioWaysText(locale).obs, exact: true }).click();

      await studio.getByText(checks.progress("0", "5")).waitFor();
      await alive(studio);
      await studio.getByRole("link", { name: checks.titleNext }).click();
      await waitFor(
        "the focus",
        () => studio.evaluate(() => document.activeElement?.id === "room-title"),
      );
      await studio.keyboard.type("First light");
      await studio.keyboard.press("Escape");
      assert.equal(await studio.locator("#room-title").inputValue(), offered);
      await studio.locator("#room-title").fill("First light");
      await studio.getByLabel(details.category, { exact: true }).selectOption("music");
      await studio.keyboard.press("Tab");
      await studio.getByRole("button", { name: details.save, exact: true }).press("Enter");
      await studio.getByText(details.saved, { exact: true }).waitFor();
      await studio.getByText(checks.progress("2", "5")).waitFor();

      const key = studio.getByLabel(island.streamKey, { exact: true });
      await waitFor("the hidden key", async () => (await key.inputValue()).includes("••••"));
      const server = await studio.getByLabel(island.server, { exact: true }).inputValue();
      await studio.getByRole("button", { name: island.reveal, exact: true }).click();
      const shown = await waitFor("the key", async () => {
        const value = await key.inputValue();
        return !value.includes("•") && value;
      });
      assert.match(shown, /^\d{6}\?key=[\w-]{16,}$/);
      await studio.getByRole("button", { name: island.copy(island.streamKey) }).click();
      await waitFor(
        "the copied key",
        async () => await studio.evaluate(() => navigator.clipboard.readText()) === shown,
      );

      await using publisher = Publisher.file(source, `${server}/${shown}`);
      const room = shown.slice(0, 6);
      const card = viewer.page.locator(`main a[href="/rooms/${room}"]`).last();
      await card.waitFor({ timeout: 20_000 });
      await viewer.page.waitForFunction((path) => {
        const still = document.querySelector<HTMLImageElement>(`img[src^="${path}"]`);
        return still !== null && still.complete && still.naturalWidth > 0;
      }, `/live/${room}/still.jpg`);
      await keepsStill(viewer.page, "the lobby");
      await card.click();
      await waitUntilPlaying(viewer.page);
      await waitUntilPlaying(studio);
      await waitFor("the window's title", async () => (await studio.title()).startsWith("●"));

      const viewers = async () => {
        const text = await viewer.page.locator(".room-line .viewers").textContent();
        return Number(/\d+/.exec(text ?? "")?.[0] ?? 0);
      };
      const before = await waitFor("a viewer", async () => await viewers());
      const more = new AbortController();
      const bodies = await Promise.all([1, 2, 3].map(async () => {
        const answer = await fetch(`${platform.url}/live/${room}.flv`, { signal: more.signal });
        return answer.body;
      }));
      await waitFor("more viewers", async () => await viewers() >= before + 2);
      more.abort();
      await Promise.allSettled(bodies.map((body) => body?.cancel()));

      const title = `Second light ${locale} 🎉`;
      await studio.getByRole("link", { name: island.editTitle }).click();
      await studio.getByRole("textbox", { name: details.titleLabel }).fill(title);
      await studio.keyboard.press("Enter");
      await studio.getByRole("heading", { level: 1, name: title }).waitFor();
      await viewer.page.getByRole("heading", { level: 1, name: title }).waitFor();

      await keepsStill(viewer.page, "the watch page");
      await keepsStill(studio, "the studio");
      assert.deepEqual([...viewer.complaints, ...owner.complaints], []);

      await studio.getByRole("button", { name: island.rotate }).click();
      await studio.getByRole("button", { name: island.rotateConfirm, exact: true }).click();
      await studio.getByText(island.rotated).waitFor();
      await publisher.process.status;
      const fresh = await key.inputValue();
      assert.notEqual(fresh, shown);
      const { endedHeading, peakViewers, close } = broadcastsText(locale);
      await studio.getByRole("heading", { name: endedHeading }).waitFor();
      await studio.locator(".tiles").getByText(peakViewers).waitFor();
      assert.equal((await studio.title()).startsWith("●"), false);
      await studio.getByRole("button", { name: close }).click();

      {
        await using again = Publisher.file(source, `${server}/${fresh}`);
        await studio.getByRole("button", { name: island.end }).click({ timeout: 20_000 });
        await studio.getByRole("dialog").getByRole("button", { name: island.endConfirm }).click();
        await again.process.status;
        await waitFor(
          "the focus on what takes its place",
          () => studio.evaluate(() => document.activeElement?.id === "studio-panel"),
        );
      }
      await studio.getByRole("button", { name: island.release }).click();
      await studio.locator(".toast").getByText(island.released).waitFor();
      await studio.getByRole("button", { name: island.release }).waitFor({ state: "detached" });

      await studio.getByRole("button", { name: page.accountMenu(`Lin ${locale}`) }).click();
      await studio.getByRole("button", { name: page.logOut }).click();
      await studio.getByRole("link", { name: page.logIn }).waitFor();
      await studio.goto(`${platform.url}/studio`);
      assert.equal(new URL(studio.url()).pathname, "/login");
      await Promise.all([viewer.context.close(), owner.context.close()]);
    });
  }
});

browserTest("the set-up link makes the administrator once", async ({ platform, browser }) => {
  const text = formsText("en");
  const path = await waitFor("the link", () => /\/setup\?token=[\w-]+/.exec(platform.output)?.[0]);
  const { page, complaints } = await openPage(browser, platform.url + path);
  await page.getByLabel(text.nameLabel).fill("Root");
  await page.getByLabel(text.passwordLabel).fill(PASSWORD);
  await page.getByRole("button", { name: text.setUpSubmit }).click();
  await page.getByRole("heading", { name: adminPageText("en").welcomeTitle }).waitFor();
  assert.deepEqual(complaints, []);
  const asAdministrator = await page.request.get(`${platform.url}/debug/streams`);
  assert.equal(asAdministrator.status(), 200);

  const again = await openPage(browser, platform.url + path);
  assert.equal(await again.page.locator("main form").count(), 0);
  await again.page.getByText(text.setUpDone).waitFor();
  const token = new URL(platform.url + path).searchParams.get("token")!;
  const answer = await again.page.request.post(`${platform.url}/setup`, {
    form: { token, name: "Second", password: PASSWORD, next: "/" },
    headers: { origin: platform.url },
  });
  assert.ok(answer.status() >= 400, `${answer.status()}`);
}, { ADMIN_NAME: "", ADMIN_PASSWORD: "" });

browserTest(
  "an administrator cuts a stream off; logging out everywhere ends it all",
  async (stage) => {
    const { platform, browser, source } = stage;
    const text = { ...adminText("en"), ...accountText("en"), ...formsText("en") };
    const room = await platform.room("Not for long");
    await using publisher = Publisher.file(source, room.publishUrl);
    await platform.waitLive(room);

    const logIn = async (next: string) => {
      const tab = await openPage(browser, `${platform.url}/login?next=${next}`, {
        before: MEASURE_SHIFT,
      });
      await tab.page.getByLabel(text.nameLabel).fill("admin");
      await tab.page.getByLabel(text.passwordLabel).fill("correct horse battery");
      await tab.page.locator("main button[type=submit]").click();
      await tab.page.waitForURL(platform.url + next);
      await alive(tab.page);
      return tab;
    };
    const admin = await logIn("/admin/streams");
    const elsewhere = await logIn("/admin");
    await elsewhere.page.getByRole("heading", { level: 2 }).first().waitFor();
    await waitFor(
      "the processes",
      async () => await elsewhere.page.locator("tbody tr").count() >= 3,
    );
    const viewer = await openPage(browser, `${platform.url}/rooms/${room.id}`);
    await waitUntilPlaying(viewer.page);

    await admin.page.getByRole("link", { name: `${text.cutOff}: Not for long` }).click();
    const question = admin.page.locator("dialog[open]");
    await question.getByRole("heading", { name: text.cutOffAsk("Not for long") }).waitFor();
    await question.getByRole("button", { name: text.cutOff }).click();
    await admin.page.getByText(text.cutOffDone).first().waitFor();
    await publisher.process.status;
    await platform.waitLive(room, false);
    await admin.page.getByText(text.noStreams, { exact: true }).waitFor();
    await using again = Publisher.file(source, room.publishUrl);
    await again.process.status;
    await keepsStill(admin.page, "the list");

    await visit(admin.page, `${platform.url}/account`);
    assert.equal(await admin.page.locator(".session").count(), 2);
    await admin.page.getByRole("button", { name: text.elsewhere }).click();
    await admin.page.getByText(text.elsewhereEnded).first().waitFor();
    assert.equal(await admin.page.locator(".session").count(), 1);
    assert.deepEqual(admin.complaints, []);
    await elsewhere.page.goto(`${platform.url}/admin`);
    assert.equal(new URL(elsewhere.page.url()).pathname, "/login");
    assert.equal((await admin.page.request.get(`${platform.url}/admin`)).status(), 200);
  },
);

async function withoutScript(browser: Browser): Promise<BrowserContext> {
  return await browser.newContext({ javaScriptEnabled: false, locale: "en-US" });
}

browserTest(
  "without JavaScript rooms are listed, people log in and change their key",
  async (stage) => {
    const { platform, browser, source } = stage;
    const text = { ...formsText("en"), ...siteText("en"), ...watchPageText("en") };
    const { body } = await platform.api<{ token: string }>("/api/accounts", {
      body: { name: "Ann", password: PASSWORD },
    });
    const made = await platform.api<{ room: { id: string }; publish: { key: string } }>(
      "/api/rooms",
      { token: body.token, body: { title: "No script" } },
    );
    const { room: { id }, publish: { key } } = made.body;
    const address = `rtmp://127.0.0.1:${platform.rtmpPort}/live/${id}?key=${key}`;
    await using publisher = Publisher.file(source, address);
    await platform.waitLive({ id, key, token: body.token, publishUrl: address });

    const context = await withoutScript(browser);
    const page = await context.newPage();
    await page.goto(`${platform.url}/`);
    await page.getByRole("link", { name: lobbyText("en").watch, exact: true }).click();
    const inPlace = page.locator("noscript p");
    await inPlace.first().waitFor();
    assert.equal(await inPlace.first().textContent(), text.needsScript);
    const playlist = await inPlace.nth(1).textContent();
    assert.ok(playlist?.endsWith(`/live/${id}/index.m3u8`), `${playlist}`);

    await page.goto(`${platform.url}/login?next=/studio`);
    await page.getByLabel(text.nameLabel).fill("Ann");
    await page.getByLabel(text.passwordLabel).fill(PASSWORD);
    await page.locator("main").getByRole("button", { name: text.logIn }).click();
    const shown = page.locator("noscript details .mono");
    await page.locator("noscript summary").click();
    assert.ok(await shown.isVisible());
    assert.equal(await shown.textContent(), `${id}?key=${key}`);
    await page.locator("noscript button").click();
    await publisher.process.status;
    await page.locator("noscript summary").click();
    assert.match(await shown.textContent() ?? "", /^\d{6}\?key=[\w-]{16,}$/);
    assert.notEqual(await shown.textContent(), `${id}?key=${key}`);
    await context.close();
  },
);

browserTest("on a phone the picture stays in sight, held upright or sideways", async (stage) => {
  const { platform, browser, source } = stage;
  const room = await platform.room(
    "مريم تبث مباشرة 🎉 " + "a long title without an end ".repeat(2),
  );
  await using _publisher = Publisher.file(source, room.publishUrl);
  await platform.waitLive(room);
  const { page, complaints } = await openPage(browser, `${platform.url}/rooms/${room.id}`, {
    width: 390,
    height: 844,
    touch: true,
    before: MEASURE_SHIFT,
  });
  await waitUntilPlaying(page);
  const stageBox = async () => (await page.locator(".stage").boundingBox())!;
  const widthOfPage = () => page.evaluate(() => document.documentElement.scrollWidth);
  // What is asked for stands below the picture, and covers neither it nor the sound's button.
  await page.keyboard.press("i");
  const figures = page.getByRole("region", { name: controlsText("en").statistics });
  await figures.waitFor();
  assert.ok((await figures.boundingBox())!.y > (await stageBox()).height);
  await page.getByRole("button", { name: playerText("en").tapForSound }).click();
  await page.keyboard.press("i");
  await figures.waitFor({ state: "hidden" });
  assert.equal((await stageBox()).width, 390);
  assert.equal(await widthOfPage(), 390);
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await waitFor("the picture at the top", async () => (await stageBox()).y === 0);
  await keepsStill(page, "the page");
  await page.setViewportSize({ width: 844, height: 390 });
  await page.evaluate(() => scrollTo(0, 0));
  await waitFor("the whole picture", async () => {
    const { width, height, y } = await stageBox();
    return width === 844 && height === 390 && y === 0;
  });
  const player = (await page.locator("[data-player]").boundingBox())!;
  assert.deepEqual([player.width, player.height], [844, 390], "its controls are in sight");
  assert.equal(await widthOfPage(), 844);
  assert.deepEqual(complaints, []);
});

browserTest("a player in a frame of another site, as far as the settings allow", async (stage) => {
  const { platform, browser, source } = stage;
  const room = await platform.room("Framed");
  await using _publisher = Publisher.file(source, room.publishUrl);
  await platform.waitLive(room);
  let path = `/embed/${room.id}?autoplay=1&muted=1`;
  await using site = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () =>
      new Response(
        `<!doctype html><title>Another site</title><link rel="icon" href="data:,">
      <iframe src="${platform.url}${path}" width="640" height="360" allow="autoplay"></iframe>`,
        { headers: { "content-type": "text/html" } },
      ),
  );
  const origin = `http://localhost:${site.addr.port}`;
  const context = await browser.newContext({ locale: "en-US" });
  const page = await context.newPage();
  const framed = async () => {
    await page.goto(origin);
    const frame = await (await page.waitForSelector("iframe")).contentFrame();
    assert.ok(frame !== null);
    return frame;
  };
  const frame = await framed();
  await frame.waitForFunction(() => {
    const video = document.querySelector("video");
    return video !== null && video.currentTime > 0.5 && video.videoWidth > 0;
  });
  const link = frame.locator(".player-embed-head");
  assert.equal(await link.getAttribute("href"), `/rooms/${room.id}`);
  assert.equal(await link.getAttribute("target"), "_blank");
  assert.deepEqual(await context.cookies(platform.url), [], "it needs no cookies");

  const silent = await platform.room("Not yet");
  path = `/embed/${silent.id}`;
  await (await framed()).getByText(playerText("en").waitingTitle).waitFor();

  const { body: { token } } = await platform.api<{ token: string }>("/api/sessions", {
    body: { name: "admin", password: "correct horse battery" },
  });
  const allow = async (embedFrames: string[]) => {
    const { status } = await platform.api("/api/admin/settings", {
      method: "PATCH",
      token,
      body: { embedFrames },
    });
    assert.equal(status, 200);
  };
  path = `/embed/${room.id}`;
  await allow([origin]);
  await (await framed()).waitForSelector("video");
  await allow(["https://somebody.example"]);
  const refused = await framed();
  await refused.waitForLoadState();
  assert.equal(await refused.locator("video").count(), 0);
  assert.match(refused.url(), /^chrome-error:/);
  path = `/rooms/${room.id}`;
  await allow(["*"]);
  const never = await framed();
  await never.waitForLoadState();
  assert.match(never.url(), /^chrome-error:/, "the watch page is never framed");
  await context.close();
});
