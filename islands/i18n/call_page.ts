/**
 * Where calls begin.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** The landing page of calls. */
export const callPageText = texts({
  title: "Calls",
  description:
    "Talk face to face: up to four people browser to browser, up to sixteen by the server.",
  lead:
    "Face to face: up to four people from browser to browser, up to sixteen by the server. No app, and for open calls no account.",
  startTitle: "Start a call",
  name: "Name of the call",
  nameHint: "It becomes the address. Letters and digits of any script, hyphens.",
  nameInvalid: "This name cannot be used: letters and digits of any script, at most 48.",
  nameTaken: "A call of this name is there already. Join it, or choose another name.",
  passwordInvalid: "The password must have 8 to 256 characters.",
  access: "Who may join",
  accessOpen: "Everybody with the link",
  accessPassword: "Who knows the password",
  accessInvited: "Who is invited",
  accessHint:
    "With a password or by invitation the call is yours: you can lock it and remove people.",
  guests: "Also people without an account",
  password: "Password",
  passwordHint: "For calls with a password: 8 characters or more.",
  start: "Start",
  logInForMore: "Log in to make calls with a password or by invitation.",
  joinTitle: "Join a call",
  joinHint: "Type its name, or open the link that you were given.",
  join: "Go there",
  own: "Your calls",
  ownNone: "You have none yet.",
  open: "open",
  withPassword: "password",
  byInvitation: "invited",
  status: (access: string, count: number) =>
    `${access}, ${count === 0 ? "nobody is there" : `${count} there`}`,
  end: (name: string) => `End and remove “${name}”`,
}, {
  title: "通话",
  description: "面对面通话：四人以内浏览器直连，最多十六人经由服务器。",
  lead: "面对面通话：四人以内浏览器直连，最多十六人经由服务器。不用装应用，开放的通话也不用账号。",
  startTitle: "发起通话",
  name: "通话名称",
  nameHint: "它会成为网址。可用各种文字、数字和连字符。",
  nameInvalid: "这个名称不能用：请用文字和数字，最多 48 个字符。",
  nameTaken: "已经有同名的通话了。可以直接加入，或换一个名称。",
  passwordInvalid: "密码需要 8 到 256 个字符。",
  access: "谁可以加入",
  accessOpen: "拿到链接的所有人",
  accessPassword: "知道密码的人",
  accessInvited: "受邀的人",
  accessHint: "设密码或凭邀请的通话归你所有：你可以锁定它、移出成员。",
  guests: "没有账号的人也可以加入",
  password: "密码",
  passwordHint: "用于密码通话，至少 8 个字符。",
  start: "开始",
  logInForMore: "登录后可以创建带密码或凭邀请的通话。",
  joinTitle: "加入通话",
  joinHint: "输入名称，或直接打开别人给你的链接。",
  join: "前往",
  own: "我的通话",
  ownNone: "还没有。",
  open: "开放",
  withPassword: "密码",
  byInvitation: "邀请",
  status: (access, count) => `${access}，${count === 0 ? "暂时没有人" : `${count} 人在线`}`,
  end: (name) => `结束并删除“${name}”`,
});
