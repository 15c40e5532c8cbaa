import { useEffect, useState } from "preact/hooks";
import { type CallProps } from "./call/props.ts";
import { CallSession, FIRST } from "./call/session.ts";
import { Mirror } from "./call/mirror.tsx";
import { Over } from "./call/over.tsx";
import { Room } from "./call/room.tsx";
import { callText } from "./i18n/call.ts";

/** A call, from the look into the mirror to the goodbye. */
export default function Call(props: CallProps) {
  const text = callText(props.locale);
  const [session, setSession] = useState<CallSession | null>(null);
  const [, draw] = useState(0);
  useEffect(() => {
    const opened = new CallSession(props.name);
    const end = opened.subscribe(() => draw((count) => count + 1));
    setSession(opened);
    void opened.start();
    return () => {
      end();
      opened.close();
    };
  }, [props.name]);
  const state = session?.state ?? FIRST;
  if (session !== null && state.stage === "in") {
    return <Room session={session} state={state} call={props} />;
  }
  return (
    <div class="call-door">
      <noscript>
        <p class="card notice">{text.needsScript}</p>
      </noscript>
      {session !== null && state.stage === "over"
        ? <Over session={session} outcome={state.outcome} locale={props.locale} />
        : <Mirror session={session} state={state} call={props} />}
    </div>
  );
}
