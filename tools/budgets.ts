/**
 * How large what browsers load may become.
 *
 * @module
 */
import { basename } from "node:path";
import { brotliCompressSync } from "node:zlib";
import type { AssetManifest, IslandAssets } from "../islands/ui/manifest.ts";

/**
 * Limits in bytes after Brotli: an entry with all its static imports, the whole script of a page
 * with its, what pages load later, the style sheet of all pages, and those of some.
 */
export interface Budgets {
  readonly islands: Readonly<Record<string, number>>;
  /** By the name of the page in the manifest. */
  readonly pages: Readonly<Record<string, number>>;
  /** Sources that a page imports later, beside what it has by then, as `watch islands/chat/later.ts`. */
  readonly lazy: Readonly<Record<string, number>>;
  readonly css: number;
  readonly styles: Readonly<Record<string, number>>;
}

/** One line of the size report. */
export interface BudgetLine {
  readonly name: string;
  /** After Brotli. */
  readonly bytes: number;
  /** null: nobody has set one, which is a failure too. */
  readonly limit: number | null;
  readonly ok: boolean;
}

/** Holds a build against its budgets; an island or a sheet without a budget is not ok. */
export function checkBudgets(manifest: AssetManifest, budgets: Budgets): readonly BudgetLine[] {
  const size = (path: string) => {
    const file = manifest.built[basename(path)];
    return file?.brotliBytes ?? file?.bytes ?? 0;
  };
  const line = (name: string, bytes: number, limit: number | null): BudgetLine => ({
    name,
    bytes,
    limit,
    ok: limit !== null && bytes <= limit,
  });
  const scripts = ({ js, imports }: Pick<IslandAssets, "js" | "imports">) =>
    [js, ...imports].reduce((sum, path) => sum + size(path), 0);
  const islands = Object.entries(manifest.islands).map(([name, island]) =>
    line(name, scripts(island), budgets.islands[name] ?? null)
  );
  const pages = Object.entries(manifest.pages).map(([name, page]) =>
    line(
      `page ${name}`,
      scripts(page) + (page.early === null ? 0 : brotliCompressSync(page.early.text).byteLength),
      budgets.pages[name] ?? null,
    )
  );
  const lazy = Object.entries(budgets.lazy).map(([name, limit]) => {
    const [page = "", source = ""] = name.split(" ");
    const files = manifest.pages[page]?.lazy[source];
    const bytes = files?.reduce((sum, path) => sum + size(path), 0) ?? 0;
    // A limit of what is not there any more limits nothing.
    return { name, bytes, limit, ok: files !== undefined && bytes <= limit };
  });
  const styles = Object.entries(manifest.styles).map(([name, path]) =>
    line(`${name}.css`, size(path), budgets.styles[name] ?? null)
  );
  return [...islands, ...pages, ...lazy, line("css", size(manifest.css), budgets.css), ...styles];
}
