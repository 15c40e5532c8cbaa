import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { GatewayReport } from "../rooms/live_state.ts";
import { MAX_OFFERED, rankGateways } from "./gateway_ranking.ts";

const edge = (name: string, given: Partial<GatewayReport> = {}): GatewayReport => ({
  ...{ url: `https://${name}.test`, region: "east", weight: 1, load: 0 },
  ...given,
});
const names = (
  reports: readonly GatewayReport[],
  given: { baseUrl?: string; region?: string; random?: () => number } = {},
) =>
  rankGateways(reports, {
    ...{ baseUrl: "https://door.test", region: "east", random: () => 0.5, ...given },
  }).map((url) => new URL(url).host.split(".")[0]);

Deno.test("rankGateways() puts region before load, load before weight", () => {
  const reports = [
    edge("far", { region: "west", weight: 9 }),
    edge("busy", { load: 0.8, weight: 9 }),
    edge("light", { load: 0.12 }),
    edge("heavy", { load: 0.19, weight: 5 }),
  ];
  deepStrictEqual(names(reports), ["heavy", "light", "busy"]);
  deepStrictEqual(names(reports, { region: "west" }), ["far", "heavy", "light"]);
});

Deno.test("rankGateways() takes the region of the edge that the viewer came in by", () => {
  const reports = [edge("a"), edge("b", { region: "west", load: 0.5 }), edge("c", { load: 0.3 })];
  const came = { baseUrl: "https://b.test" };
  deepStrictEqual(names(reports, came), ["b", "a", "c"]);
});

Deno.test("rankGateways() offers full edges and those of no weight only when there are no others", () => {
  const full = edge("full", { load: 1 });
  const none = edge("none", { weight: 0 });
  deepStrictEqual(names([full, none, edge("a")]), ["a", "door"]);
  deepStrictEqual(names([full, none]), ["none", "full", "door"]);
});

Deno.test("rankGateways() offers where the viewer came in when there is room, and always something", () => {
  deepStrictEqual(names([]), ["door"]);
  deepStrictEqual(names([edge("a"), edge("door", { load: 0.5 })]), ["a", "door"]);
  const many = [1, 2, 3, 4, 5].map((n) => edge(`e${n}`));
  strictEqual(names(many).length, MAX_OFFERED);
  strictEqual(names(many).includes("door"), false);
});

Deno.test("rankGateways() offers a page of HTTPS no gateway without", () => {
  const plain = edge("plain", { url: "http://plain.test" });
  deepStrictEqual(names([plain, edge("a")]), ["a", "door"]);
  deepStrictEqual(names([plain], { baseUrl: "http://door.test" }), ["plain", "door"]);
});

Deno.test("rankGateways() offers processes behind one address once, and equals in any order", () => {
  deepStrictEqual(names([edge("a", { load: 0.9 }), edge("a"), edge("b", { load: 0.5 })]), [
    "a",
    "b",
    "door",
  ]);
  const chances = [0.9, 0.1];
  deepStrictEqual(names([edge("a"), edge("b")], { random: () => chances.shift()! }), [
    "b",
    "a",
    "door",
  ]);
});
