import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { silentLogger } from "../platform/log.ts";
import type { BattleMix } from "../rooms/pk/battle_mixes.ts";
import { MixerClient } from "./mixer_client.ts";

const STREAM = "900000000100001";
const MIX: BattleMix = {
  layout: "side_by_side",
  size: "540p",
  ifLive: true,
  inputs: [{ stream: "100001", name: "Ann" }, { stream: "100002", name: "Bob" }],
};

/** Origins that answer with these; what they were asked. */
async function origins(answers: readonly { readonly status: number; readonly body?: string }[]) {
  const asked: string[] = [];
  const servers = await Promise.all(answers.map(async ({ status, body }) => {
    const server = createServer(async (request, response) => {
      let text = "";
      for await (const chunk of request) text += chunk;
      asked.push(`${request.method} ${request.url} ${request.headers.authorization} ${text}`);
      response.writeHead(status).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return server;
  }));
  return {
    asked,
    client: new MixerClient({
      origins: servers.map((server) =>
        `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      ),
      clusterSecret: "secret",
      log: silentLogger,
    }),
    async [Symbol.asyncDispose]() {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

const refused = (code: string) => ({ status: 409, body: JSON.stringify({ code }) });

Deno.test("MixerClient.put() is done where one origin does it", async () => {
  await using at = await origins([refused("not_live"), { status: 200, body: "{}" }]);
  strictEqual(await at.client.put(STREAM, MIX), null);
  deepStrictEqual(
    at.asked,
    Array(2).fill(
      `PUT /mixes/${STREAM} Bearer secret ${JSON.stringify(MIX)}`,
    ),
  );
});

Deno.test("MixerClient.put() says why not, from the origin that could", async () => {
  await using at = await origins([refused("not_live"), refused("too_many_mixes")]);
  strictEqual(await at.client.put(STREAM, MIX), "too_many_mixes");
  await using broken = await origins([{ status: 500, body: "<html>" }]);
  strictEqual(await broken.client.put(STREAM, MIX), "unavailable");
});

Deno.test("MixerClient throws when nobody answers, or an end is not confirmed", async () => {
  await using at = await origins([{ status: 204 }, { status: 500 }]);
  await rejects(at.client.remove(STREAM), /Cannot end mix 900000000100001: status 500/);
  const gone = await origins([{ status: 200 }]);
  await gone[Symbol.asyncDispose]();
  await rejects(gone.client.put(STREAM, MIX));
});
