/**
 * Several expositions of Prometheus metrics in one.
 *
 * @module
 */

/** One exposition and the label that tells its samples from those of its like. */
export interface MetricsSource {
  /** Text format 0.0.4. */
  readonly text: string;
  /** Added to every sample, such as `origin="http://10.0.0.2:8001"`; empty: nothing. */
  readonly label?: string;
}

interface Family {
  help: string | null;
  type: string | null;
  readonly samples: string[];
}

const SUFFIX = /_(?:bucket|sum|count|total)$/;

/**
 * Merges expositions so that all samples of a family stand together, and its HELP and TYPE once, as
 * the format demands. The first source that describes a family decides about both.
 */
export function mergeMetrics(sources: readonly MetricsSource[]): string {
  const families = new Map<string, Family>();
  const family = (name: string): Family => {
    let found = families.get(name);
    if (found === undefined) families.set(name, found = { help: null, type: null, samples: [] });
    return found;
  };
  for (const { text, label = "" } of sources) {
    for (const line of text.split("\n")) {
      if (line === "") continue;
      const comment = /^# (HELP|TYPE) ([A-Za-z_:][A-Za-z0-9_:]*)/.exec(line);
      if (comment !== null) {
        const target = family(comment[2]);
        if (comment[1] === "HELP") target.help ??= line;
        else target.type ??= line;
        continue;
      }
      const sample = /^([A-Za-z_:][A-Za-z0-9_:]*)(\{[^}]*\})?/.exec(line);
      if (line.startsWith("#") || sample === null) continue;
      const [, name] = sample;
      const base = families.has(name) ? name : name.replace(SUFFIX, "");
      family(families.has(base) ? base : name).samples.push(
        label === "" ? line : labelled(line, {
          name,
          label,
        }),
      );
    }
  }
  let merged = "";
  for (const { help, type, samples } of families.values()) {
    if (samples.length === 0) continue;
    if (help !== null) merged += `${help}\n`;
    if (type !== null) merged += `${type}\n`;
    merged += `${samples.join("\n")}\n`;
  }
  return merged;
}

function labelled(line: string, with_: { readonly name: string; readonly label: string }): string {
  const rest = line.slice(with_.name.length);
  if (!rest.startsWith("{")) return `${with_.name}{${with_.label}}${rest}`;
  const separator = rest.startsWith("{}") ? "" : ",";
  return `${with_.name}{${with_.label}${separator}${rest.slice(1)}`;
}
