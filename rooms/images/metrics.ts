/**
 * What can be seen of the pictures from outside.
 *
 * @module
 */
import type { Metrics } from "../../platform/metrics.ts";
import type { ImageStore } from "./image_store.ts";
import type { ImageWorkshop, WorkshopCounters } from "./image_workshop.ts";

/** Registers the metrics of a workshop and a store. */
export function observeImages(
  metrics: Metrics,
  { workshop, images }: {
    readonly workshop: Pick<ImageWorkshop, "queued" | "counters">;
    readonly images: Pick<ImageStore, "count" | "bytes">;
  },
): void {
  metrics.gauge({
    name: "wanren_web_image_queue",
    help: "Uploaded pictures that wait or are worked on",
    collect: (gauge) => gauge.set(workshop.queued),
  });
  metrics.gauge({
    name: "wanren_web_image_outcomes",
    help: "Uploaded pictures by how the work on them ended, since the start",
    labels: ["outcome"],
    collect(gauge) {
      for (const outcome of Object.keys(workshop.counters) as (keyof WorkshopCounters)[]) {
        gauge.set({ outcome }, workshop.counters[outcome]);
      }
    },
  });
  metrics.gauge({
    name: "wanren_web_images",
    help: "Pictures in the store",
    collect: (gauge) => gauge.set(images.count),
  });
  metrics.gauge({
    name: "wanren_web_image_bytes",
    help: "Bytes of the pictures in the store",
    collect: (gauge) => gauge.set(images.bytes),
  });
}
