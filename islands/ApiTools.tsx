import { useEffect, useState } from "preact/hooks";
import { apiToolsText } from "./i18n/api_tools.ts";
import type { Locale } from "./i18n/mod.ts";
import { copyText } from "./ui/copy_text.ts";
import { Icon } from "./ui/icons.tsx";

/** Props of {@linkcode ApiTools}. */
export interface ApiToolsProps {
  readonly locale: Locale;
  /** Calls on the page. */
  readonly total: number;
}

/**
 * Filters the calls of the page and copies its pieces of code. Without script the whole page is
 * there and selectable.
 */
export default function ApiTools({ locale, total }: ApiToolsProps) {
  const text = apiToolsText(locale);
  const [shown, setShown] = useState(total);
  const [copied, setCopied] = useState<boolean | null>(null);
  useEffect(() => {
    const end = new AbortController();
    document.addEventListener("click", (event) => {
      const button = (event.target as Element).closest(".copy-code");
      const code = button?.parentElement?.querySelector("code")?.textContent;
      if (code != null) void copyText(code).then(setCopied);
    }, { signal: end.signal });
    return () => end.abort();
  }, []);
  useEffect(() => {
    if (copied === null) return;
    const timer = setTimeout(() => setCopied(null), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <form
      class="api-filter"
      role="search"
      aria-label={text.filter}
      onSubmit={(event) => event.preventDefault()}
    >
      <label class="visually-hidden" for="api-filter">{text.filter}</label>
      <Icon name="search" size={18} />
      <input
        id="api-filter"
        type="search"
        placeholder={text.placeholder}
        autoComplete="off"
        spellcheck={false}
        onInput={(event) => setShown(filterCalls(event.currentTarget.value))}
      />
      <p class="muted tabular" role="status">
        {copied !== null
          ? copied ? text.copied : text.copyFailed
          : shown === 0
          ? text.none
          : text.shown(shown, total)}
      </p>
    </form>
  );
}

/** Hides the calls that lack one of the words, and areas without any; answers how many are left. */
function filterCalls(query: string): number {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const main = document.querySelector<HTMLElement>(".docs-main")!;
  main.toggleAttribute("data-filtering", words.length > 0);
  let shown = 0;
  for (const area of document.querySelectorAll<HTMLElement>(".api-area")) {
    let here = 0;
    for (const call of area.querySelectorAll<HTMLElement>("[data-search]")) {
      const fits = words.every((word) => call.dataset.search!.includes(word));
      call.hidden = !fits;
      const entry = document.querySelector<HTMLElement>(`.docs-contents [href="#${call.id}"]`);
      if (entry !== null) entry.hidden = !fits;
      if (fits) here++;
    }
    area.hidden = here === 0;
    shown += here;
  }
  // What is left stands at the top, and that must be in sight.
  const { top } = main.getBoundingClientRect();
  if (words.length > 0 && top < 0) scrollBy({ top });
  return shown;
}
