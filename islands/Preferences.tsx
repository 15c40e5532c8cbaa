import { useEffect, useState } from "preact/hooks";
import type { Locale } from "./i18n/mod.ts";
import { preferencesText } from "./i18n/preferences.ts";
import { Icon } from "./ui/icons.tsx";

/** What a person may choose. */
export type Theme = "system" | "light" | "dark";

/** Props of {@linkcode Preferences}. */
export interface PreferencesProps {
  readonly locale: Locale;
  /** The one in force. */
  readonly theme: Theme;
  /** Path to come back to. */
  readonly next: string;
}

/**
 * Language and appearance. Works as a form without script; as an island the appearance changes
 * at once, so that a running picture is not interrupted; so does the page's notice.
 */
export default function Preferences(props: PreferencesProps) {
  const text = preferencesText(props.locale);
  const [theme, setTheme] = useState(props.theme);
  useEffect(() => {
    const end = new AbortController();
    document.addEventListener("submit", dismissNotice, { signal: end.signal });
    return () => end.abort();
  }, []);
  const submit = (event: SubmitEvent) => {
    const { submitter } = event;
    if (!(submitter instanceof HTMLButtonElement) || submitter.name !== "theme") return;
    event.preventDefault();
    const chosen = submitter.value as Theme;
    remember(new URLSearchParams({ theme: chosen, next: props.next }));
    document.documentElement.dataset.theme = chosen;
    setTheme(chosen);
  };
  return (
    <>
      <button
        type="button"
        class="button quiet icon-only"
        popovertarget="preferences"
        aria-label={text.preferences}
        title={text.preferences}
      >
        <Icon name="settings-2" />
      </button>
      <div id="preferences" class="menu" popover="auto">
        <PreferenceForm {...props} theme={theme} onSubmit={submit} />
      </div>
    </>
  );
}

function remember(chosen: URLSearchParams): void {
  void fetch("/preferences", { method: "POST", body: chosen, redirect: "manual" }).catch(() => {
    // It is applied to this page anyway; only remembering it failed.
  });
}

/** The page's notice goes away without the page: a running picture is not interrupted. */
function dismissNotice(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  const notice = form.closest(".site-notice");
  if (notice === null) return;
  event.preventDefault();
  const mark = new FormData(form).get("notice");
  remember(new URLSearchParams({ notice: String(mark) }));
  notice.remove();
  document.getElementById("content")?.focus({ preventScroll: true });
}

/** The choices; each button is one, remembered when it is pressed. */
export function PreferenceForm(
  { locale, theme, next, onSubmit }: PreferencesProps & {
    readonly onSubmit?: (event: SubmitEvent) => void;
  },
) {
  const text = preferencesText(locale);
  const themes = [
    { value: "system", label: text.themeSystem, icon: "monitor" },
    { value: "light", label: text.themeLight, icon: "sun" },
    { value: "dark", label: text.themeDark, icon: "moon" },
  ] as const;
  const languages = [
    { value: "zh", label: "中文", tag: "zh-CN" },
    { value: "en", label: "English", tag: "en" },
  ] as const;
  return (
    <form method="post" action="/preferences" onSubmit={onSubmit}>
      <input type="hidden" name="next" value={next} />
      <fieldset>
        <legend>{text.language}</legend>
        <div class="segments">
          {languages.map(({ value, label, tag }) => (
            <button
              key={value}
              type="submit"
              name="locale"
              value={value}
              lang={tag}
              aria-pressed={value === locale}
            >
              {label}
            </button>
          ))}
        </div>
      </fieldset>
      <fieldset>
        <legend>{text.appearance}</legend>
        <div class="segments">
          {themes.map(({ value, label, icon }) => (
            <button
              key={value}
              type="submit"
              name="theme"
              value={value}
              aria-pressed={value === theme}
            >
              <Icon name={icon} size={16} /> {label}
            </button>
          ))}
        </div>
      </fieldset>
    </form>
  );
}
