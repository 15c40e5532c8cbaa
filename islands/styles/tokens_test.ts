import assert from "node:assert/strict";

const SHEET = await Deno.readTextFile(new URL("./tokens.css", import.meta.url));

/** The custom properties of the rule that starts with `selector`. */
function valuesOf(selector: string): Record<string, string> {
  const at = SHEET.indexOf(`${selector} {`);
  assert.notEqual(at, -1, selector);
  const body = SHEET.slice(SHEET.indexOf("{", at) + 1, SHEET.indexOf("}", at));
  return Object.fromEntries(
    [...body.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name, value!.trim()]),
  );
}

const LIGHT = valuesOf(":root");
const DARK = { ...LIGHT, ...valuesOf(`:root[data-theme="dark"]`) };

/** Relative luminance (WCAG 2.2). */
function luminance(color: string): number {
  assert.match(color, /^#[0-9a-f]{6}$/i, color);
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

Deno.test("every text has a contrast of 4.5 on every ground it stands on", () => {
  const grounds = ["--ground", "--surface", "--raised"];
  const words = [
    "--text",
    "--muted",
    "--accent-text",
    "--jade-text",
    "--gold-text",
    "--violet-text",
    "--blue-text",
    "--danger-text",
  ];
  const pairs = [
    ...grounds.flatMap((ground) => words.map((word) => [word, ground] as const)),
    ["--text", "--gold-ground"],
    ["--gold-text", "--gold-ground"],
    ["--muted", "--gold-ground"],
    ["--text", "--raised-hover"],
    ["--on-gold", "--gold-fill"],
    ["--ground", "--text"],
    ["--text", "--selected"],
  ] as const;
  for (const [theme, values] of Object.entries({ light: LIGHT, dark: DARK })) {
    for (const [word, ground] of pairs) {
      const found = contrast(values[word]!, values[ground]!);
      assert.ok(found >= 4.5, `${theme}: ${word} on ${ground} has ${found.toFixed(2)}`);
    }
    for (const fill of Object.keys(values).filter((name) => /-fill(-hover)?$/.test(name))) {
      if (fill === "--gold-fill") continue;
      const found = contrast("#ffffff", values[fill]!);
      assert.ok(found >= 4.5, `${theme}: white on ${fill} has ${found.toFixed(2)}`);
    }
  }
});

Deno.test("borders of fields and lines of charts have a contrast of 3 on their grounds", () => {
  for (const [theme, values] of Object.entries({ light: LIGHT, dark: DARK })) {
    for (const line of ["--field-line", "--accent"]) {
      const found = contrast(values[line]!, values["--surface"]!);
      assert.ok(found >= 3, `${theme}: ${line} has ${found.toFixed(2)}`);
    }
  }
});

Deno.test("the dark set of the system and the chosen one are the same", () => {
  const system = valuesOf(`:root[data-theme="system"]`);
  assert.deepEqual(system, valuesOf(`:root[data-theme="dark"]`));
});
