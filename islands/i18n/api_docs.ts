/**
 * The documentation of the API. What the API's own document says is English in both languages.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** The documentation of the API. */
export const apiDocsText = texts({
  title: "API",
  lead: (site: string) =>
    `Everything that the pages of ${site} do, a program can do: make rooms, publish, play, follow, administer.`,
  version: (version: string) => `Version ${version}`,
  document: "OpenAPI document",
  contents: "Contents",
  start: "Getting started",
  whoTitle: "Who is asking",
  whoText:
    "Sign up or log in, and send the token with every request. It ends when it was not used for 30 days.",
  refusedTitle: "What was refused",
  refusedText:
    "Every error is application/problem+json (RFC 9457): status, title, detail, a stable code, and the field at fault where there is one. 429 and 503 say in Retry-After when to try again.",
  changeTitle: "Changing things",
  changeText:
    "PATCH changes what it names and keeps the rest. PUT and DELETE may be repeated. Bodies are JSON in UTF-8 up to 64 KB; pictures are sent as they are.",
  accounts: "Accounts and sessions",
  rooms: "Rooms",
  messages: "Messages",
  administration: "Administration",
  playing: "Playing",
  sharing: "Sharing",
  operations: "Operations",
  problems: "Problems",
  problemsLead: "The code is for programs and stays; title and detail are for people.",
  shapes: "Shapes",
  shapesLead: "What calls take and answer, by name.",
  anyone: "Everybody",
  account: "Logged in",
  owner: "Owner",
  ownerOrAdministrator: "Owner, administrators",
  administrator: "Administrators",
  parameters: "Parameters",
  body: "Body",
  answer: (status: string) => `Answer ${status}`,
  noAnswer: "Nothing: the status says it all.",
  refusals: "Problems",
  linkTo: (what: string) => `Link to ${what}`,
  optional: "optional",
  publishRtmp: "Publish by RTMP; the stream key is <room>?key=<publish key>",
  playRtmp: "Play by RTMP",
}, {
  title: "接口文档",
  lead: (site) => `${site} 网页能做的，程序都能做：开房间、推流、播放、关注、管理。`,
  version: (version) => `版本 ${version}`,
  document: "OpenAPI 文档",
  contents: "目录",
  start: "快速上手",
  whoTitle: "身份",
  whoText: "注册或登录后拿到令牌，每次请求都带上它。连续 30 天不用，令牌失效。",
  refusedTitle: "出错时",
  refusedText:
    "所有错误都是 application/problem+json（RFC 9457）：状态码、标题、说明、稳定的错误码，以及出错的字段（如果有）。429 和 503 会在 Retry-After 里告诉你多久后再试。",
  changeTitle: "修改数据",
  changeText:
    "PATCH 只改写到的字段，其余不动；PUT 和 DELETE 可以重复发。请求体是不超过 64 KB 的 UTF-8 JSON，图片直接发文件本身。",
  accounts: "账号与登录",
  rooms: "房间",
  messages: "消息",
  administration: "管理",
  playing: "播放",
  sharing: "分享",
  operations: "运维",
  problems: "错误码",
  problemsLead: "错误码给程序用，不会变；标题和说明给人看。",
  shapes: "数据结构",
  shapesLead: "接口收发的数据，按名称排列。",
  anyone: "所有人",
  account: "需登录",
  owner: "房主",
  ownerOrAdministrator: "房主、管理员",
  administrator: "管理员",
  parameters: "参数",
  body: "请求体",
  answer: (status) => `响应 ${status}`,
  noAnswer: "没有内容，看状态码即可。",
  refusals: "错误",
  linkTo: (what) => `${what} 的链接`,
  optional: "可选",
  publishRtmp: "RTMP 推流，串流密钥为 <房间号>?key=<推流密钥>",
  playRtmp: "RTMP 播放",
});

/** What stands on the buttons that the script makes work. */
export const copyCodeText = texts({ copy: "Copy" }, { copy: "复制" });
