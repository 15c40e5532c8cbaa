/**
 * A choice of few, all in sight: radio buttons in one bar.
 *
 * @module
 */
import { Icon, type IconName } from "./icons.tsx";

/** One choice. */
export interface Segment {
  readonly value: string;
  readonly label: string;
  readonly icon?: IconName;
  readonly disabled?: boolean;
}

/** The bar; works in a plain form, too. */
export function Segments(
  { name, legend, segments, value, onSelect, hideLegend }: {
    readonly name: string;
    readonly legend: string;
    readonly segments: readonly Segment[];
    readonly value: string;
    readonly onSelect?: (value: string) => void;
    /** The legend is for the ear alone. */
    readonly hideLegend?: boolean;
  },
) {
  return (
    <fieldset class="segmented">
      <legend class={hideLegend ? "visually-hidden" : undefined}>{legend}</legend>
      <div class="segments">
        {segments.map((segment) => (
          <label key={segment.value} class="segment">
            <input
              type="radio"
              name={name}
              value={segment.value}
              checked={segment.value === value}
              disabled={segment.disabled}
              onChange={() => onSelect?.(segment.value)}
            />
            <span>
              {segment.icon && <Icon name={segment.icon} size={16} />}
              {segment.label}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
