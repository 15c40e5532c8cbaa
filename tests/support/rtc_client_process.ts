/**
 * Starts {@linkcode RtcClientOrder}s in processes of their own.
 *
 * @module
 */
import type { RtcClientEvent, RtcClientOrder } from "./rtc_client.ts";
import { waitFor } from "./wait.ts";

type Figures = Extract<RtcClientEvent, { event: "figures" }>;
type Opened = Extract<RtcClientEvent, { event: "opened" }>;

/** A running client; `await using` ends it. */
export class RtcClientProcess {
  readonly opened: Opened[] = [];
  figures: Figures | null = null;
  /** From the first offer until all sessions were connected, milliseconds. */
  joinedMs: number | null = null;
  readonly #process: Deno.ChildProcess;
  readonly #reading: Promise<void>;

  private constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#reading = this.#read();
  }

  /** Starts a client. */
  static start(order: RtcClientOrder): RtcClientProcess {
    return new RtcClientProcess(
      new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "--no-check",
          "--cached-only",
          "tests/support/rtc_client.ts",
          JSON.stringify(order),
        ],
        stdin: "piped",
        stdout: "piped",
        stderr: "inherit",
      }).spawn(),
    );
  }

  /** Its process id. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Waits for figures that fit. */
  async until(what: string, fits: (figures: Figures) => boolean): Promise<Figures> {
    return await waitFor(what, () => this.figures !== null && fits(this.figures) && this.figures);
  }

  /** Waits for the answers to so many offers. */
  async answers(count = 1): Promise<readonly Opened[]> {
    return await waitFor(
      `${count} answers`,
      () => this.opened.length >= count && this.opened,
      { deadlineMs: 40_000 },
    );
  }

  /** Ends its sessions properly and the process with them. */
  async stop(): Promise<void> {
    await this.#process.stdin.close().catch(() => {});
    const timer = setTimeout(() => this.kill(), 10_000);
    await this.#process.status;
    clearTimeout(timer);
    await this.#reading;
  }

  /** Is gone without a word. */
  kill(): void {
    try {
      this.#process.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended already
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #read(): Promise<void> {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of this.#process.stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop()!;
      for (const line of lines) {
        const event = JSON.parse(line) as RtcClientEvent;
        if (event.event === "opened") this.opened.push(event);
        else if (event.event === "joined") this.joinedMs = event.ms;
        else this.figures = event;
      }
    }
  }
}
