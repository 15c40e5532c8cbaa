import assert from "node:assert/strict";
import type { Content, Role, Sender } from "../../im/protocol/message.ts";
import { BEGIN_MS, LIN, message, notice } from "../../tests/support/chat.ts";
import { type Action, actionsOn, TAKE_BACK_MS } from "./rights.ts";

const ME = "0f0f0f0f";
const from = (role: Role, id: string = LIN.id): Sender => ({ ...LIN, id, role });
const said = (role: Role, id?: string) => message(0, undefined, { from: from(role, id) });
const GIFT: Content = {
  kind: "gift",
  body: { gift: "rose", count: 1, combo: 1, value: 1, side: null },
};
const on = (
  what: ReturnType<typeof message>,
  role: Role,
  { nowMs = BEGIN_MS + 1_000, mayTalk = true } = {},
) => actionsOn(what, { id: role === "visitor" ? null : ME, role, mayTalk }, { nowMs }).join(" ");
const TALK: readonly Action[] = ["reply", "mention", "copy"];

Deno.test("actionsOn: a visitor copies, and talks where visitors may", () => {
  assert.equal(on(said("member"), "visitor", { mayTalk: false }), "copy");
  assert.equal(on(said("member"), "visitor"), TALK.join(" "));
});

Deno.test("actionsOn: a member reports and blocks, and takes back what was just said", () => {
  assert.equal(on(said("member"), "member"), `${TALK.join(" ")} whisper report block`);
  assert.equal(on(said("visitor"), "member"), `${TALK.join(" ")} report`);
  assert.equal(on(said("member", ME), "member"), "reply copy remove");
  const late = BEGIN_MS + TAKE_BACK_MS + 1;
  assert.equal(on(said("member", ME), "member", { nowMs: late }), "reply copy");
  assert.equal(on(message(0, GIFT), "member"), "mention whisper block");
});

Deno.test("actionsOn: who looks after a room reaches those below, and no others", () => {
  const all = `${TALK.join(" ")} whisper report block remove mute ban`;
  assert.equal(on(said("member"), "moderator"), all);
  assert.equal(on(said("visitor"), "moderator"), `${TALK.join(" ")} report remove`);
  assert.equal(on(said("moderator"), "moderator"), `${TALK.join(" ")} whisper report block remove`);
  assert.equal(on(said("owner"), "moderator"), `${TALK.join(" ")} whisper report block`);
  assert.equal(on(said("moderator"), "owner"), all);
  assert.equal(on(said("admin"), "owner"), `${TALK.join(" ")} whisper report block`);
  assert.equal(on(said("owner"), "admin"), `${TALK.join(" ")} whisper report block remove`);
  assert.equal(on(said("moderator", ME), "moderator", { nowMs: Infinity }), "reply copy remove");
  assert.equal(on(message(0, GIFT), "moderator"), "mention whisper block mute ban");
});

Deno.test("actionsOn: nothing can be done with what the system says", () => {
  assert.equal(on(notice(0, "text", { text: "hello" }), "admin"), "");
});
