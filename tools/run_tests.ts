/**
 * `deno task test`: the checks of `deno task ok`, then the tests with real clients in three
 * lanes of about the same length: pages in a browser; processes and encoders; media and what plays
 * it. All of them wait more than they work. The last line counts all tests.
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

/** Parts a list by what the text of each file has in it. */
async function part(files: readonly string[], pattern: RegExp): Promise<[string[], string[]]> {
  const texts = await Promise.all(files.map((file) => Deno.readTextFile(file)));
  const has = (index: number) => pattern.test(texts[index] ?? "");
  return [files.filter((_, index) => has(index)), files.filter((_, index) => !has(index))];
}

/** What waits most, for the clock or for media. */
const WAITING = /\/(enhanced_player|pk|play|player|resilience|resize|secure|whep_player)_test\.ts$/;

const [inBrowser, clients] = await part(tests("e2e"), /support\/browser\.ts"/);
const [media, processes] = await part(tests("integration"), /support\/(ffmpeg|media_role)\.ts"/);
const players = inBrowser.filter((file) => WAITING.test(file));
const pages = inBrowser.filter((file) => !WAITING.test(file));

const tally: Tally = { passed: 0, failed: 0 };
await runSteps(await okSteps(), tally);
await Promise.all([
  runSteps(step("end to end: pages in a browser", pages), tally),
  runSteps(
    [
      ...step("fuzz (short)", tests("fuzz")),
      ...step("integration: processes", processes),
      ...step("end to end: encoders and players", clients),
    ],
    tally,
    { quiet: true },
  ),
  runSteps(
    [
      ...step("integration: media", media),
      ...step("end to end: players in a browser", players),
    ],
    tally,
    { quiet: true },
  ),
]);
console.log(`${tally.passed} passed, ${tally.failed} failed`);
Deno.exit(tally.failed === 0 ? 0 : 1);
