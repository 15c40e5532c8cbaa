/**
 * `deno task test`: the checks of `deno task ok`, then the tests with real clients in two lanes:
 * one browser at a time in one, everything else file by file in the other. Both mostly wait for
 * media to pass. The last line counts all tests.
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
const pages = endToEnd.filter(({ browser }) => browser).map(({ file }) => file);

const tally: Tally = { passed: 0, failed: 0 };
await runSteps(await okSteps(), tally);
await Promise.all([
  runSteps(step("end to end in a browser", pages), tally),
  runSteps(
    [
      ...step("fuzz (short)", tests("fuzz")),
      ...step("integration", tests("integration")),
      ...step("end to end without a browser", clients),
    ],
    tally,
    { quiet: true },
  ),
]);
console.log(`${tally.passed} passed, ${tally.failed} failed`);
Deno.exit(tally.failed === 0 ? 0 : 1);
