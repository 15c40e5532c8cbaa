/**
 * Cameras, microphones and speakers: the list as it is now, and the permission to use them.
 *
 * @module
 */

/** What a device is for. */
export type DeviceKind = "camera" | "microphone" | "speaker";

/** One device of the reader's. */
export interface CaptureDevice {
  readonly kind: DeviceKind;
  /** Empty until the permission has been given. */
  readonly id: string;
  /** Devices of one piece of hardware share it. */
  readonly groupId: string;
  /** As the system calls it; empty until the permission has been given. */
  readonly label: string;
  /** Which way a phone's camera looks, where that is known. */
  readonly facing: "user" | "environment" | null;
}

/** `unknown`: the browser does not tell before it is asked. */
export type DevicePermission = "granted" | "denied" | "prompt" | "unknown";

/** Everything that is known of the devices at one moment. */
export interface DeviceSnapshot {
  readonly devices: readonly CaptureDevice[];
  readonly camera: DevicePermission;
  readonly microphone: DevicePermission;
}

/** What the list needs of `navigator`. */
export interface DeviceSource {
  readonly mediaDevices: Pick<
    MediaDevices,
    "enumerateDevices" | "addEventListener" | "removeEventListener"
  >;
  readonly permissions?: Pick<Permissions, "query"> | undefined;
}

/** Nothing is known yet. */
export const NO_DEVICES: DeviceSnapshot = {
  devices: [],
  camera: "unknown",
  microphone: "unknown",
};

const KINDS: Readonly<Record<MediaDeviceKind, DeviceKind>> = {
  videoinput: "camera",
  audioinput: "microphone",
  audiooutput: "speaker",
};

/** More devices than this are not listed. */
const MAX_DEVICES = 100;

/**
 * The living list: tells its owner on each plug and unplug and when a permission changes. After a
 * successful `getUserMedia` call {@linkcode DeviceList.refresh}: names come with the permission,
 * and no event says so.
 */
export class DeviceList implements Disposable {
  readonly #source: DeviceSource;
  readonly #onChange: (snapshot: DeviceSnapshot) => void;
  readonly #statuses = new Map<"camera" | "microphone", PermissionStatus>();
  #snapshot: DeviceSnapshot = NO_DEVICES;
  /** The reading that counts; those before it are too old. */
  #reading = 0;
  #closed = false;

  private constructor(source: DeviceSource, onChange: (snapshot: DeviceSnapshot) => void) {
    this.#source = source;
    this.#onChange = onChange;
  }

  /** Begins to watch; `onChange` is called once the first list is there, and on each change. */
  static open(
    onChange: (snapshot: DeviceSnapshot) => void,
    source: DeviceSource = navigator,
  ): DeviceList {
    const list = new DeviceList(source, onChange);
    source.mediaDevices.addEventListener("devicechange", list.#refresh);
    void list.#watchPermissions().then(list.#refresh);
    return list;
  }

  /** The newest list. */
  get snapshot(): DeviceSnapshot {
    return this.#snapshot;
  }

  /** Reads the list anew; never throws: what cannot be listed is an empty list. */
  async refresh(): Promise<DeviceSnapshot> {
    const reading = ++this.#reading;
    const infos = await this.#source.mediaDevices.enumerateDevices().catch(() => []);
    if (reading !== this.#reading || this.#closed) return this.#snapshot;
    const snapshot = {
      devices: readDevices(infos),
      camera: this.#permission("camera", infos),
      microphone: this.#permission("microphone", infos),
    };
    if (!sameSnapshot(this.#snapshot, snapshot)) {
      this.#snapshot = snapshot;
      this.#onChange(snapshot);
    }
    return this.#snapshot;
  }

  /** Stops watching. */
  [Symbol.dispose](): void {
    this.#closed = true;
    this.#source.mediaDevices.removeEventListener("devicechange", this.#refresh);
    for (const status of this.#statuses.values()) {
      status.removeEventListener("change", this.#refresh);
    }
  }

  readonly #refresh = () => {
    void this.refresh();
  };

  async #watchPermissions(): Promise<void> {
    for (const name of ["camera", "microphone"] as const) {
      // A browser that does not know the name throws: then the names of devices tell.
      const status = await this.#source.permissions
        ?.query({ name: name as PermissionName }).catch(() => undefined);
      if (status === undefined || this.#closed) continue;
      this.#statuses.set(name, status);
      status.addEventListener("change", this.#refresh);
    }
  }

  #permission(
    kind: "camera" | "microphone",
    infos: readonly MediaDeviceInfo[],
  ): DevicePermission {
    const status = this.#statuses.get(kind);
    if (status !== undefined) return status.state;
    return infos.some((info) => KINDS[info.kind] === kind && info.label !== "")
      ? "granted"
      : "unknown";
  }
}

/** Devices in the browser's order, each once; the aliases of desktop browsers are left out. */
export function readDevices(infos: readonly MediaDeviceInfo[]): CaptureDevice[] {
  const seen = new Set<string>();
  const devices: CaptureDevice[] = [];
  for (const info of infos) {
    const kind = KINDS[info.kind];
    // "communications" is an alias of Chromium on Windows; "default" follows the system: it stays.
    if (kind === undefined || info.deviceId === "communications") continue;
    const key = `${kind} ${info.deviceId}`;
    if (seen.has(key) || devices.length >= MAX_DEVICES) continue;
    seen.add(key);
    const { deviceId: id, groupId, label } = info;
    devices.push({ kind, id, groupId, label, facing: facingOf(info) });
  }
  return devices;
}

/** The devices of a kind that have a name: those that can be chosen among. */
export function devicesOf(
  { devices }: Pick<DeviceSnapshot, "devices">,
  kind: DeviceKind,
): CaptureDevice[] {
  return devices.filter((device) => device.kind === kind && device.id !== "");
}

/**
 * The device to use: the one that was wished while it is there, or the first of its kind. Null when
 * there is none.
 */
export function pickDevice(
  snapshot: Pick<DeviceSnapshot, "devices">,
  { kind, wished }: { readonly kind: DeviceKind; readonly wished: string | null },
): CaptureDevice | null {
  const some = devicesOf(snapshot, kind);
  return some.find(({ id }) => id === wished) ?? some[0] ?? null;
}

/** Whether there are a front and a back camera to turn between. */
export function hasTwoSides(snapshot: Pick<DeviceSnapshot, "devices">): boolean {
  const sides = new Set(devicesOf(snapshot, "camera").map(({ facing }) => facing));
  return sides.has("user") && sides.has("environment");
}

/** From the camera's abilities, or from its name: Android and iOS say "front" and "back" there. */
function facingOf(info: MediaDeviceInfo): CaptureDevice["facing"] {
  if (info.kind !== "videoinput") return null;
  const modes = "getCapabilities" in info
    ? (info as InputDeviceInfo).getCapabilities().facingMode ?? []
    : [];
  if (modes.includes("environment")) return "environment";
  if (modes.includes("user")) return "user";
  if (/\b(back|rear|environment)\b|后置/i.test(info.label)) return "environment";
  return /\b(front|user|selfie)\b|前置/i.test(info.label) ? "user" : null;
}

function sameSnapshot(one: DeviceSnapshot, other: DeviceSnapshot): boolean {
  return one !== NO_DEVICES && one.camera === other.camera &&
    one.microphone === other.microphone && one.devices.length === other.devices.length &&
    one.devices.every((device, index) => {
      const second = other.devices[index]!;
      return device.kind === second.kind && device.id === second.id &&
        device.label === second.label && device.facing === second.facing;
    });
}
