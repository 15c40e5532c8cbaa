/**
 * What a browser shows while `web` is away.
 *
 * @module
 */

const TEXTS = {
  en: {
    title: "Back in a moment",
    text: "The server is restarting. This page reloads by itself.",
  },
  zh: {
    title: "马上回来",
    text: "服务器正在重启，页面会自动刷新。",
  },
} as const;

/** Seconds after which clients come again. */
export const AWAY_RETRY_S = 1;

/** The language of the page: the first of `Accept-Language` that is Chinese or English. */
export function awayLanguage(acceptLanguage: string | undefined): "zh" | "en" {
  const choices = (acceptLanguage ?? "").toLowerCase().split(",").slice(0, 16).map((entry) => {
    const [tag, ...parameters] = entry.trim().split(";");
    const quality = parameters.map((text) => /^\s*q=([\d.]{1,5})$/.exec(text)?.[1])
      .find((text) => text !== undefined);
    return { language: tag.split("-")[0], quality: Number(quality ?? 1) };
  });
  let best: { language: "zh" | "en"; quality: number } = { language: "en", quality: 0 };
  for (const { language, quality } of choices) {
    if ((language === "zh" || language === "en") && quality > best.quality) {
      best = { language, quality };
    }
  }
  return best.language;
}

/** A whole page without scripts, styles or images; it reloads itself. */
export function awayPage(language: "zh" | "en"): string {
  const { title, text } = TEXTS[language];
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="${AWAY_RETRY_S}">
<title>${title}</title>
</head>
<body>
<main role="status"><h1>${title}</h1><p>${text}</p></main>
</body>
</html>
`;
}
