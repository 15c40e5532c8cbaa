/**
 * A feed over HTTP, for edges that can hold no connection.
 *
 * @module
 */
import type { Feed } from "../../im/feed.ts";
import type { SettingChange } from "../../rooms/repository.ts";
import { settingsFrom } from "../../rooms/settings.ts";
import { RedisFeed } from "../redis/feed.ts";
import { UpstashLog, type UpstashOptions } from "./log.ts";

/**
 * Opens the feed: every followed channel is read once a second.
 *
 * @throws when the settings cannot be read.
 */
export async function openUpstashFeed(options: UpstashOptions): Promise<Feed> {
  const log = new UpstashLog(options);
  return await RedisFeed.open({
    log,
    exists: (room) => log.exists(room),
    readSettings: async () => {
      const stored = (await log.settings()).map((line) =>
        JSON.parse(line.slice(line.indexOf(" ") + 1)) as SettingChange
      );
      return settingsFrom(stored).im;
    },
  });
}
