/**
 * An edge in a process of its own, started as the supervisor does: its permissions, its secret over
 * stdin.
 *
 * @module
 */
import { permissionFlags } from "../../roles.ts";
import { readConfig } from "../../platform/config.ts";

/** A running edge. */
export interface EdgeProcess {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** What an edge of a bench is started with. */
export interface EdgeProcessOptions {
  readonly secret: string;
  /** Variables of the platform's configuration; `PORT` is chosen unless it stands here. */
  readonly env: Readonly<Record<string, string>>;
  /** Further flags of the runtime, such as `--cpu-prof`. */
  readonly flags?: readonly string[];
}

/** A port that nobody listens on now. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}

/** Reads the first line of a process's output; the rest is passed over. */
export async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error("Cannot start the process: it ended");
    text += decoder.decode(value, { stream: true });
  }
  reader.releaseLock();
  return text.split("\n", 1)[0]!;
}

/** Starts an edge and resolves when it answers. */
export async function startEdgeProcess(options: EdgeProcessOptions): Promise<EdgeProcess> {
  const { secret, env, flags = [] } = options;
  const config = readConfig({
    HOST: "127.0.0.1",
    PORT: String(freePort()),
    LOG_LEVEL: "error",
    RATE_LIMITS: "off",
    ...env,
  });
  const edge = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      ...flags,
      ...permissionFlags("edge", config),
      "main.ts",
      "--run=edge",
    ],
    stdin: "piped",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const input = edge.stdin.getWriter();
  await input.write(
    new TextEncoder().encode(
      `${JSON.stringify({ clusterSecret: secret, config, name: "edge" })}\n`,
    ),
  );
  const deadline = Date.now() + 20_000;
  while (true) {
    const up = await fetch(`http://127.0.0.1:${config.port}/healthz`)
      .then((response) => response.text(), () => null);
    if (up === "ok") break;
    if (Date.now() > deadline) throw new Error("Cannot start the edge: it does not answer");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    port: config.port,
    pid: edge.pid,
    async stop() {
      await input.close();
      await edge.status;
    },
  };
}
