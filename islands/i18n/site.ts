/**
 * The frame of every page: header, footer, what every page says.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** The frame of every page: header, footer, what every page says. */
export const siteText = texts({
  siteDescription: "Live streaming that starts in under a second, on your own server.",
  skipToContent: "Skip to content",
  mainNavigation: "Main",
  navLive: "Live",
  following: "Following",
  calls: "Calls",
  account: "Account",
  admin: "Admin",
  notice: "Notice",
  dismissNotice: "Put this notice away",
  goLive: "Go live",
  logIn: "Log in",
  logOut: "Log out",
  signUp: "Sign up",
  booth: "Booth",
  studio: "Studio",
  myRoom: "My room",
  accountMenu: (name: string) => `Account of ${name}`,
  searchLabel: "Search rooms",
  searchPlaceholder: "Search rooms, people, numbers",
  footerNote: (site: string) => `${site}, live streaming on your own server`,
  apiDocs: "API",
  backToLobby: "See who is live",
  tryAgain: "Try again",
}, {
  siteDescription: "一秒开播的直播平台，跑在你自己的服务器上。",
  skipToContent: "跳到正文",
  mainNavigation: "主导航",
  navLive: "直播",
  following: "我的关注",
  calls: "通话",
  account: "账号",
  admin: "管理",
  notice: "公告",
  dismissNotice: "不再显示这条公告",
  goLive: "开播",
  logIn: "登录",
  logOut: "退出登录",
  signUp: "注册",
  booth: "照相亭",
  studio: "直播间后台",
  myRoom: "我的房间",
  accountMenu: (name) => `${name} 的账号`,
  searchLabel: "搜索房间",
  searchPlaceholder: "搜索房间、主播、房间号",
  footerNote: (site) => `${site}，跑在自己服务器上的直播`,
  apiDocs: "接口文档",
  backToLobby: "看看谁在直播",
  tryAgain: "重试",
});
