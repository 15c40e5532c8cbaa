/**
 * `deno task test`: the checks of `deno task ok`, then the tests with real clients, one file at a
 * time where they share the machine's cores. The last line counts all of them.
 *
 * @module
 */
import { okSteps, sourceFiles } from "./ok.ts";
import { runSteps, type Tally } from "./steps.ts";

const files = await sourceFiles();
const tests = (folder: string) =>
  files.filter((file) => file.startsWith(`tests/${folder}/`) && /_(test|fuzz)\.tsx?$/.test(file));
const sanitized = ["test", "-A", "--no-check", "--sanitize-ops", "--sanitize-resources"];
const step = (name: string, folder: string) =>
  tests(folder).length === 0 ? [] : [{ name, args: [...sanitized, ...tests(folder)] }];

const tally: Tally = { passed: 0, failed: 0 };
await runSteps([
  ...await okSteps(),
  ...step("fuzz (short)", "fuzz"),
  ...step("integration", "integration"),
  ...step("end to end", "e2e"),
], tally);
console.log(`${tally.passed} passed, ${tally.failed} failed`);
Deno.exit(tally.failed === 0 ? 0 : 1);
