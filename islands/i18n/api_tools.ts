/**
 * The filter of the API's documentation.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** What the script of the API's documentation says. */
export const apiToolsText = texts({
  filter: "Filter the calls",
  placeholder: "rooms, POST, follow …",
  shown: (shown: number, total: number) => `${shown} of ${total} calls`,
  none: "No call matches. Try a part of its address, or a method.",
  copied: "Copied",
  copyFailed: "Copying is not allowed here: select the text instead.",
}, {
  filter: "筛选接口",
  placeholder: "比如 rooms、POST、follow",
  shown: (shown, total) => `${shown} / ${total} 个接口`,
  none: "没有匹配的接口，试试地址的一部分或请求方法。",
  copied: "已复制",
  copyFailed: "浏览器不允许复制，请手动选中文字。",
});
