/**
 * What things stand on, and what lies over the page.
 *
 * @module
 */
import { useState } from "preact/hooks";
import type { Locale } from "../i18n/mod.ts";
import { showcaseText } from "../i18n/showcase.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { ConfirmDialog, Dialog, Sheet } from "../ui/dialog.tsx";
import { EmptyState, Skeleton } from "../ui/placeholder.tsx";
import { toast, ToastList } from "../ui/toast.tsx";
import { Specimen } from "./specimen.tsx";

type Opened = "none" | "sheet" | "center" | "dialog" | "confirm" | "typed";

/** Cards, people, dialogs, messages, placeholders. */
export function Surfaces({ locale }: { readonly locale: Locale }) {
  const text = showcaseText(locale);
  return (
    <>
      <Specimen name="Card" stacked>
        <Card
          id="card-plain"
          title={text.cardTitle}
          level={3}
          aside={<Button small>{text.small}</Button>}
        >
          <p class="muted">{text.cardText}</p>
        </Card>
        <Card id="card-notice" title={text.noticeTitle} level={3} tone="notice">
          <p>{text.confirmText}</p>
        </Card>
        <Card id="card-danger" title={text.dangerTitle} level={3} tone="danger">
          <p class="muted">{text.deleteText}</p>
        </Card>
      </Specimen>
      <Specimen name="Avatar">
        <Avatar name={text.personName} size={24} />
        <Avatar name={text.personName} />
        <Avatar name="Milo" size={48} />
        <Avatar name="阿哲" size={64} />
        <Avatar name="Dou" size={64} picture="data:image/png;base64,broken" />
        <div class="person">
          <Avatar name={text.personName} size={44} />
          <div>
            <p class="person-name">{text.personName}</p>
            <p class="muted">{text.personNote}</p>
          </div>
        </div>
      </Specimen>
      <Overlays locale={locale} />
      <Specimen name="Skeleton" stacked>
        <Skeleton label={text.loading} />
        <Skeleton label={text.loading} shape="rows" lines={2} />
        <Skeleton label={text.loading} shape="cards" lines={3} />
        <Skeleton label={text.loading} shape="picture" />
      </Specimen>
      <Specimen name="EmptyState" stacked>
        <EmptyState icon="radio" level={3} title={text.emptyTitle} text={text.emptyText}>
          <Button kind="primary" icon="video">{text.withIcon}</Button>
          <Button>{text.quiet}</Button>
        </EmptyState>
        <div class="card">
          <EmptyState inset icon="users" level={3} title={text.emptyTitle} text={text.emptyText} />
        </div>
      </Specimen>
    </>
  );
}

function Overlays({ locale }: { readonly locale: Locale }) {
  const text = showcaseText(locale);
  const [opened, setOpened] = useState<Opened>("none");
  const [failed, setFailed] = useState(false);
  const close = () => setOpened("none");
  const common = { locale, onClose: close };
  const open = (what: Opened) => {
    setFailed(false);
    setOpened(what);
  };
  return (
    <>
      <Specimen name="Sheet">
        <Button onClick={() => open("sheet")}>{text.openSheet}</Button>
        <Button onClick={() => open("center")}>{text.openCenter}</Button>
        <Sheet
          {...common}
          id="sheet"
          open={opened === "sheet" || opened === "center"}
          place={opened === "center" ? "center" : "side"}
          title={text.sheetTitle}
          foot={<Button kind="primary" onClick={close}>{text.understood}</Button>}
        >
          <p>{text.sheetText}</p>
        </Sheet>
      </Specimen>
      <Specimen name="Dialog">
        <Button onClick={() => open("dialog")}>{text.openDialog}</Button>
        <Dialog
          {...common}
          id="dialog"
          open={opened === "dialog"}
          title={text.dialogTitle}
          actions={<Button kind="primary" onClick={close}>{text.understood}</Button>}
        >
          <p class="muted">{text.dialogText}</p>
        </Dialog>
      </Specimen>
      <Specimen name="ConfirmDialog">
        <Button onClick={() => open("confirm")}>{text.ask}</Button>
        <Button kind="danger" onClick={() => open("typed")}>{text.askByName}</Button>
        <ConfirmDialog
          {...common}
          id="confirm"
          open={opened === "confirm"}
          title={text.confirmTitle}
          text={text.confirmText}
          confirm={text.confirm}
          error={failed ? text.confirmFailed : null}
          onConfirm={() => setFailed(true)}
        />
        <ConfirmDialog
          {...common}
          id="delete"
          open={opened === "typed"}
          title={text.deleteTitle}
          text={text.deleteText}
          confirm={text.delete}
          typed="Tea hill"
          onConfirm={close}
        />
      </Specimen>
      <Specimen name="ToastList" stacked>
        <ToastList
          onDismiss={() => {}}
          toasts={[
            { id: 1, endsAtMs: 0, text: text.toastPlain },
            { id: 2, endsAtMs: 0, text: text.toastGood, tone: "good" },
            { id: 3, endsAtMs: 0, text: text.toastBad, tone: "bad" },
            {
              id: 4,
              endsAtMs: 0,
              text: text.toastAction,
              action: { label: text.undo, run: () => {} },
            },
          ]}
        />
      </Specimen>
      <Specimen name="ToastPlace">
        <Button onClick={() => toast({ text: text.toastPlain })}>{text.plainToast}</Button>
        <Button onClick={() => toast({ text: text.toastGood, tone: "good" })}>
          {text.goodToast}
        </Button>
        <Button onClick={() => toast({ text: text.toastBad, tone: "bad" })}>{text.badToast}</Button>
        <Button
          onClick={() =>
            toast({
              text: text.toastAction,
              action: {
                label: text.undo,
                run: () => toast({ text: text.toastGood, tone: "good" }),
              },
            })}
        >
          {text.actionToast}
        </Button>
      </Specimen>
    </>
  );
}
