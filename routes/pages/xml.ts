/**
 * Writing XML 1.0.
 *
 * @module
 */

/** Everything outside of the `Char` production (XML 1.0 §2.2): no reader takes it, escaped or not. */
// deno-lint-ignore no-control-regex -- these are the ones
const NO_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** A text as content or as the value of an attribute in double quotes. */
export function escapeXml(text: string): string {
  return text.toWellFormed().replace(NO_CHARACTER, "").replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** Attributes by name; null leaves one out. */
export type XmlAttributes = Readonly<Record<string, string | number | null>>;

/**
 * One element. A string is text and is escaped; a list holds elements that are written already,
 * null among them is left out; without content the element is empty.
 */
export function element(
  name: string,
  attributes: XmlAttributes,
  content?: string | readonly (string | null)[],
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`).join("");
  if (content === undefined) return `<${name}${written}/>`;
  const inside = typeof content === "string"
    ? escapeXml(content)
    : content.filter((part) => part !== null).join("");
  return `<${name}${written}>${inside}</${name}>`;
}

/** A whole document. */
export function xmlDocument(root: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n${root}\n`;
}
