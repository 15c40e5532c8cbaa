/**
 * Which camera, microphone and speaker: in front of the mirror, and while talking.
 *
 * @module
 */
import { type DeviceKind, devicesOf, pickDevice } from "../capture/devices.ts";
import { callText } from "../i18n/call.ts";
import type { Locale } from "../i18n/mod.ts";
import { SelectField } from "../ui/field.tsx";
import type { CallSession, CallState } from "./session.ts";

/** The fields; a kind without devices says so. */
export function DeviceFields({ id, session, state, locale }: {
  /** Prefix of the elements' ids. */
  readonly id: string;
  readonly session: CallSession | null;
  readonly state: CallState;
  readonly locale: Locale;
}) {
  const text = callText(locale);
  const { devices, local, speakerDevice } = state;
  const field = (kind: DeviceKind, label: string, wished: string | null) => {
    const some = devicesOf(devices, kind);
    const value = pickDevice(devices, { kind, wished })?.id ?? "";
    const choices = some.map((device, index) => ({
      value: device.id,
      label: device.label === "" ? text.unnamed(index + 1) : device.label,
    }));
    return (
      <SelectField
        id={`${id}-${kind}`}
        label={label}
        value={value}
        disabled={some.length === 0}
        choices={choices.length > 0 ? choices : [{
          value: "",
          label: local.asked && !devices.devices.some((each) => each.kind === kind)
            ? text.noDevice
            : text.systemDefault,
        }]}
        onChange={(event) => session?.choose({ kind, id: event.currentTarget.value })}
      />
    );
  };
  return (
    <div class="call-devices">
      {field("camera", text.camera, local.camera)}
      {field("microphone", text.microphone, local.microphone)}
      {devicesOf(devices, "speaker").length > 0 && field("speaker", text.speaker, speakerDevice)}
    </div>
  );
}
