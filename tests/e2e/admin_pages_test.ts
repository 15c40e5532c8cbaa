/** The account page and the administrators' pages in real Chromium, with script and without. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { accountText } from "../../islands/i18n/account.ts";
import { adminText } from "../../islands/i18n/admin.ts";
import { adminImText } from "../../islands/i18n/admin_im.ts";
import { adminLogText } from "../../islands/i18n/admin_log.ts";
import { adminPageText } from "../../islands/i18n/admin_page.ts";
import { adminSettingsText } from "../../islands/i18n/admin_settings.ts";
import { imageText } from "../../islands/i18n/image.ts";
import { formsText } from "../../islands/i18n/forms.ts";
import { passwordText } from "../../islands/i18n/password.ts";
import { uiText } from "../../islands/i18n/ui.ts";
import { axeViolations } from "../support/axe.ts";
import { alive, launchBrowser, visit } from "../support/browser.ts";
import { imageFixture } from "../support/images.ts";
import type { Site } from "../support/pages.ts";
import { serveSite } from "../support/site_server.ts";
import { waitFor } from "../support/wait.ts";
import { CLUSTER_SECRET } from "../support/web.ts";

const PASSWORD = "correct horse";
const text = { ...adminText("en"), ...accountText("en"), ...uiText("en") };

interface Stage {
  readonly site: Site;
  readonly url: string;
  readonly browser: Browser;
  /** Session token of the administrator. */
  readonly root: string;
}

interface Look {
  readonly token?: string;
  readonly width?: number;
  readonly theme?: "light" | "dark";
  readonly locale?: "en-US" | "zh-CN";
  readonly script?: boolean;
}

/** A page with everything that went wrong in it. */
interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: string[];
}

const MEASURE_SHIFT = `
  window.layoutShift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (!entry.hadRecentInput) window.layoutShift += entry.value;
    }
  }).observe({ type: "layout-shift", buffered: true });
`;

async function open({ url, browser }: Stage, path: string, look: Look = {}): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width: look.width ?? 1440, height: 900 },
    locale: look.locale ?? "en-US",
    reducedMotion: "reduce",
    javaScriptEnabled: look.script ?? true,
  });
  await context.addInitScript({ content: MEASURE_SHIFT });
  await context.addCookies([
    { name: "wanren_theme", value: look.theme ?? "light", url },
    ...look.token === undefined ? [] : [{ name: "wanren_session", value: look.token, url }],
  ]);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  await page.goto(url + path);
  if (look.script !== false) await alive(page);
  return { page, context, complaints };
}

const said = async (page: Page, words: string) =>
  void await page.locator("#toasts").getByText(words).waitFor();

/** Heartbeats of all roles with lines of their log. */
async function beat(site: Site, lines: readonly string[] = [], from = 1): Promise<void> {
  for (const role of ["edge", "media", "web"]) {
    const response = await site.app.request("http://127.0.0.1/internal/health", {
      method: "PUT",
      headers: { "authorization": `Bearer ${CLUSTER_SECRET}`, "content-type": "application/json" },
      body: JSON.stringify({
        node: `${role}@host`,
        role,
        region: "local",
        pid: 1,
        startedAtMs: 1_790_000_000_000,
        restarts: 1,
        lastDeath: { code: 1, signal: "SIGKILL", atMs: Date.now() - 60_000, error: null },
        rssBytes: 150e6,
        heapBytes: 60e6,
        cpu: 0.2,
        lagMs: 1,
        lagMaxMs: 4,
        disk: { totalBytes: 100e9, freeBytes: 5e9 },
        figures: { ingestKbps: 2_000, cacheHits: 9, cacheMisses: 1, sentBytes: 1e6, ffmpeg: 0 },
        linesFrom: 1,
        lines: role !== "web" ? [] : lines.map((line, index) => ({
          n: from + index,
          atMs: Date.now(),
          level: "warn",
          event: "test_line",
          text: line,
        })),
      }),
    });
    assert.equal(response.status, 200);
  }
}

const tokenOf = (cookie: string) => cookie.split("=")[1]!;

Deno.test({
  name: "the account page and the administrators' pages in a browser",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    await using served = await serveSite();
    const { site, url } = served;
    const root = await site.admin();
    const browser = await launchBrowser();
    const stage: Stage = { site, url, browser, root: tokenOf(root.cookie) };
    try {
      await t.step("axe-core finds nothing on any page and dialog", () => accessible(stage));
      await t.step("an account is looked after in place", () => ownAccount(stage));
      await t.step("accounts are managed in a sheet, with questions", () => manageAccounts(stage));
      await t.step("a stream is cut off by its name", () => cutOff(stage));
      await t.step("settings are saved in place and by keyboard", () => settings(stage));
      await t.step("rates of messages are saved in place; coins are given", () => rates(stage));
      await t.step("the log follows, pauses, and stays bounded", () => log(stage));
      await t.step("without script the same is done by forms", () => withoutScript(stage));
    } finally {
      await browser.close();
    }
  },
});

async function accessible(stage: Stage): Promise<void> {
  const { site, root } = stage;
  const room = await site.room("مريم 🌙", "مريم تبث مباشرة 🎉 <b>");
  for (let number = 0; number < 3; number++) await site.member(`viewer ${number}`);
  await beat(site, ["one", "two"]);
  const first = (page: Page) => page.locator(".actions a").first().click();
  const dialog = (page: Page) => page.locator("dialog[open]").last().waitFor();
  const stops: readonly {
    readonly path: string;
    readonly token?: string;
    readonly prepare?: (page: Page) => Promise<void>;
  }[] = [
    { path: "/admin", token: root },
    { path: "/admin/welcome", token: root },
    { path: "/admin/streams", token: root },
    {
      path: "/admin/streams",
      token: root,
      prepare: async (page) => {
        await first(page);
        await dialog(page);
      },
    },
    { path: "/admin/broadcast", token: root },
    { path: "/account/wallet", token: root },
    { path: "/admin/rooms", token: root },
    {
      path: "/admin/rooms",
      token: root,
      prepare: async (page) => {
        await first(page);
        await dialog(page);
      },
    },
    { path: "/admin/rooms?q=zzz", token: root },
    { path: `/admin/rooms/${room.id}`, token: root },
    { path: `/admin/rooms/${room.id}/suspend`, token: root },
    { path: "/admin/accounts", token: root },
    {
      path: "/admin/accounts?q=viewer",
      token: root,
      prepare: async (page) => {
        await first(page);
        await page.locator(".admin-sheet .acts button").last().click();
        await dialog(page);
        await page.locator("#act-typed").waitFor();
      },
    },
    {
      path: "/admin/settings",
      token: root,
      prepare: async (page) => {
        await page.fill("#siteName", "");
        await page.locator("#siteName").press("Enter");
        await page.waitForSelector("#siteName-error");
      },
    },
    { path: "/admin/log", token: root },
    { path: "/admin/log?q=zzz", token: root },
    { path: "/admin/audit", token: root },
    { path: "/admin", token: tokenOf(room.cookie) },
    { path: "/account", token: root },
    {
      path: "/account",
      token: tokenOf(room.cookie),
      prepare: async (page) => {
        await page.fill("#next", "table cow 7");
        await page.locator("#deletion-title").locator("..").locator("..").getByRole("link").click();
        await dialog(page);
      },
    },
    { path: "/account/delete", token: root },
    { path: "/account/deleted" },
    { path: "/login" },
    { path: "/signup" },
  ];
  const found: string[] = [];
  for (const [index, { path, token, prepare }] of stops.entries()) {
    site.goLive({ [room.id]: 12 });
    const locale = index % 2 === 0 ? "en-US" : "zh-CN";
    const { page, context, complaints } = await open(stage, path, {
      ...{ width: 1440, locale },
      ...token !== undefined && { token },
    });
    await prepare?.(page);
    found.push(...(await axeViolations(page)).map((text) => `1440 light ${path} ${text}`));
    const shift = await page.evaluate(() =>
      (globalThis as unknown as { layoutShift: number }).layoutShift
    );
    if (shift > 0.02) found.push(`${path}: shifts by ${shift}`);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.evaluate(() => document.documentElement.dataset.theme = "dark");
    found.push(...(await axeViolations(page)).map((text) => `390 dark ${path} ${text}`));
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > 390) found.push(`${path}: is ${width} wide on a phone`);
    // A refused form and a forbidden page are answers, of which the browser tells by itself.
    found.push(
      ...complaints.filter((complaint) => !/status of 40[03]/.test(complaint))
        .map((complaint) => `${path}: ${complaint}`),
    );
    await context.close();
  }
  assert.deepEqual(found, []);
}

async function ownAccount(stage: Stage): Promise<void> {
  const { site, url } = stage;
  const { cookie } = await site.member("Lin");
  const elsewhere = await site.business.accounts.logIn({
    name: "Lin",
    password: PASSWORD,
    remoteAddress: "192.0.2.9",
    userAgent: "curl/8.5.0",
  });
  const { page, context, complaints } = await open(stage, "/account", { token: tokenOf(cookie) });

  await page.getByLabel(text.displayName).fill("Lin <b>小满</b>");
  await page.getByRole("button", { name: text.save, exact: true }).click();
  await said(page, text.saved);
  assert.equal(
    (await site.business.accounts.authenticate(tokenOf(cookie)))?.displayName,
    "Lin <b>小满</b>",
  );

  await page.locator("#sessions-title").waitFor();
  await page.locator("input[type=file]").setInputFiles({
    name: "me.png",
    mimeType: "image/png",
    buffer: Buffer.from(imageFixture("quadrants.png")),
  });
  await page.getByRole("button", { name: imageText("en").save }).click();
  await page.getByText(imageText("en").saved).waitFor();
  const shown = await page.locator(".image-field-picture img").getAttribute("src");
  assert.match(shown ?? "", /^\/images\/[\w-]+\.jpg$/);
  assert.equal((await page.request.get(url + shown)).headers()["content-type"], "image/jpeg");
  await page.getByRole("button", { name: imageText("en").remove, exact: true }).click();
  await page.getByRole("button", { name: imageText("en").removeConfirm }).click();
  await page.getByText(imageText("en").removed).waitFor();
  assert.equal((await site.business.accounts.authenticate(tokenOf(cookie)))?.avatar, null);

  const next = page.getByLabel(text.newPassword);
  await next.fill("password1");
  await page.getByText(passwordText("en").common).waitFor();
  const show = page.getByRole("button", { name: passwordText("en").show }).last();
  await show.click();
  assert.equal(await next.getAttribute("type"), "text");
  assert.equal(await show.getAttribute("aria-pressed"), "true");
  await next.fill("a much better horse");
  await page.getByLabel(text.currentPassword).fill("wrong horse");
  await page.getByRole("button", { name: text.changePassword }).click();
  await page.getByText(text.passwordWrong).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.id), "current");
  await page.getByLabel(text.currentPassword).fill(PASSWORD);
  await page.getByRole("button", { name: text.changePassword }).click();
  await said(page, text.passwordChanged);
  assert.equal(await site.business.accounts.authenticate(elsewhere.token), null);
  await page.getByText(text.onlyThis).waitFor();

  const again = await site.business.accounts.logIn({
    name: "Lin",
    password: "a much better horse",
    remoteAddress: "192.0.2.9",
    userAgent: "curl/8.5.0",
  });
  await page.reload();
  await alive(page);
  await page.getByRole("button", { name: text.endSessionOf("curl 8.5") }).click();
  await said(page, text.sessionEnded);
  assert.equal(await site.business.accounts.authenticate(again.token), null);
  await page.getByRole("button", { name: text.everywhere, exact: true }).click();
  await page.locator("dialog[open]").getByRole("button", { name: text.everywhere }).click();
  await page.waitForURL(`${url}/login`);
  assert.equal(await site.business.accounts.authenticate(tokenOf(cookie)), null);

  await page.goto(`${url}/login?next=/account`);
  await page.getByLabel(formsText("en").nameLabel).fill("Lin");
  await page.getByLabel(formsText("en").passwordLabel).fill("a much better horse");
  await page.locator("main button[type=submit]").click();
  await page.waitForURL(`${url}/account`);
  await alive(page);
  await page.getByRole("link", { name: text.deletion }).click();
  const dialog = page.locator("dialog[open]");
  const remove = dialog.getByRole("button", { name: text.deletionConfirm });
  await dialog.getByLabel(text.deletionPassword).fill("a much better horse");
  assert.equal(await remove.isDisabled(), true);
  await dialog.getByLabel(text.typeToConfirm("Lin")).fill("lin");
  await remove.click();
  await page.waitForURL(`${url}/account/deleted`);
  assert.equal(
    (await site.post("/login", { name: "Lin", password: "a much better horse" })).status,
    401,
  );
  assert.deepEqual(complaints.filter((one) => !one.includes("status of 401")), []);
  await context.close();
}

async function manageAccounts(stage: Stage): Promise<void> {
  const { site, root } = stage;
  const { cookie } = await site.member("Milo");
  const { page, context, complaints } = await open(stage, "/admin/accounts?q=milo", {
    token: root,
  });
  const manage = page.getByRole("link", { name: `${text.manage}: Milo` });
  await manage.click();
  const sheet = page.locator("dialog.sheet[open]");
  await sheet.getByRole("heading", { name: "Milo" }).waitFor();
  await sheet.getByRole("button", { name: text.suspendAccount }).click();
  const question = page.locator("dialog.dialog[open]");
  await question.getByRole("heading", { name: text.suspendAccountAsk("Milo") }).waitFor();
  await question.getByLabel(text.reason).fill("spam <i>");
  await question.getByRole("button", { name: text.suspendAccount }).click();
  await said(page, text.suspendAccountDone);
  await sheet.getByText(text.suspended).waitFor();
  assert.equal(await site.business.accounts.authenticate(tokenOf(cookie)), null);

  await sheet.getByRole("button", { name: text.resetPassword }).click();
  await question.getByRole("button", { name: text.resetPassword }).click();
  const field = page.getByLabel(text.newPassword, { exact: true });
  const password = await field.inputValue();
  await page.getByRole("button", { name: text.done }).click();
  await sheet.getByRole("button", { name: text.restoreAccount }).click();
  await question.getByRole("button", { name: text.restoreAccount }).click();
  await said(page, text.restoreAccountDone);
  assert.equal((await site.post("/login", { name: "Milo", password })).status, 303);

  await sheet.getByRole("button", { name: text.deleteAccount }).click();
  const remove = question.getByRole("button", { name: text.deleteAccount });
  assert.equal(await remove.isDisabled(), true);
  await question.getByLabel(text.typeToConfirm("Milo")).fill("Milo");
  await remove.click();
  await said(page, text.deleteAccountDone);
  await page.getByText(text.nothingFound, { exact: true }).waitFor();
  assert.equal(await site.business.accounts.authenticate(tokenOf(cookie)), null);
  assert.deepEqual(complaints, []);

  await visit(page, `${stage.url}/admin/audit`);
  await page.getByText("Milo: spam <i>").waitFor();
  await context.close();
}

async function cutOff(stage: Stage): Promise<void> {
  const { site, root } = stage;
  const room = await site.room("Ah Zhe", "City walk");
  site.goLive({ [room.id]: 7 });
  // A stream that is not reported is forgotten after six seconds.
  const reporting = setInterval(() => site.goLive({ [room.id]: 7 }), 1000);
  using _reports = { [Symbol.dispose]: () => clearInterval(reporting) };
  const { page, context, complaints } = await open(stage, "/admin/streams", { token: root });
  const button = page.getByRole("link", { name: `${text.cutOff}: City walk` });
  await button.click();
  const question = page.locator("dialog[open]");
  await question.getByRole("heading", { name: text.cutOffAsk("City walk") }).waitFor();
  await page.keyboard.press("Escape");
  await waitFor(
    "the focus to be back",
    async () =>
      await page.evaluate(() => document.activeElement?.getAttribute("aria-label")) ===
        `${text.cutOff}: City walk`,
  );
  await page.keyboard.press("Enter");
  const sure = question.getByRole("button", { name: text.cutOff });
  await sure.waitFor();
  clearInterval(reporting);
  await sure.click();
  await said(page, text.cutOffDone);
  assert.notEqual(await site.business.rooms.heldUntilMs(room.id), null);
  // The page looks every two seconds.
  await page.getByText(text.noStreams, { exact: true }).waitFor({ timeout: 15_000 });
  assert.deepEqual(complaints, []);
  await context.close();
}

async function rates(stage: Stage): Promise<void> {
  const { site, root } = stage;
  const im = adminImText("en");
  const words = adminSettingsText("en");
  const { page, context, complaints } = await open(stage, "/admin/settings", { token: root });
  const card = page.locator("section", { has: page.getByRole("heading", { name: words.im }) });
  await card.getByLabel(im.maxPerSecond).fill("0");
  await card.getByRole("button", { name: words.save }).click();
  // The browser says what is wrong with it.
  assert.equal(
    await card.getByLabel(im.maxPerSecond).evaluate((input) =>
      (input as HTMLInputElement).validity.rangeUnderflow
    ),
    true,
  );
  assert.equal(site.business.settings.values.im.maxPerSecond, 20);
  await card.getByLabel(im.maxPerSecond).fill("30");
  await card.getByLabel(im.chat, { exact: true }).first().fill("12.5");
  await card.getByRole("button", { name: words.save }).click();
  await said(page, words.saved);
  const { maxPerSecond, ageMs } = site.business.settings.values.im;
  assert.deepEqual([maxPerSecond, ageMs.chat], [30, 12_500]);
  await page.getByText("20 → 30").waitFor();
  await context.close();

  const rich = await site.member("rich");
  const list = await open(stage, "/admin/accounts?q=rich", { token: root });
  await list.page.locator(".actions a").first().click();
  await list.page.locator(".admin-sheet").getByRole("button", { name: text.grantCoins }).click();
  const question = list.page.locator("dialog[open]").last();
  await question.getByLabel(text.coins).fill("1.5");
  await question.getByRole("button", { name: text.grantCoins }).click();
  await question.locator("[aria-invalid=true]").waitFor();
  assert.deepEqual(await axeViolations(list.page), []);
  await question.getByLabel(text.coins).fill("300");
  await question.getByRole("button", { name: text.grantCoins }).click();
  await said(list.page, text.grantCoinsDone);
  assert.equal((await site.business.wallets.read(rich.account)).balance, 300);
  await list.context.close();
  assert.deepEqual([...complaints, ...list.complaints], []);
}

async function settings(stage: Stage): Promise<void> {
  const { site, root } = stage;
  const words = adminSettingsText("en");
  const { page, context, complaints } = await open(stage, "/admin/settings", { token: root });
  await page.getByLabel(words.siteName).fill("Night Club");
  await page.getByText(words.unsaved).waitFor();
  await page.getByLabel(words.siteName).press("Enter");
  await said(page, words.saved);
  assert.equal(site.business.settings.values.siteName, "Night Club");
  await page.getByText("from “Wanren” to “Night Club”").waitFor();

  const card = page.locator("section", {
    has: page.getByRole("heading", { name: words.categories }),
  });
  await card.getByRole("button", { name: words.down("Talk") }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  assert.equal(
    await page.evaluate(() => document.activeElement?.getAttribute("aria-label")),
    words.down("Talk"),
    "the focus goes with the row",
  );
  await card.getByRole("button", { name: words.removeOf("Study") }).click();
  await card.getByRole("button", { name: words.add }).click();
  await waitFor(
    "the focus in the new row",
    () =>
      page.evaluate(() => {
        const { activeElement } = document;
        return activeElement instanceof HTMLInputElement && activeElement.value === "" &&
          activeElement.closest(".categories") !== null;
      }),
  );
  await page.keyboard.type("舞蹈");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Dance");
  await card.getByRole("button", { name: words.save }).click();
  await waitFor(
    "the categories",
    () => site.business.settings.values.categories.some(({ key }) => key === "dance"),
  );
  assert.deepEqual(site.business.settings.values.categories.map(({ key }) => key), [
    "games",
    "music",
    "talk",
    "technology",
    "outdoors",
    "dance",
  ]);
  assert.deepEqual(complaints, []);

  await page.getByLabel(words.embedFrames).fill("https://example.org/path");
  await page.locator("section", { has: page.getByLabel(words.embedFrames) })
    .getByRole("button", { name: words.save }).click();
  await page.getByText(words.embedFramesWrong).waitFor();
  assert.equal(await page.getByLabel(words.embedFrames).getAttribute("aria-invalid"), "true");
  await context.close();
}

async function log(stage: Stage): Promise<void> {
  const { site, root } = stage;
  const words = adminLogText("en");
  const { page, context, complaints } = await open(stage, "/admin/log?q=web%40host", {
    token: root,
  });
  const lines = page.getByRole("log");
  const rows = () => page.locator(".log-line").count();
  const atEnd = () =>
    lines.evaluate((place) => place.scrollHeight - place.scrollTop - place.clientHeight < 24);
  let number = 10;
  const write = async (count: number) => {
    await beat(site, Array.from({ length: count }, (_, index) => `line ${number + index}`), number);
    number += count;
  };
  await write(60);
  await page.getByText("line 69").waitFor();
  assert.equal(await atEnd(), true, "it follows");
  await lines.evaluate((place) => place.scrollTop = 0);
  const follow = page.getByRole("switch", { name: words.follow });
  await waitFor("the pause", async () => !await follow.isChecked());
  await write(3);
  await page.getByRole("button", { name: words.newLines(3) }).click();
  await waitFor("the end", atEnd);
  assert.equal(await follow.isChecked(), true);
  for (let round = 0; round < 4; round++) await write(190);
  await page.getByText(`line ${number - 1}`).waitFor();
  assert.ok(await rows() <= 500, `${await rows()} rows`);
  await page.getByLabel(words.level).selectOption("error");
  await page.getByText(words.empty, { exact: true }).waitFor();
  assert.match(page.url(), /level=error/);
  const download = page.waitForEvent("download");
  await page.getByLabel(words.level).selectOption("debug");
  await page.getByRole("link", { name: words.download }).click();
  assert.match((await download).suggestedFilename(), /^wanren-.*\.log$/);
  assert.deepEqual(complaints, []);
  await context.close();
}

async function withoutScript(stage: Stage): Promise<void> {
  const { site, root, url } = stage;
  const room = await site.room("Dou", "Learning to draw hands");
  site.goLive({ [room.id]: 2 });
  const { page, context } = await open(stage, "/admin/streams", { token: root, script: false });
  await page.getByRole("link", { name: `${text.cutOff}: Learning to draw hands` }).click();
  await page.getByRole("button", { name: text.cutOff }).click();
  await page.getByText(text.cutOffDone).waitFor();
  assert.equal(page.url(), `${url}/admin/streams`);

  await page.goto(`${url}/admin/accounts?q=Dou`);
  await page.getByRole("link", { name: `${text.manage}: Dou` }).click();
  await page.getByRole("link", { name: text.suspendAccount }).click();
  await page.getByLabel(text.reason).fill("no script");
  await page.getByRole("button", { name: text.suspendAccount }).click();
  await page.getByText(text.suspendAccountDone).waitFor();
  assert.equal((await site.post("/login", { name: "Dou", password: PASSWORD })).status, 403);

  const words = adminSettingsText("en");
  await page.goto(`${url}/admin/settings`);
  await page.getByLabel(words.siteName).fill("");
  await page.getByLabel(words.siteName).press("Enter");
  await page.getByText(words.siteNameWrong).waitFor();
  await page.getByLabel(words.siteName).fill("Plain");
  await page.getByLabel(words.siteName).press("Enter");
  await page.getByText(words.saved).waitFor();
  assert.equal(site.business.settings.values.siteName, "Plain");
  await page.getByLabel(words.ofNumber(words.categoryPlace, 1)).fill("9");
  await page.getByRole("checkbox", { name: words.removeOf("Music") }).check();
  await page.locator("section", { has: page.getByRole("heading", { name: words.categories }) })
    .getByRole("button", { name: words.save }).click();
  await page.getByText(words.saved).waitFor();
  const keys = site.business.settings.values.categories.map(({ key }) => key);
  assert.equal(keys.at(-1), "games");
  assert.equal(keys.includes("music"), false);

  await page.goto(`${url}/admin/audit`);
  await page.getByLabel(adminPageText("en").auditAction).selectOption("account_suspended");
  await page.getByRole("button", { name: adminPageText("en").filter }).click();
  await page.getByText("Dou: no script").waitFor();
  await page.goto(`${url}/admin/log?level=debug`);
  assert.equal(
    await page.getByRole("button", { name: adminLogText("en").filter }).isVisible(),
    true,
  );
  assert.equal(await page.getByRole("switch").isVisible(), false);

  await page.goto(`${url}/account`);
  await page.getByLabel(text.displayName).fill("Root 根");
  await page.getByRole("button", { name: text.save, exact: true }).click();
  await page.getByText(text.saved).waitFor();
  await context.close();
}
