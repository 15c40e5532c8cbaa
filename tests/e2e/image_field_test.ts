/** The field for pictures in Chromium: by mouse, keyboard and drop, and when things go wrong. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { axeViolations } from "../support/axe.ts";
import { launchBrowser, openPage, visit } from "../support/browser.ts";
import { runFfmpeg } from "../support/ffmpeg.ts";
import { startImagePage } from "../support/image_page.ts";
import { colour, draw, imageFixture } from "../support/images.ts";
import { waitFor } from "../support/wait.ts";

const fileOf = (name: string, mimeType: string, bytes = imageFixture(name)) => ({
  name,
  mimeType,
  buffer: Buffer.from(bytes),
});
const PNG = fileOf("quadrants.png", "image/png");
const field = (page: Page, id: "avatar" | "cover") => page.locator(`.image-field.for-${id}`);
const alertOf = (page: Page, id: "avatar" | "cover") => field(page, id).getByRole("alert").first();

async function choose(page: Page, id: "avatar" | "cover", file: ReturnType<typeof fileOf>) {
  await field(page, id).locator("input[type=file]").setInputFiles(file);
}

Deno.test({
  name: "the field for pictures: chosen, cut, uploaded, refused, removed",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    await using site = await startImagePage();
    const browser = await launchBrowser();
    const { page, complaints } = await openPage(browser, site.url, { width: 390, height: 844 });
    const idShown = async (id: "avatar" | "cover") => {
      const src = await field(page, id).locator(".image-field-picture > img").getAttribute("src");
      return /^\/images\/(\w+)\.jpg$/.exec(src ?? "")?.[1] ?? "";
    };
    try {
      await t.step("by keyboard: the square moves and zooms, and is what is kept", async () => {
        await choose(page, "avatar", PNG);
        const frame = field(page, "avatar").getByRole("slider", { name: "Part that is shown" });
        await frame.waitFor();
        // The way on has the focus, and the frame stands before it.
        assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Use picture");
        await frame.focus();
        for (let i = 0; i < 8; i++) await page.keyboard.press("+");
        for (let i = 0; i < 40; i++) await page.keyboard.press("ArrowRight");
        for (let i = 0; i < 40; i++) await page.keyboard.press("ArrowDown");
        assert.match(
          await frame.getAttribute("aria-valuetext") ?? "",
          /^7\d % from the left, 5\d %/,
        );
        await field(page, "avatar").getByRole("button", { name: "Use picture" }).click();
        await field(page, "avatar").getByText("The new picture is in place.").waitFor();
        assert.equal(
          await page.evaluate(() => document.activeElement?.textContent),
          "Change picture",
        );
        const [crop] = site.crops;
        assert.ok(crop && crop.size < 0.5 && crop.x > 0.7 && crop.y > 0.5, JSON.stringify(crop));
        const made = draw((await site.images.get(await idShown("avatar")))!);
        assert.equal(colour(made.at(0.5, 0.5)), "yellow");
      });

      await t.step("by mouse: the picture is dragged under its frame", async () => {
        await choose(page, "avatar", PNG);
        const frame = field(page, "avatar").getByRole("slider", { name: "Part that is shown" });
        await field(page, "avatar").getByRole("button", { name: "Zoom in" }).click();
        await field(page, "avatar").getByRole("slider", { name: "Zoom" }).fill("2");
        const box = (await frame.boundingBox())!;
        await page.mouse.move(box.x + 20, box.y + 20);
        await page.mouse.down();
        await page.mouse.move(box.x + box.width - 1, box.y + box.height - 1, { steps: 8 });
        await page.mouse.up();
        await page.mouse.move(box.x + 20, box.y + 20);
        await page.mouse.down();
        await page.mouse.move(box.x + box.width - 1, box.y + box.height - 1, { steps: 8 });
        await page.mouse.up();
        await field(page, "avatar").getByRole("button", { name: "Use picture" }).click();
        await waitFor("an upload", () => site.crops.length === 2);
        const { x, y, size } = site.crops[1]!;
        assert.deepEqual([x < 0.1, y < 0.1, size], [true, true, 0.5]);
      });

      await t.step("a cover is dropped, and has no square", async () => {
        const transfer = await page.evaluateHandle((bytes) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([new Uint8Array(bytes)], "a.png", { type: "image/png" }));
          return transfer;
        }, [...PNG.buffer]);
        await field(page, "cover").dispatchEvent("dragenter", { dataTransfer: transfer });
        await field(page, "cover").getByText("Let go to use this picture").waitFor();
        await field(page, "cover").dispatchEvent("drop", { dataTransfer: transfer });
        await field(page, "cover").getByRole("button", { name: "Use picture" }).click();
        await field(page, "cover").getByText("The new picture is in place.").waitFor();
        assert.equal(site.crops[2], null);
        assert.equal(draw((await site.images.get(await idShown("cover")))!).width, 400);
      });

      await t.step("a large photo is made small before it is sent", async () => {
        const path = await Deno.makeTempFile({ suffix: ".png" });
        // Noise, so that the file is as large as a photo.
        await runFfmpeg([
          ...["-f", "lavfi", "-i", "testsrc2=s=4000x3000,noise=alls=60", "-frames:v", "1"],
          ...["-y", path],
        ]);
        const bytes = await Deno.readFile(path);
        await Deno.remove(path);
        assert.ok(bytes.length > 6 * 2 ** 20, `${bytes.length} bytes`);
        const before = site.bodies.length;
        await choose(page, "avatar", fileOf("photo.png", "image/png", bytes));
        await field(page, "avatar").getByRole("button", { name: "Use picture" }).click();
        await waitFor("an upload", () => site.bodies.length > before, { deadlineMs: 30_000 });
        assert.ok(site.bodies.at(-1)! < 2 ** 20 * 2, `${site.bodies.at(-1)} bytes were sent`);
        await field(page, "avatar").getByText("The new picture is in place.").waitFor();
      });

      await t.step("what cannot be used is said in words, and nothing is sent", async () => {
        const before = site.bodies.length;
        await choose(page, "avatar", fileOf("a.png", "image/png", new TextEncoder().encode("no")));
        await alertOf(page, "avatar").getByText("not a picture that can be used").waitFor();
        await choose(page, "cover", fileOf("red_then_blue.gif", "image/gif"));
        await alertOf(page, "cover").getByText("at least 320 × 180 pixels").waitFor();
        assert.equal(site.bodies.length, before);
      });

      await t.step("a refusal and a lost network are said, and can be tried again", async () => {
        await choose(page, "avatar", PNG);
        const use = field(page, "avatar").getByRole("button", { name: "Use picture" });
        site.refuseNext = { status: 503, code: "busy" };
        await use.click();
        await alertOf(page, "avatar").getByText("busy with other pictures").waitFor();
        await page.context().setOffline(true);
        await use.click();
        await alertOf(page, "avatar").getByText("No connection").waitFor();
        await page.context().setOffline(false);
        assert.deepEqual(await axeViolations(page), []);
        await use.click();
        await field(page, "avatar").getByText("The new picture is in place.").waitFor();
        assert.equal(await alertOf(page, "avatar").count(), 0, "the old message is gone");
      });

      await t.step("a picture is removed after a question", async () => {
        await field(page, "avatar").getByRole("button", { name: "Remove" }).click();
        await page.getByRole("button", { name: "Cancel" }).click();
        assert.notEqual(await idShown("avatar"), "");
        await field(page, "avatar").getByRole("button", { name: "Remove" }).click();
        await page.getByRole("button", { name: "Remove picture" }).click();
        await field(page, "avatar").getByText("The picture was removed.").waitFor();
        assert.equal(await field(page, "avatar").locator("img").count(), 0);
      });

      await t.step("axe-core finds nothing, light and dark, in both languages", async () => {
        const filled = await site.images.put(imageFixture("quadrants.jpg"));
        for (const query of ["?theme=dark&locale=zh", `?theme=light&filled=${filled}`]) {
          await visit(page, site.url + query);
          await choose(page, "avatar", PNG);
          await field(page, "avatar").locator(".cropper").waitFor();
          assert.deepEqual(await axeViolations(page), []);
        }
      });
      const expected = /503 \(Service Unavailable\)|ERR_INTERNET_DISCONNECTED/;
      assert.deepEqual(complaints.filter((line) => !expected.test(line)), []);
    } finally {
      await browser.close();
    }
  },
});
