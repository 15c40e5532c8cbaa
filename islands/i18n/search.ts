/**
 * The answer to a search.
 *
 * @module
 */
import { plural, texts } from "./texts.ts";

/** The answer to a search. */
export const searchText = texts({
  searchResults: (query: string) => `Rooms for “${query}”`,
  searchNothing: (query: string) => `No room matches “${query}”`,
  searchNothingText: "Try a shorter word, the broadcaster's name, or the room number.",
  allLiveRooms: "All live rooms",
  rooms: (count: number, formatted: string) =>
    `${formatted} ${plural(count, { one: "room", many: "rooms" })}`,
  roomsSomeLive: (count: number, formatted: string, live: string) =>
    `${formatted} ${plural(count, { one: "room", many: "rooms" })}, ${live} live`,
}, {
  searchResults: (query) => `“${query}”的搜索结果`,
  searchNothing: (query) => `没有找到“${query}”`,
  searchNothingText: "试试更短的词、主播的名字，或者房间号。",
  allLiveRooms: "全部直播",
  rooms: (_count, formatted) => `${formatted} 个房间`,
  roomsSomeLive: (_count, formatted, live) => `${formatted} 个房间，${live} 个正在直播`,
});
