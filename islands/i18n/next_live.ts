/**
 * The announcement of a broadcast.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** The announcement of a broadcast. */
export const nextLiveText = texts({
  starts: (when: string, until: string) => `Starts ${when}, ${until}`,
  startsIn: (until: string) => `Starts ${until}`,
  due: "Announced for now: it should start any moment",
  within: (clock: string) => `in ${clock}`,
  today: "today",
  tomorrow: "tomorrow",
}, {
  starts: (when, until) => `${when} 开播，${until}`,
  startsIn: (until) => `${until}开播`,
  due: "预告的时间到了，马上开播",
  within: (clock) => `还有 ${clock}`,
  today: "今天",
  tomorrow: "明天",
});
