/**
 * The answer to a search.
 *
 * @module
 */
import { plural, texts } from "./texts.ts";

/** The answer to a search. */
export const searchText = texts({
  searchResults: (query: string) => `Live rooms for “${query}”`,
  searchNothing: (query: string) => `No live room matches “${query}”`,
  searchNothingText: "Try a shorter word, the broadcaster's name, or the room number.",
  allLiveRooms: "All live rooms",
  liveRooms: (count: number, formatted: string) =>
    `${formatted} ${plural(count, { one: "room", many: "rooms" })}`,
}, {
  searchResults: (query) => `“${query}”的直播`,
  searchNothing: (query) => `没有找到与“${query}”有关的直播`,
  searchNothingText: "试试更短的词、主播的名字，或者房间号。",
  allLiveRooms: "全部直播",
  liveRooms: (_count, formatted) => `${formatted} 个房间`,
});
