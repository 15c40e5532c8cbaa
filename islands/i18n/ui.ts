/**
 * What the components themselves say, wherever they stand.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** What the components themselves say, wherever they stand. */
export const uiText = texts({
  close: "Close",
  cancel: "Cancel",
  dismiss: "Dismiss",
  loading: "Loading…",
  copy: (what: string) => `Copy: ${what}`,
  copied: "Copied",
  copyFailed: "Copying is not allowed here: mark the text and copy it yourself.",
  optional: "optional",
  length: (used: string, allowed: string) => `${used} of ${allowed} characters`,
  typeToConfirm: (name: string) => `Type “${name}” to confirm`,
  noRows: "Nothing to show yet",
  noChart: "No figures yet",
}, {
  close: "关闭",
  cancel: "取消",
  dismiss: "知道了",
  loading: "正在加载…",
  copy: (what) => `复制：${what}`,
  copied: "已复制",
  copyFailed: "这里不允许自动复制，请手动选中并复制。",
  optional: "选填",
  length: (used, allowed) => `已输入 ${used} 字，最多 ${allowed} 字`,
  typeToConfirm: (name) => `请输入“${name}”以确认`,
  noRows: "这里还没有内容",
  noChart: "还没有数据",
});
