/**
 * How much of something: a level that has good and bad ends, and work that is being done.
 *
 * @module
 */

/** Share of the way from `min` to `max`, in percent; outside values stand at the ends. */
export function percentOf(
  value: number,
  { min = 0, max }: { readonly min?: number; readonly max: number },
): number {
  if (!(max > min) || !Number.isFinite(value)) return 0;
  return Math.min(100, Math.max(0, ((value - min) / (max - min)) * 100));
}

/** A level: microphone, disk, queue. */
export function Meter(
  { label, value, max, said, tone = "jade", showLabel }: {
    readonly label: string;
    readonly value: number;
    readonly max: number;
    /** The level in words and units. */
    readonly said: string;
    readonly tone?: "jade" | "gold" | "danger" | "violet";
    /** Label and level stand above the bar. */
    readonly showLabel?: boolean;
  },
) {
  return (
    <div class="meter-place">
      {showLabel && (
        <p class="meter-label" aria-hidden="true">
          <span>{label}</span>
          <span class="tabular">{said}</span>
        </p>
      )}
      <div
        class={`meter ${tone}`}
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={max}
        aria-valuenow={Math.min(max, Math.max(0, value))}
        aria-valuetext={said}
      >
        <span style={`--part:${percentOf(value, { max }).toFixed(1)}%`} />
      </div>
    </div>
  );
}

/** Work on its way; `value` null: nobody knows how far. */
export function Progress(
  { label, value, max = 100 }: {
    readonly label: string;
    readonly value: number | null;
    readonly max?: number;
  },
) {
  return (
    <div
      class={value === null ? "meter progress unknown" : "meter progress"}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={value ?? undefined}
    >
      <span style={`--part:${value === null ? 30 : percentOf(value, { max }).toFixed(1)}%`} />
    </div>
  );
}
