import assert from "node:assert/strict";
import { contentNames, withNames } from "./content_names.ts";

const [A, B, C] = ["Page-AAAAAAAA.js", "shared-BBBBBBBB.js", "shared-CCCCCCCC.js"] as const;

function build(page: string, shared: string, far: string) {
  const scripts = [{ name: A, text: page }, { name: B, text: shared }, { name: C, text: far }];
  const names = contentNames(scripts);
  return new Map(scripts.map(({ name, text }) => [names.get(name)!, withNames(text, names)]));
}

Deno.test("contentNames() never gives one name to two programs", () => {
  const page = `import"./${B}";import("./${C}");`;
  const before = build(page, `import"./${C}";x()`, "one()");
  const after = build(page, `import"./${C}";x()`, "two()");
  for (const [name, text] of before) {
    if (after.has(name)) assert.equal(after.get(name), text, name);
  }
  assert.equal([...before.keys()].some((name) => after.has(name)), false);
});

Deno.test("contentNames() keeps the name of what did not change and leads to nothing new", () => {
  const before = build(`import"./${B}";a()`, "b()", "c()");
  const after = build(`import"./${B}";changed()`, "b()", "c()");
  const kept = [...before.keys()].filter((name) => after.has(name));
  assert.equal(kept.length, 2);
});

Deno.test("contentNames() names chunks that import each other", () => {
  const files = build(`import("./${B}")`, `import("./${A}")`, "c()");
  for (const text of files.values()) {
    for (const [name] of text.matchAll(/[\w-]+\.js/g)) assert.ok(files.has(name), name);
  }
});

Deno.test("withNames() leaves names alone that are none of the build's", () => {
  assert.equal(
    withNames(`import "./other-ZZZZZZZZ.js"`, new Map()),
    `import "./other-ZZZZZZZZ.js"`,
  );
});
