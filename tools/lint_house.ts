/// <reference lib="deno.unstable" />
/**
 * Lint rules of this house: import directions, neutral modules, documented exports.
 *
 * @module
 */
import { dirname, relative, resolve } from "node:path";
import { isNeutral, isTestFile, mayImport } from "./layers.ts";

const ROOT = resolve(import.meta.dirname!, "..");

const plugin: Deno.lint.Plugin = {
  name: "house",
  rules: {
    "layers": {
      create(context) {
        const from = relative(ROOT, context.filename);
        const check = (node: Deno.lint.Node, source: unknown) => {
          if (typeof source !== "string") return;
          if (isNeutral(from) && source.startsWith("node:")) {
            context.report({ node, message: `${from} is neutral and may not import ${source}` });
          }
          if (!source.startsWith(".")) return;
          const to = relative(ROOT, resolve(dirname(context.filename), source));
          if (!mayImport(from, to)) {
            context.report({ node, message: `${from} may not import ${to} (tools/layers.ts)` });
          }
        };
        return {
          ImportDeclaration: (node) => check(node, node.source.value),
          ExportNamedDeclaration: (node) => check(node, node.source?.value),
          ExportAllDeclaration: (node) => check(node, node.source.value),
          ImportExpression: (node) =>
            check(node, node.source.type === "Literal" ? node.source.value : null),
        };
      },
    },
    "neutral": {
      create(context) {
        if (!isNeutral(relative(ROOT, context.filename))) return {};
        return {
          MemberExpression(node) {
            const { object } = node;
            if (
              object.type === "Identifier" && ["Deno", "process", "Buffer"].includes(object.name)
            ) {
              context.report({ node, message: `A neutral module may not use ${object.name}` });
            }
          },
        };
      },
    },
    "documented": {
      create(context) {
        if (isTestFile(relative(ROOT, context.filename))) return {};
        const { sourceCode } = context;
        const check = (
          node: Deno.lint.ExportNamedDeclaration | Deno.lint.ExportDefaultDeclaration,
        ) => {
          if (node.declaration === null) return;
          const comments = sourceCode.getCommentsBefore(node);
          const last = comments.at(-1);
          if (last?.type !== "Block" || !last.value.startsWith("*")) {
            context.report({ node, message: "An exported symbol needs a docstring" });
          }
        };
        return { ExportNamedDeclaration: check, ExportDefaultDeclaration: check };
      },
    },
  },
};

/** Loaded by `deno lint` through deno.json. */
export default plugin;
