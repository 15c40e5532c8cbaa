/**
 * How the platform is, in words.
 *
 * @module
 */
import { adminOverviewText } from "../i18n/admin_overview.ts";
import { formatRelative, type Locale } from "../i18n/mod.ts";
import { Icon, type IconName } from "../ui/icons.tsx";
import type { DeathRow } from "./health_data.ts";
import { bytesText, millisecondsText, percentText } from "./units.ts";
import type { Verdict, Warning } from "./verdict.ts";

/** Warnings that are told; the rest stands in the table of processes. */
const MAX_TOLD = 4;

const ICONS = {
  unknown: "clock",
  good: "check",
  care: "info",
  bad: "triangle-alert",
} as const satisfies Record<Verdict["state"], IconName>;

/** The verdict and what led to it. */
export function VerdictCard(
  { verdict, nowMs, locale }: {
    readonly verdict: Verdict;
    readonly nowMs: number;
    readonly locale: Locale;
  },
) {
  const text = adminOverviewText(locale);
  const { state, warnings } = verdict;
  const sentence = state === "care" ? text.careText(warnings.length) : text[`${state}Text`];
  return (
    <section class={`card verdict-card ${state}`} aria-labelledby="verdict-title">
      <span class="verdict-mark">
        <Icon name={ICONS[state]} size={22} />
      </span>
      <div>
        <h2 id="verdict-title">{text[state]}</h2>
        <p class="muted">{sentence}</p>
        {warnings.length > 0 && (
          <ul class="warnings">
            {warnings.slice(0, MAX_TOLD).map((warning) => (
              <li key={JSON.stringify(warning)}>
                {warningText(warning, { nowMs, locale })}{" "}
                {"node" in warning && (
                  <a href={`/admin/log?level=debug&q=${encodeURIComponent(warning.node)}`}>
                    {text.logLink}
                  </a>
                )}
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}

/** A warning in words. */
function warningText(
  warning: Warning,
  { nowMs, locale }: { readonly nowMs: number; readonly locale: Locale },
): string {
  const text = adminOverviewText(locale);
  const ago = (atMs: number) => formatRelative(atMs, { nowMs, locale });
  switch (warning.kind) {
    case "down":
      return text.down(warning.node, ago(warning.heardAtMs));
    case "disk":
      return text.disk(warning.node, percentText(warning.free), bytesText(warning.freeBytes));
    case "lag":
      return text.lag(warning.node, millisecondsText(warning.lagMs));
    case "restarted":
      return text.restarted(
        warning.node,
        ago(warning.death.atMs),
        deathText(warning.death, locale),
      );
    case "no_ffmpeg":
      return text.noFfmpeg;
  }
}

/** How a process ended, in words. */
export function deathText({ code, signal }: DeathRow, locale: Locale): string {
  const text = adminOverviewText(locale);
  return signal === null ? text.exitCode(code) : text.killedBy(signal);
}
