/**
 * Names of built scripts by what they hold. The bundler's own names are not enough: it happened
 * that two builds gave one name to chunks with different imports, and a browser that had the first
 * one, kept for a year, asked for files that were gone.
 *
 * @module
 */
import { createHash } from "node:crypto";

const NAME = /[\w.-]+-[0-9A-Z]{8}\.js(?=\b)/g;

/** A script as the bundler wrote it. */
export interface Script {
  /** `shared-3EJQOT6H.js` */
  readonly name: string;
  readonly text: string;
}

/**
 * A new name for each script, out of its own text and those of all scripts that it leads to, so
 * that the same name always is the same program. Imports may go in circles.
 */
export function contentNames(scripts: readonly Script[]): ReadonlyMap<string, string> {
  const texts = new Map(scripts.map(({ name, text }) => [name, text]));
  const names = scripts.map(({ name, text }) => {
    const hash = createHash("sha256").update(text);
    for (const reached of [...reachable(name, texts)].sort()) {
      hash.update(`\0${reached}\0${texts.get(reached)}`);
    }
    const digest = hash.digest("hex").slice(0, 8).toUpperCase();
    return [name, name.replace(/-[0-9A-Z]{8}\.js$/, `-${digest}.js`)] as const;
  });
  return new Map(names);
}

/** The text with every old name replaced by its new one. */
export function withNames(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(NAME, (name) => names.get(name) ?? name);
}

/** All that a script imports, directly or not, at once or later. */
function reachable(from: string, texts: ReadonlyMap<string, string>): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const [found] of (texts.get(name) ?? "").matchAll(NAME)) {
      if (seen.has(found) || !texts.has(found)) continue;
      seen.add(found);
      open.push(found);
    }
  }
  seen.delete(from);
  return seen;
}
