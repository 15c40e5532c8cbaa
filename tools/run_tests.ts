/**
 * `deno task test`: the checks of `deno task ok`, then the tests with real clients in two lanes of
 * about the same length: pages in a browser in one, everything else in the other, and what plays in
 * a browser at its end. Both mostly wait for media to pass. The last line counts all tests.
 *
 * @module
 */
import { okSteps, sourceFiles } from "./ok.ts";
import { runSteps, type Step, type Tally } from "./steps.ts";

const files = await sourceFiles();
const tests = (folder: string) =>
  files.filter((file) => file.startsWith(`tests/${folder}/`) && /_(test|fuzz)\.tsx?$/.test(file));
const step = (name: string, files: readonly string[]): Step[] =>
  files.length === 0 ? [] : [{
    name,
    args: ["test", "-A", "--no-check", "--sanitize-ops", "--sanitize-resources", ...files],
  }];

/** Whether a test drives Chromium. */
async function needsBrowser(file: string): Promise<boolean> {
  return (await Deno.readTextFile(file)).includes("support/browser.ts");
}

const endToEnd = await Promise.all(
  tests("e2e").map(async (file) => ({ file, browser: await needsBrowser(file) })),
);
const clients = endToEnd.filter(({ browser }) => !browser).map(({ file }) => file);
/** What waits most, for the clock or for media. */
const WAITING = /\/(enhanced_player|pk|play|player|resilience|resize|secure|whep_player)_test\.ts$/;
const inBrowser = endToEnd.filter(({ browser }) => browser).map(({ file }) => file);
const playing = inBrowser.filter((file) => WAITING.test(file));
const pages = inBrowser.filter((file) => !WAITING.test(file));

const tally: Tally = { passed: 0, failed: 0 };
await runSteps(await okSteps(), tally);
await Promise.all([
  runSteps(step("end to end, pages in a browser", pages), tally),
  runSteps(
    [
      ...step("fuzz (short)", tests("fuzz")),
      ...step("integration", tests("integration")),
      ...step("end to end without a browser", clients),
      ...step("end to end, what plays in a browser", playing),
    ],
    tally,
    { quiet: true },
  ),
]);
console.log(`${tally.passed} passed, ${tally.failed} failed`);
Deno.exit(tally.failed === 0 ? 0 : 1);
