/**
 * People as round marks: their own picture, or the initial of their name on a colour of their own.
 *
 * @module
 */
import { initial, pick } from "./still.tsx";

/** Colours of initials; white on each has at least 4.5:1. */
const AVATARS = ["#b23a72", "#23765a", "#4c63c7", "#a5542a", "#7a4fc0", "#1f7488", "#8a5a16"];

/** Where an account's picture is found; null without one. */
export function avatarUrl(imageId: string | null | undefined): string | null {
  return imageId == null ? null : `/images/${encodeURIComponent(imageId)}.jpg`;
}

/** A round mark of a person. The name stands beside it, so it says nothing itself. */
export function Avatar(
  { name, picture = null, size = 36 }: {
    readonly name: string;
    /** Address of the picture; a missing one gives way to the initial. */
    readonly picture?: string | null;
    /** CSS pixels. */
    readonly size?: number;
  },
) {
  return (
    <span
      class="avatar"
      style={`--avatar:${pick(name, AVATARS)};--size:${size}px`}
      aria-hidden="true"
    >
      {initial(name)}
      {picture !== null && (
        <img
          src={picture}
          alt=""
          width={size}
          height={size}
          loading="lazy"
          decoding="async"
          data-initial={initial(name)}
        />
      )}
    </span>
  );
}
