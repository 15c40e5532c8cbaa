import { doesNotMatch, match, strictEqual } from "node:assert/strict";
import { callPageText } from "../../islands/i18n/call_page.ts";
import { htmlOf, startSite } from "../support/pages.ts";

const text = callPageText("en");

async function signUp(site: Awaited<ReturnType<typeof startSite>>, name: string) {
  const made = await site.post("/signup", { name, password: "correct horse", next: "/" });
  return { cookie: (made.headers.get("set-cookie") ?? "").split(";")[0]! };
}

Deno.test("/call lets guests open a name, and members make calls of their own", async () => {
  await using site = await startSite();
  const guest = await htmlOf(await site.get("/call"));
  match(guest, new RegExp(text.logInForMore));
  doesNotMatch(guest, /name="access"/);
  match(guest, /aria-current="page"/);
  const opened = await site.post("/call", { name: " Weekly Meeting ", access: "invited" });
  strictEqual(opened.status, 303);
  strictEqual(opened.headers.get("location"), "/call/weekly-meeting");
  strictEqual(await site.business.calls.find("weekly-meeting"), null);

  const member = await signUp(site, "Ann");
  const made = await site.post("/call", { name: "board", access: "invited", guests: "yes" }, {
    headers: member,
  });
  strictEqual(made.headers.get("location"), "/call/board");
  strictEqual((await site.business.calls.find("board"))?.access, "invited");
  match(await htmlOf(await site.get("/call", member)), /href="\/call\/board"/);

  const ended = await site.post("/call/end", { name: "board" }, { headers: member });
  strictEqual(ended.status, 303);
  strictEqual(await site.business.calls.find("board"), null);
});

Deno.test("/call keeps what was typed and says what is wrong beside the field", async () => {
  await using site = await startSite();
  const member = await signUp(site, "Ann");
  const refuse = async (form: Record<string, string>, field: string, status = 422) => {
    const answer = await site.post("/call", form, { headers: member });
    strictEqual(answer.status, status);
    const html = await htmlOf(answer);
    match(html, new RegExp(`id="${field}-error"`));
    doesNotMatch(html, /short7!/);
    return html;
  };
  match(await refuse({ name: "a/b", access: "open" }, "name"), /value="a\/b"/);
  await refuse({ name: "secret", access: "password", password: "short7!" }, "password");
  await site.post("/call", { name: "board", access: "open" }, { headers: member });
  await refuse({ name: "Board", access: "open" }, "name", 409);
});

Deno.test("/call/<name> shows one address for each name, and hands over what the island needs", async () => {
  await using site = await startSite();
  const other = await site.get("/call/Weekly%20Meeting?invite=a.b.c");
  strictEqual(other.status, 301);
  strictEqual(other.headers.get("location"), "/call/weekly-meeting?invite=a.b.c");
  strictEqual((await site.get("/call/a.b")).status, 404);
  strictEqual(
    (await site.get("/call?go=%E5%91%A8%E4%BC%9A")).headers.get("location"),
    "/call/%E5%91%A8%E4%BC%9A",
  );

  const member = await signUp(site, "Ann");
  await site.post("/call", { name: "secret", access: "password", password: "correct horse" }, {
    headers: member,
  });
  const page = await site.get("/call/secret");
  strictEqual(page.headers.get("cache-control"), "no-store");
  const html = await htmlOf(page);
  match(html, /&quot;access&quot;:&quot;password&quot;/);
  match(html, /&quot;own&quot;:false/);
  match(html, /id="call-password"/);
  doesNotMatch(html, /argon2/);
  match(html, /name="robots" content="noindex"/);
  // The owner is not asked for the password.
  const own = await htmlOf(await site.get("/call/secret", member));
  match(own, /&quot;own&quot;:true/);
  doesNotMatch(own, /id="call-password"/);
  doesNotMatch(own, /id="call-name"/);
});

Deno.test("/call/end is the owner's alone", async () => {
  await using site = await startSite();
  await site.post("/call", { name: "board", access: "open" }, {
    headers: await signUp(site, "Ann"),
  });
  strictEqual(
    (await site.post("/call/end", { name: "board" })).headers.get("location"),
    "/login?next=/call",
  );
  const stranger = await site.post("/call/end", { name: "board" }, {
    headers: await signUp(site, "Eve"),
  });
  strictEqual(stranger.status, 403);
  strictEqual((await site.business.calls.find("board"))?.name, "board");
});
