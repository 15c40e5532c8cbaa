/**
 * `deno task ok`: everything that can be said of the tree in under a minute.
 *
 * @module
 */
import { isNeutral, isTestFile } from "./layers.ts";
import { runSteps, type Step, type Tally } from "./steps.ts";

/** Lists the repository's TypeScript files, sorted. */
export async function sourceFiles(): Promise<string[]> {
  const files: string[] = [];
  const walk = async (folder: string) => {
    for await (const entry of Deno.readDir(folder === "" ? "." : folder)) {
      const path = folder + entry.name;
      if (entry.isDirectory) {
        if (!["node_modules", "dist", "data", ".git"].includes(path)) await walk(`${path}/`);
      } else if (/\.tsx?$/.test(path)) files.push(path);
    }
  };
  await walk("");
  return files.sort();
}

/** The checks, in the order of how fast they tell. */
export async function okSteps(): Promise<Step[]> {
  const files = await sourceFiles();
  const units = files.filter((file) =>
    /_test\.tsx?$/.test(file) && !/^(tests\/(integration|e2e|fuzz)|bench)\//.test(file)
  );
  const neutral = files.filter((file) => isNeutral(file) && !isTestFile(file));
  return [
    { name: "format", args: ["fmt", "--check", "--quiet"] },
    { name: "lint, layers, docs", args: ["lint", "--quiet"] },
    { name: "types", args: ["check", "--quiet", ...files] },
    {
      name: "neutral modules",
      args: ["check", "--quiet", "--config", "tools/neutral.json", ...neutral],
    },
    { name: "build and budgets", args: ["run", "-A", "tools/build_islands.ts", "--check"] },
    {
      name: "unit tests",
      args: [
        "test",
        "-A",
        "--no-check",
        "--parallel",
        "--reporter=dot",
        "--sanitize-ops",
        "--sanitize-resources",
        ...units,
      ],
    },
  ];
}

if (import.meta.main) {
  const tally: Tally = { passed: 0, failed: 0 };
  await runSteps(await okSteps(), tally);
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
  Deno.exit(tally.failed === 0 ? 0 : 1);
}
