/**
 * What came of a broadcast, shown as soon as it is over.
 *
 * @module
 */
import { broadcastsText } from "../i18n/broadcasts.ts";
import type { Locale } from "../i18n/mod.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Skeleton } from "../ui/placeholder.tsx";
import { broadcastFigures } from "./figures.ts";
import { useHeir } from "./focus.ts";
import type { Ended } from "./state.ts";

/** The figures as tiles, the duration first and large. */
export function SummaryCard(
  { ended, locale, onClose }: {
    readonly ended: Ended;
    readonly locale: Locale;
    /** Asked to make room for the next broadcast. */
    readonly onClose: () => void;
  },
) {
  const text = broadcastsText(locale);
  const { figures } = ended;
  useHeir(".summary");
  return (
    <Card id="summary" title={text.endedHeading} class="summary">
      {figures === null
        ? <Skeleton label={text.counting} lines={4} shape="rows" />
        : figures === "missing"
        ? <p class="muted">{text.missing}</p>
        : (
          <dl class="tiles">
            {broadcastFigures(figures, { text, locale }).map(([label, value]) => (
              <div key={label}>
                <dt class="muted">{label}</dt>
                <dd class="tabular">{value}</dd>
              </div>
            ))}
          </dl>
        )}
      <Button wide onClick={onClose}>{text.close}</Button>
    </Card>
  );
}
