/**
 * Writes the types of the API's calls, made from the OpenAPI document, to `client/schema.ts`.
 *
 * As a command: `deno task client`.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";
import { apiRoutes } from "../routes/api/mod.ts";
import { openApiDocument, type Operation } from "../routes/openapi.ts";
import type { Services } from "../routes/services.ts";

const TARGET = fileURLToPath(new URL("../client/schema.ts", import.meta.url));

const HEADER = `/**
 * The calls of the API as types. Made by \`deno task client\` from the OpenAPI document; never edited.
 *
 * @module
 */

`;
const DOCSTRINGS: Readonly<Record<string, string>> = {
  paths: "Every call by its address and method.",
  components: "Every shape that has a name.",
  operations: "Every call by its name.",
};

/** The text of `client/schema.ts`, formatted. */
export async function clientSchema(): Promise<string> {
  // The table is described here and never called.
  const document = openApiDocument(apiRoutes({} as Services, { rtmpPort: 0 }));
  const paths = Object.entries(document.paths)
    .filter(([path]) => path.startsWith("/api/"))
    .map(([path, methods]) => [path, mapValues(methods, withoutProblems)]);
  const blob = ts.factory.createTypeReferenceNode("Blob");
  const nodes = await openapiTS({ ...document, paths: Object.fromEntries(paths) } as never, {
    immutable: true,
    silent: true,
    transform: (schema) => schema.format === "binary" ? blob : undefined,
  });
  const kept = nodes.filter((node) =>
    ts.isInterfaceDeclaration(node) && Object.hasOwn(DOCSTRINGS, node.name.text)
  );
  const text = astToString(kept).replaceAll(
    /^export interface (\w+)/gm,
    (line, name) => `/** ${DOCSTRINGS[name]} */\n${line}`,
  );
  return await formatted(HEADER + text);
}

/** A call with its success alone: a problem is thrown, and is the same for all. */
function withoutProblems(operation: Operation): Operation {
  const successes = Object.entries(operation.responses).filter(([status]) => /^2/.test(status));
  return { ...operation, responses: Object.fromEntries(successes) };
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

async function formatted(text: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext=ts", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout } = await child.output();
  if (!success) throw new Error("Cannot format the client's types: deno fmt failed");
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) await Deno.writeTextFile(TARGET, await clientSchema());
