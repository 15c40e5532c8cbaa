/**
 * The log of all processes.
 *
 * @module
 */
import { plural, texts } from "./texts.ts";

/** The log of all processes. */
export const adminLogText = texts({
  title: "Log",
  level: "Severity",
  levelDebug: "Everything",
  levelInfo: "Info and above",
  levelWarn: "Warnings and errors",
  levelError: "Errors",
  role: "Role",
  roleAll: "All roles",
  supervisor: "supervisor",
  search: "Text",
  searchPlaceholder: "Process, event or text",
  filter: "Filter",
  follow: "Follow",
  download: "Download",
  lines: "Log lines, newest last; times are UTC",
  newLines: (count: number) => `${count} new ${plural(count, { one: "line", many: "lines" })}`,
  dropped: (count: number) =>
    `${count} ${plural(count, { one: "line", many: "lines" })} came and went too fast to be shown.`,
  empty: "No line fits",
  emptyText: "Nothing of what is kept fits the filter. New lines appear here as they come.",
  stale: "The log cannot be read at the moment. It is tried again.",
  utc: "Times are UTC",
}, {
  title: "日志",
  level: "级别",
  levelDebug: "全部",
  levelInfo: "信息及以上",
  levelWarn: "警告和错误",
  levelError: "错误",
  role: "角色",
  roleAll: "所有角色",
  supervisor: "supervisor（监管进程）",
  search: "文字",
  searchPlaceholder: "进程、事件或内容",
  filter: "筛选",
  follow: "自动滚动",
  download: "下载",
  lines: "日志，最新的在最后；时间为 UTC",
  newLines: (count) => `${count} 行新日志`,
  dropped: (count) => `有 ${count} 行来得太快，没来得及显示。`,
  empty: "没有符合的日志",
  emptyText: "现有的日志都不符合筛选条件，新的会自动出现在这里。",
  stale: "暂时读不到日志，会继续尝试。",
  utc: "时间为 UTC",
});
