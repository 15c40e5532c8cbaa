/** What the native library calls may throw: that ends its peer, never the process. */
import assert from "node:assert/strict";
import type { NativeFaultEvent } from "../support/native_fault_process.ts";
import { freePort } from "../support/platform.ts";
import { RtcClientProcess } from "../support/rtc_client_process.ts";
import { waitFor } from "../support/wait.ts";

Deno.test("a fault in what the library calls is told, closes that peer, and the process goes on", async () => {
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "--cached-only"],
      ...["tests/support/native_fault_process.ts", `${freePort()}`],
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const events: NativeFaultEvent[] = [];
  const reading = (async () => {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of process.stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop()!;
      events.push(...lines.map((line) => JSON.parse(line) as NativeFaultEvent));
    }
  })();
  const faults = () => events.filter((event) => event.event === "fault");
  try {
    const { port } = await waitFor("the port", () => {
      const [first] = events;
      return first?.event === "listening" && first;
    });
    const order = { kind: "publish", polite: false } as const;
    for (const [index, when] of ["connected", "packet"].entries()) {
      await using _client = RtcClientProcess.start({
        ...order,
        url: `http://127.0.0.1:${port}/${when}`,
      });
      const told = await waitFor(`a fault on ${when}`, () => faults()[index], {
        deadlineMs: 30_000,
      });
      assert.deepEqual([told.message, told.open], [when, 0]);
    }
    // It opens peers as before.
    await using client = RtcClientProcess.start({
      ...order,
      url: `http://127.0.0.1:${port}/never`,
    });
    await client.until("a connection", ({ connected }) => connected === 1);
    assert.equal(faults().length, 2);
  } finally {
    await process.stdin.close();
    const status = await process.status;
    await reading;
    assert.deepEqual([status.code, status.signal], [0, null]);
  }
});
