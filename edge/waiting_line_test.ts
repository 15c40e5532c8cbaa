import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { WaitingLine } from "./waiting_line.ts";

Deno.test("WaitingLine lets some run, keeps some waiting and turns the others away", () => {
  const line = new WaitingLine({ maxRunning: 2, maxWaiting: 2 });
  const ran: string[] = [];
  const [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map((name) => line.enter(() => ran.push(name)));
  deepStrictEqual(ran, ["a", "b"]);
  deepStrictEqual([line.running, line.waiting], [2, 2]);
  strictEqual(e, null);
  a!();
  a!();
  deepStrictEqual(ran, ["a", "b", "c"]);
  d!();
  b!();
  c!();
  deepStrictEqual(ran, ["a", "b", "c"], "who gave up is not run");
  deepStrictEqual([line.running, line.waiting], [0, 0]);
  strictEqual(typeof line.enter(() => ran.push("f")), "function");
  deepStrictEqual(ran.at(-1), "f");
});
