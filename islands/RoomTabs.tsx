import { useEffect, useState } from "preact/hooks";
import { type Tab, Tabs } from "./ui/tabs.tsx";

/** Props of {@linkcode RoomTabs}. */
export interface RoomTabsProps {
  /** What the tabs are about. */
  readonly label: string;
  readonly tabs: readonly Pick<Tab & { readonly href: string }, "id" | "label" | "href">[];
  /** The one that the server shows. */
  readonly current: string;
}

/** Prefix of the ids of the tabs, and of the panels as `<prefix>-panel-<tab>`. */
export const ROOM_TABS = "room";

/**
 * The tabs of the panel beside the picture. The panels are not its own: the server renders them
 * all, with what is live in them, and the tabs choose which one is in sight.
 */
export default function RoomTabs({ label, tabs, current: initial }: RoomTabsProps) {
  const [current, setCurrent] = useState(initial);
  useEffect(() => {
    for (const { id } of tabs) {
      const panel = document.getElementById(`${ROOM_TABS}-panel-${id}`);
      if (panel !== null) panel.hidden = id !== current;
    }
    document.body.classList.toggle("talking", current === "chat");
  }, [current]);
  return (
    <Tabs
      id={ROOM_TABS}
      label={label}
      tabs={tabs}
      current={current}
      onSelect={setCurrent}
      separate
    />
  );
}
