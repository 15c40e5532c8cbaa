/**
 * A room for benches: an edge as the supervisor starts it, and a source of messages in a process of
 * its own, so that the CPU of the edge is the edge's.
 *
 * @module
 */
import { ticketBox } from "../../im/ticket.ts";
import { EDGE_SECRET } from "../../tests/support/edge_setup.ts";
import { ROOM } from "../../tests/support/im_web.ts";
import { type EdgeProcess, firstLine, freePort, startEdgeProcess } from "./edge_process.ts";
import type { ImSource } from "./im_source_process.ts";

/** A room with messages and no readers. */
export interface ImStage extends AsyncDisposable {
  /** Host and port of the edge. */
  readonly address: string;
  /** Of the edge's processes. */
  readonly pids: readonly number[];
  /** Path of the polls. */
  readonly pollPath: string;
  /** Path of the long connection, with a visitor's ticket that is good for a minute. */
  socketPath(): Promise<string>;
}

/** Starts a room; `processes` edges share its port. */
export async function startImStage(source: ImSource, processes = 1): Promise<ImStage> {
  const profile = Deno.env.get("CPU_PROF");
  const web = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "bench/load/im_source_process.ts", JSON.stringify(source)],
    stdout: "piped",
  }).spawn();
  const webPort = Number(await firstLine(web.stdout));
  const env = {
    PORT: String(freePort()),
    WEB_URL: `http://127.0.0.1:${webPort}`,
    EDGE_PROCESSES: String(processes),
  };
  const edges: EdgeProcess[] = [];
  for (let index = 0; index < processes; index++) {
    edges.push(
      await startEdgeProcess({
        secret: EDGE_SECRET,
        env,
        flags: profile === undefined
          ? []
          : ["--cpu-prof", `--cpu-prof-dir=${profile}`, "--cpu-prof-md"],
      }),
    );
  }
  const tickets = await ticketBox(EDGE_SECRET);
  return {
    address: `127.0.0.1:${env.PORT}`,
    pids: edges.map(({ pid }) => pid),
    pollPath: `/api/rooms/${ROOM}/messages`,
    async socketPath() {
      const expiresAtMs = Date.now() + 60_000;
      const ticket = await tickets.issue({ room: ROOM, sender: null, expiresAtMs });
      return `/im?ticket=${encodeURIComponent(ticket)}`;
    },
    async [Symbol.asyncDispose]() {
      for (const edge of edges) await edge.stop();
      web.kill("SIGKILL");
      await web.status;
      await web.stdout.cancel().catch(() => {});
    },
  };
}
