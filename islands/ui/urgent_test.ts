import assert from "node:assert/strict";
import { holdOthers, othersMayGo } from "./urgent.ts";

async function isOver(): Promise<boolean> {
  let over = false;
  void othersMayGo().then(() => over = true);
  await new Promise((resolve) => setTimeout(resolve, 5));
  return over;
}

Deno.test("othersMayGo() waits for what is urgent, and for nothing else", async () => {
  assert.equal(await isOver(), true);
  const { promise, resolve } = Promise.withResolvers<void>();
  holdOthers(promise);
  assert.equal(await isOver(), false);
  resolve();
  assert.equal(await isOver(), true);
  holdOthers(Promise.reject(new Error("it went wrong")));
  assert.equal(await isOver(), true);
});
