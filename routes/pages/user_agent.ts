/**
 * What a browser calls itself (RFC 9110 §10.1.5), in words that its owner knows. Only a hint: any
 * program may say anything.
 *
 * @module
 */

/** A program and what it runs on; null where it does not say. */
export interface UserAgent {
  /** `Chrome 126`, `curl 8.5`. */
  readonly browser: string | null;
  /** `Windows`, `Android`. */
  readonly system: string | null;
  readonly device: "desktop" | "phone" | "program";
}

/** Longer texts are read up to here. */
const MAX_LENGTH = 512;

/** The first that fits is it: most browsers also claim to be those below them. */
const BROWSERS: readonly (readonly [token: RegExp, name: string])[] = [
  [/MicroMessenger\/(\d+)/, "WeChat"],
  [/\bQQ\/(\d+)/, "QQ"],
  [/(?:DingTalk)\/(\d+)/, "DingTalk"],
  [/Edg(?:e|A|iOS)?\/(\d+)/, "Edge"],
  [/OPR\/(\d+)|Opera Mini\/(\d+)/, "Opera"],
  [/Vivaldi\/(\d+)/, "Vivaldi"],
  [/YaBrowser\/(\d+)/, "Yandex Browser"],
  [/SamsungBrowser\/(\d+)/, "Samsung Internet"],
  [/HuaweiBrowser\/(\d+)/, "Huawei Browser"],
  [/MiuiBrowser\/(\d+)/, "Mi Browser"],
  [/(?:MQQBrowser|QQBrowser)\/(\d+)/, "QQ Browser"],
  [/(?:UCBrowser|UBrowser)\/(\d+)/, "UC Browser"],
  [/(?:FxiOS|Firefox)\/(\d+)/, "Firefox"],
  [/(?:CriOS|HeadlessChrome|Chrome|Chromium)\/(\d+)/, "Chrome"],
  [/Version\/(\d+)[\d.]* .*Safari\//, "Safari"],
];

const SYSTEMS: readonly (readonly [token: RegExp, name: string])[] = [
  [/OpenHarmony|HarmonyOS/, "HarmonyOS"],
  [/Android/, "Android"],
  [/iPad/, "iPadOS"],
  [/iPhone|iPod/, "iOS"],
  [/Windows/, "Windows"],
  [/Macintosh|Mac OS X/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux|X11/, "Linux"],
];

const PHONE = /\bMobi|Phone|Android|iPad|iPod|HarmonyOS/;
/** `curl/8.5.0`, `Deno/2.9`: a program that is no browser says its own name first. */
const PROGRAM = /^([A-Za-z][\w.+-]{0,31})(?:\/(\d+(?:\.\d+)?))?/;

/** Reads a `User-Agent`; never throws. */
export function parseUserAgent(text: string): UserAgent {
  const agent = text.slice(0, MAX_LENGTH);
  const system = SYSTEMS.find(([token]) => token.test(agent))?.[1] ?? null;
  if (!/^Mozilla\//.test(agent)) {
    const [, name, version] = PROGRAM.exec(agent) ?? [];
    const browser = name === undefined ? null : version === undefined ? name : `${name} ${version}`;
    return { browser, system, device: "program" };
  }
  let browser: string | null = null;
  for (const [token, name] of BROWSERS) {
    const found = token.exec(agent);
    if (found === null) continue;
    browser = `${name} ${found.slice(1).find((version) => version !== undefined)}`;
    break;
  }
  return { browser, system, device: PHONE.test(agent) ? "phone" : "desktop" };
}
