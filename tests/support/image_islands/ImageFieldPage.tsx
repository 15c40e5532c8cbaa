import { useState } from "preact/hooks";
import type { Locale } from "../../../islands/i18n/mod.ts";
import { Icon } from "../../../islands/ui/icons.tsx";
import { ImageField } from "../../../islands/ui/image_field.tsx";
import { sendImage } from "../../../islands/ui/send_image.ts";

/** Props of {@linkcode ImageFieldPage}. */
export interface ImageFieldPageProps {
  readonly locale: Locale;
  readonly avatar: string | null;
  readonly cover: string | null;
}

/** An avatar and a cover, as pages have them. */
export default function ImageFieldPage({ locale, ...given }: ImageFieldPageProps) {
  const [avatar, setAvatar] = useState(given.avatar);
  const [cover, setCover] = useState(given.cover);
  const remove = async (path: string) => {
    const { ok, status } = await fetch(path, { method: "DELETE" });
    if (!ok) throw Object.assign(new Error("refused"), { status });
  };
  const idOf = (answer: unknown) => `/images/${(answer as { id: string }).id}.jpg`;
  return (
    <div class="stack" style="max-width:560px;padding:24px;gap:48px">
      <ImageField
        id="avatar"
        label={locale === "zh" ? "头像" : "Avatar"}
        hint={locale === "zh" ? "显示在聊天和房间旁。" : "Stands beside your name."}
        shape="avatar"
        locale={locale}
        current={avatar}
        empty={<Icon name="user" size={36} />}
        upload={async (blob, options) =>
          setAvatar(idOf(await sendImage("/api/avatar", blob, options)))}
        remove={() => remove("/api/avatar").then(() => setAvatar(null))}
      />
      <ImageField
        id="cover"
        label={locale === "zh" ? "封面" : "Cover"}
        shape="cover"
        locale={locale}
        current={cover}
        empty={<Icon name="video" size={36} />}
        upload={async (blob, options) =>
          setCover(idOf(await sendImage("/api/cover", blob, options)))}
        remove={() => remove("/api/cover").then(() => setCover(null))}
      />
    </div>
  );
}
