/**
 * The call itself: faces, controls, and what lies beside them.
 *
 * @module
 */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { callText } from "../i18n/call.ts";
import { readKeyPress } from "../player/keys.ts";
import { ConfirmDialog, Sheet } from "../ui/dialog.tsx";
import { Icon } from "../ui/icons.tsx";
import { toast } from "../ui/toast.tsx";
import { ChatPanel } from "./chat_panel.tsx";
import { Controls } from "./controls.tsx";
import { DeviceFields } from "./device_fields.tsx";
import { screenSentence } from "./explain.ts";
import { Voice } from "./face.tsx";
import { CallHelp } from "./help_sheet.tsx";
import { InviteSheet } from "./invite_sheet.tsx";
import { callKey } from "./keys.ts";
import { PeoplePanel } from "./people_panel.tsx";
import type { CallProps } from "./props.ts";
import type { CallSession, CallState } from "./session.ts";
import { Stage } from "./stage.tsx";
import type { CallLayout } from "./places.ts";

/** What may lie beside the faces. */
export type CallPanel = "chat" | "people" | "inspect";
/** What may lie over everything. */
export type CallSheet = "invite" | "devices" | "help" | "end";

/** The call. */
export function Room({ session, state, call }: {
  readonly session: CallSession;
  readonly state: CallState;
  readonly call: CallProps;
}) {
  const { locale } = call;
  const text = callText(locale);
  const [panel, setPanel] = useState<CallPanel | null>(null);
  const [sheet, setSheet] = useState<CallSheet | null>(null);
  const [layout, setLayout] = useState<CallLayout>("grid");
  const [removing, setRemoving] = useState<{ id: string; name: string } | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const [inspector, setInspector] = useState<typeof import("./inspector.tsx") | null>(null);
  const leads = state.self !== null &&
    (call.own && state.self.member || state.host === state.self.id);
  const toggle = (which: CallPanel) => setPanel((open) => open === which ? null : which);
  const act = (action: CallAction) => {
    switch (action) {
      case "microphone":
        return session.setAudio(!(state.local.audio && state.local.audioTrack !== null));
      case "camera":
        return session.setVideo(state.local.videoTrack === null);
      case "screen":
        return session.toggleScreen();
      case "hand":
        return session.setHand(state.self?.handAtMs == null);
      case "layout":
        return setLayout((now) => now === "grid" ? "speaker" : "grid");
      case "chat":
      case "people":
      case "inspect":
        return toggle(action);
      case "lock":
        return session.setLocked(!state.locked);
      case "invite":
      case "devices":
      case "help":
      case "end":
        return setSheet(action);
      case "leave":
        return session.leave();
    }
  };
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat || root.current === null) return;
      if (
        event.key === "Escape" &&
        document.querySelector("dialog:modal, [popover]:popover-open:not(#toasts)") === null
      ) {
        setPanel(null);
        return;
      }
      const action = callKey(readKeyPress(event, root.current));
      if (action === null) return;
      event.preventDefault();
      latest.current(action);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  useEffect(() => session.setChatOpen(panel === "chat"), [panel]);
  useLayoutEffect(() => {
    if (panel === null) return;
    const opener = document.activeElement as HTMLElement;
    // When the panel goes with what had the focus, it goes back to where it came from.
    return () => {
      const goes = root.current?.querySelector(".call-panel") === null;
      if (!goes || document.activeElement !== document.body) return;
      const seen = opener !== document.body && opener.checkVisibility();
      const menu = root.current?.querySelector<HTMLElement>("[popovertarget=call-menu]");
      (seen ? opener : menu)?.focus();
    };
  }, [panel]);
  useEffect(() => {
    if (panel !== "inspect" || inspector !== null) return;
    import("./inspector.tsx").then(setInspector, () => setPanel(null));
  }, [panel]);
  useEffect(() => {
    if (state.talkingMuted) toast({ text: text.talkingMuted });
  }, [state.talkingMuted]);
  const { screenFailure } = state.local;
  useEffect(() => {
    if (screenFailure !== null) {
      toast({ text: screenSentence(screenFailure, text), tone: "bad" });
    }
  }, [screenFailure]);
  const news = useNews(state, text);
  return (
    <div ref={root} class="call-room" data-panel={panel ?? undefined}>
      <h1 class="visually-hidden">{text.callNamed(call.name)}</h1>
      <p class="visually-hidden" role="status">{news}</p>
      {state.away && (
        <p class="call-away" role="status">
          <Icon name="refresh-cw" size={16} /> {text.away}
        </p>
      )}
      <div class="call-stage-place">
        <Stage
          {...{ state, layout, locale }}
          onInvite={() => setSheet("invite")}
          onLarge={(peers) => session.setLarge(peers)}
        />
      </div>
      {panel !== null && (
        <aside class="call-panel" aria-label={panelName(panel, text)}>
          <header>
            <h2>{panelName(panel, text)}</h2>
            <button
              type="button"
              class="button ghost icon-only"
              aria-label={text.closePanel}
              onClick={() => setPanel(null)}
            >
              <Icon name="x" size={20} />
            </button>
          </header>
          {panel === "chat" && <ChatPanel {...{ session, state, locale }} />}
          {panel === "people" && (
            <PeoplePanel
              {...{ state, locale, leads }}
              onInvite={() => setSheet("invite")}
              onRemove={({ id, name }) => setRemoving({ id, name })}
            />
          )}
          {panel === "inspect" && (inspector === null
            ? <div class="skeleton call-panel-loading" aria-hidden="true" />
            : <inspector.Inspector {...{ session, state, locale }} />)}
        </aside>
      )}
      <Controls {...{ state, panel, layout, leads, locale }} onAction={act} />
      {state.others.flatMap(({ peer, media }) =>
        [media.camera, media.screen].map((stream, index) =>
          stream !== null && stream.getAudioTracks().length > 0 && (
            <Voice key={`${peer.id} ${index}`} stream={stream} speaker={state.speakerDevice} />
          )
        )
      )}
      <InviteSheet
        open={sheet === "invite"}
        onClose={() => setSheet(null)}
        {...{ session, state, call, leads }}
      />
      <Sheet
        id="call-devices"
        open={sheet === "devices"}
        onClose={() => setSheet(null)}
        title={text.devicesTitle}
        place="center"
        locale={locale}
      >
        <p class="muted">{text.devicesText}</p>
        <DeviceFields id="call" {...{ session, state, locale }} />
      </Sheet>
      <CallHelp open={sheet === "help"} onClose={() => setSheet(null)} locale={locale} />
      <ConfirmDialog
        id="call-end"
        open={sheet === "end"}
        onClose={() => setSheet(null)}
        title={text.endTitle}
        text={text.endQuestion}
        confirm={text.endForAll}
        onConfirm={() => session.endForAll()}
        locale={locale}
      />
      <ConfirmDialog
        id="call-remove"
        open={removing !== null}
        onClose={() => setRemoving(null)}
        title={text.removeTitle(removing?.name ?? "")}
        text={text.removeText}
        confirm={text.removeConfirm}
        onConfirm={() => {
          if (removing !== null) session.kick(removing.id);
          setRemoving(null);
        }}
        locale={locale}
      />
    </div>
  );
}

/** What the controls and the keys can ask for. */
export type CallAction =
  | "microphone"
  | "camera"
  | "screen"
  | "hand"
  | "layout"
  | CallPanel
  | CallSheet
  | "lock"
  | "leave";

function panelName(panel: CallPanel, text: ReturnType<typeof callText>): string {
  return { chat: text.chat, people: text.people, inspect: text.inspect }[panel];
}

/** What somebody who does not see the faces wants to hear: who came, who went, who has a hand up. */
function useNews(state: CallState, text: ReturnType<typeof callText>): string {
  const before = useRef<ReadonlyMap<string, { name: string; hand: boolean }> | null>(null);
  const [news, setNews] = useState("");
  useEffect(() => {
    const now = new Map(
      state.others.map(({ peer }) => [
        peer.id,
        { name: peer.name, hand: peer.handAtMs !== null },
      ]),
    );
    const known = before.current;
    before.current = now;
    if (known === null) return;
    const said = [
      ...[...now].filter(([id]) => !known.has(id)).map(([, { name }]) => text.joinedNote(name)),
      ...[...known].filter(([id]) => !now.has(id)).map(([, { name }]) => text.leftNote(name)),
      ...[...now].filter(([id, { hand }]) => hand && known.get(id)?.hand === false)
        .map(([, { name }]) => text.handNote(name)),
    ];
    if (said.length > 0) setNews(said.join(" "));
  }, [state.others]);
  return news;
}
