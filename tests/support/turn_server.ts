/**
 * A real TURN server (coturn) on free ports of the loopback.
 *
 * @module
 */
import { freePort } from "./platform.ts";
import { waitFor } from "./wait.ts";

/** A running server; `await using` ends it. */
export interface TurnServer extends AsyncDisposable {
  /** For `TURN_URLS`. */
  readonly url: string;
  /** For `TURN_SECRET`. */
  readonly secret: string;
  /** What it wrote so far. */
  readonly output: string;
}

/** Whether coturn is installed. */
export async function hasTurnServer(): Promise<boolean> {
  try {
    await new Deno.Command("turnserver", { args: ["--version"], stdout: "null", stderr: "null" })
      .output();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Starts the server; it takes the credentials of the TURN REST scheme alone. */
export async function startTurnServer(): Promise<TurnServer> {
  const folder = await Deno.makeTempDir({ prefix: "wanren-turn-" });
  const port = freePort();
  const secret = crypto.randomUUID();
  const child = new Deno.Command("turnserver", {
    args: [
      ...["-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", `--listening-port=${port}`],
      ...["--min-port=49152", "--max-port=65535", "--realm=wanren.test", "--use-auth-secret"],
      ...[`--static-auth-secret=${secret}`, "--allow-loopback-peers", "--no-cli", "--no-tls"],
      ...["--no-dtls", "--fingerprint", "--verbose", "--simple-log", "--log-file=stdout"],
      ...[`--pidfile=${folder}/pid`, `--userdb=${folder}/users`, "--no-rfc5780"],
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let output = "";
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) output += decoder.decode(chunk, { stream: true });
  })();
  const end = async () => {
    try {
      child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await child.status;
    await reading;
    await Deno.remove(folder, { recursive: true });
  };
  try {
    await waitFor("the TURN server", async () => {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port });
      return connection.localAddr !== null;
    });
  } catch (error) {
    await end();
    throw new Error(`Cannot start coturn:\n${output}`, { cause: error });
  }
  return {
    url: `turn:127.0.0.1:${port}?transport=udp`,
    secret,
    get output() {
      return output;
    },
    [Symbol.asyncDispose]: end,
  };
}
