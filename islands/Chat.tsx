import { useEffect, useState } from "preact/hooks";
import type { ChatProps } from "./chat/props.ts";
import { loadSheet } from "./chat/sheet.ts";
import { chatShellText } from "./i18n/chat_shell.ts";
import { Button } from "./ui/button.tsx";

type Later = typeof import("./chat/later.ts");

/** Rows of the placeholder, by their widths in percent. */
const LINES = [62, 84, 48, 70];

/**
 * The room's talk. The server renders its place; the talk itself comes when the picture has been
 * begun, with its own sheet.
 */
export default function Chat(props: ChatProps) {
  const text = chatShellText(props.locale);
  const [later, setLater] = useState<Later | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (failed) return;
    let gone = false;
    Promise.all([import("./chat/later.ts"), loadSheet(props.sheet)]).then(
      ([loaded]) => !gone && setLater(loaded),
      () => !gone && setFailed(true),
    );
    return () => gone = true;
  }, [failed]);
  if (later !== null) return <later.ChatPanel {...props} />;
  return (
    <div class="chat-shell">
      <div class="chat-shell-list" aria-hidden="true">
        {LINES.map((width) => <span key={width} class="skeleton" style={`width:${width}%`} />)}
      </div>
      <noscript>
        <p class="muted">{text.needsScript}</p>
      </noscript>
      {failed && (
        <p class="chat-shell-failed" role="alert">
          {text.failed} <Button small onClick={() => setFailed(false)}>{text.retry}</Button>
        </p>
      )}
      <div class="chat-shell-foot skeleton" aria-hidden="true" />
    </div>
  );
}
