/**
 * The bar at the foot of a call.
 *
 * @module
 */
import { useRef } from "preact/hooks";
import { callText } from "../i18n/call.ts";
import type { Locale } from "../i18n/mod.ts";
import { IconButton } from "../ui/button.tsx";
import { classNames } from "../ui/class_names.ts";
import { Icon, type IconName } from "../ui/icons.tsx";
import type { CallLayout } from "./places.ts";
import type { CallAction, CallPanel } from "./room.tsx";
import type { CallState } from "./session.ts";

interface MenuItem {
  readonly action: CallAction;
  readonly icon: IconName;
  readonly label: string;
  /** Stands in the bar where there is room. */
  readonly narrow?: boolean;
}

/** Controls; what has no room stands in the menu. */
export function Controls({ state, panel, layout, leads, locale, onAction }: {
  readonly state: CallState;
  readonly panel: CallPanel | null;
  readonly layout: CallLayout;
  readonly leads: boolean;
  readonly locale: Locale;
  readonly onAction: (action: CallAction) => void;
}) {
  const text = callText(locale);
  const menu = useRef<HTMLDivElement>(null);
  const { local, self, unread, locked } = state;
  const hand = self?.handAtMs != null;
  const sharing = local.screen !== null;
  const canShare = typeof navigator.mediaDevices?.getDisplayMedia === "function";
  const screenItem = {
    action: "screen",
    icon: "monitor-up",
    label: sharing ? text.stopScreen : text.shareScreen,
  } as const;
  const handItem = {
    action: "hand",
    icon: "hand",
    label: hand ? text.lowerHand : text.raiseHand,
  } as const;
  const peopleItem = { action: "people", icon: "users", label: text.people } as const;
  const items: readonly MenuItem[] = [
    ...(canShare ? [{ ...screenItem, narrow: true }] : []),
    { ...handItem, narrow: true },
    { ...peopleItem, narrow: true },
    { action: "invite", icon: "user-plus", label: text.invite },
    {
      action: "layout",
      icon: layout === "grid" ? "square-user" : "layout-grid",
      label: layout === "grid" ? text.layoutSpeaker : text.layoutGrid,
    },
    { action: "inspect", icon: "activity", label: text.inspect },
    { action: "devices", icon: "settings-2", label: text.devices },
    ...(leads
      ? [{
        action: "lock",
        icon: locked ? "lock-open" : "lock",
        label: locked ? text.unlock : text.lock,
      }, { action: "end", icon: "circle-stop", label: text.endForAll }] as const
      : []),
    { action: "help", icon: "keyboard", label: text.help },
  ];
  const audio = local.audio && local.audioTrack !== null;
  const video = local.videoTrack !== null;
  return (
    <div class="call-controls" role="toolbar" aria-label={text.controls}>
      {locked && (
        <span class="badge call-locked">
          <Icon name="lock" size={14} /> {text.locked}
        </span>
      )}
      <IconButton
        icon={audio ? "mic" : "mic-off"}
        label={audio ? text.mute : text.unmute}
        class={classNames("call-key", !audio && "off")}
        onClick={() => onAction("microphone")}
      />
      <IconButton
        icon={video ? "video" : "video-off"}
        label={video ? text.stopCamera : text.startCamera}
        class={classNames("call-key", !video && "off")}
        busy={local.busy}
        onClick={() => onAction("camera")}
      />
      {canShare && (
        <IconButton
          icon="monitor-up"
          label={screenItem.label}
          pressed={sharing}
          class="call-key wide-only"
          onClick={() => onAction("screen")}
        />
      )}
      <IconButton
        icon="hand"
        label={handItem.label}
        pressed={hand}
        class="call-key wide-only"
        onClick={() => onAction("hand")}
      />
      <span class="call-key-place">
        <IconButton
          icon="message-square"
          label={unread > 0 ? text.chatUnread(unread) : text.chat}
          pressed={panel === "chat"}
          class="call-key"
          onClick={() => onAction("chat")}
        />
        {unread > 0 && <span class="call-unread" aria-hidden="true">{Math.min(unread, 99)}</span>}
      </span>
      <IconButton
        icon="users"
        label={text.people}
        pressed={panel === "people"}
        class="call-key wide-only"
        onClick={() => onAction("people")}
      />
      <button
        type="button"
        class="button quiet icon-only call-key"
        popovertarget="call-menu"
        aria-label={text.more}
        title={text.more}
      >
        <Icon name="ellipsis" size={20} />
      </button>
      <div ref={menu} id="call-menu" class="menu call-menu" popover="auto">
        {items.map(({ action, icon, label, narrow }) => (
          <button
            key={action}
            type="button"
            class={classNames("menu-item", narrow === true && "narrow-only")}
            onClick={() => {
              menu.current?.hidePopover();
              onAction(action);
            }}
          >
            <Icon name={icon} size={18} /> {label}
          </button>
        ))}
      </div>
      <IconButton
        icon="phone-off"
        kind="danger"
        label={text.leave}
        class="call-leave"
        onClick={() => onAction("leave")}
      />
    </div>
  );
}
