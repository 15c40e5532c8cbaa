/**
 * Outline icons and the logo.
 *
 * @module
 */
import type { ICON_PATHS } from "./icon_paths.ts";

/** An icon of the table. */
export type IconName = keyof typeof ICON_PATHS;

/**
 * One outline icon in the text's colour; it never carries the meaning alone. The drawing itself
 * stands once in the page, in {@linkcode IconSprite}: scripts carry names only.
 */
export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg class="icon" width={size} height={size} aria-hidden="true" focusable="false">
      <use href={`#icon-${name}`} />
    </svg>
  );
}

/** The mark: 万 in white on a rounded cinnabar square. */
export function Logo({ size = 30 }: { readonly size?: number }) {
  return (
    <svg
      class="logo"
      width={size}
      height={size}
      viewBox="0 0 32 32"
      aria-hidden="true"
      focusable="false"
    >
      <defs>
        <linearGradient id="logo-ground" x1="0" y1="0" x2="1" y2="1">
          <stop offset="0" stop-color="#ff8a3c" />
          <stop offset="1" stop-color="#e2331b" />
        </linearGradient>
      </defs>
      <rect width="32" height="32" rx="9" fill="url(#logo-ground)" />
      <g
        fill="none"
        stroke="#fff"
        stroke-width="2.6"
        stroke-linecap="round"
        stroke-linejoin="round"
      >
        <path d="M7.5 9.5h17" />
        <path d="M14.2 9.5v3.6c0 5-2 8.6-5.9 11" />
        <path d="M14.2 15.2h8.3c-.2 3.7-.7 6.1-1.4 7.5-.7 1.5-2.3 1.7-5.1.9" />
      </g>
    </svg>
  );
}
