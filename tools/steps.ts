/**
 * Runs commands one after the other and counts what passed and failed.
 *
 * @module
 */

/** Results so far. */
export interface Tally {
  passed: number;
  failed: number;
}

/** One command of a run. */
export interface Step {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs `deno` with the arguments of each step. A step that prints Deno's test summary counts with
 * its tests, every other one counts as one. Output is shown while it runs, or in one piece after
 * each step when `quiet`.
 */
export async function runSteps(
  steps: readonly Step[],
  tally: Tally,
  { quiet = false }: { readonly quiet?: boolean } = {},
): Promise<void> {
  for (const step of steps) {
    const startedMs = Date.now();
    const { code, output } = await run(step, { quiet });
    if (quiet) await write(output);
    const plain = stripColours(output);
    const summaries = [...plain.matchAll(/^(?:ok|FAILED) \| (\d+) passed.*? \| (\d+) failed/gm)];
    for (const [, passed, failed] of summaries) {
      tally.passed += Number(passed);
      tally.failed += Number(failed);
    }
    const counted = summaries.some(([, , failed]) => Number(failed) > 0);
    if (code !== 0 && !counted) tally.failed++;
    if (code === 0 && summaries.length === 0) tally.passed++;
    const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
    console.log(`${code === 0 ? "ok  " : "FAIL"} ${step.name} (${seconds} s)`);
  }
}

// deno-lint-ignore no-control-regex
const COLOURS = /\x1b\[[0-9;]*m/g;

function stripColours(text: string): string {
  return text.replaceAll(COLOURS, "");
}

async function write(text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let from = 0; from < bytes.length;) from += await Deno.stdout.write(bytes.subarray(from));
}

async function run(
  step: Step,
  { quiet }: { readonly quiet: boolean },
): Promise<{ code: number; output: string }> {
  const process = new Deno.Command(Deno.execPath(), {
    args: [...step.args],
    env: { NO_COLOR: "1", ...step.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let output = "";
  const show = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      const text = decoder.decode(chunk, { stream: true });
      output += text;
      if (!quiet) await write(text);
    }
  };
  const [status] = await Promise.all([process.status, show(process.stdout), show(process.stderr)]);
  return { code: status.code, output };
}
