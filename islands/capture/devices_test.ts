import assert from "node:assert/strict";
import {
  DeviceList,
  type DeviceSnapshot,
  devicesOf,
  type DeviceSource,
  hasTwoSides,
  pickDevice,
  readDevices,
} from "./devices.ts";

function info(
  kind: MediaDeviceKind,
  deviceId: string,
  { label = "", facing }: { label?: string; facing?: string } = {},
): MediaDeviceInfo {
  return {
    kind,
    deviceId,
    groupId: "",
    label,
    toJSON: () => ({}),
    ...(facing !== undefined && { getCapabilities: () => ({ facingMode: [facing] }) }),
  } as MediaDeviceInfo;
}

/** Devices that come and go, and permissions that change. */
class FakeDevices extends EventTarget {
  infos: MediaDeviceInfo[] = [];
  fails = false;
  readonly pending: (() => void)[] = [];
  held = false;

  async enumerateDevices(): Promise<MediaDeviceInfo[]> {
    const infos = this.infos;
    if (this.held) await new Promise<void>((resolve) => this.pending.push(resolve));
    if (this.fails) throw new DOMException("no", "InvalidStateError");
    return infos;
  }
}

class FakeStatus extends EventTarget {
  constructor(public state: PermissionState) {
    super();
  }
}

function source(statuses?: { camera: FakeStatus; microphone: FakeStatus }) {
  const mediaDevices = new FakeDevices();
  const permissions = statuses && {
    query: ({ name }: { name: string }) =>
      Promise.resolve(statuses[name as "camera"] as unknown as PermissionStatus),
  };
  return { mediaDevices, permissions } as unknown as DeviceSource & { mediaDevices: FakeDevices };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("DeviceList tells of each plug and unplug, and of nothing that stayed the same", async () => {
  const from = source();
  from.mediaDevices.infos = [info("videoinput", "a", { label: "Cam" })];
  const seen: DeviceSnapshot[] = [];
  using list = DeviceList.open((snapshot) => seen.push(snapshot), from);
  await turn();
  assert.equal(seen.length, 1);
  assert.deepEqual(seen[0]!.devices.map(({ id }) => id), ["a"]);
  assert.equal(seen[0]!.camera, "granted");
  assert.equal(seen[0]!.microphone, "unknown");

  from.mediaDevices.dispatchEvent(new Event("devicechange"));
  await turn();
  assert.equal(seen.length, 1);

  from.mediaDevices.infos = [];
  from.mediaDevices.dispatchEvent(new Event("devicechange"));
  await turn();
  assert.equal(seen.length, 2);
  assert.deepEqual(list.snapshot.devices, []);
});

Deno.test("DeviceList says nothing after it was disposed of", async () => {
  const from = source();
  let calls = 0;
  const list = DeviceList.open(() => calls++, from);
  await turn();
  assert.equal(calls, 1);
  list[Symbol.dispose]();
  from.mediaDevices.infos = [info("audioinput", "m", { label: "Mic" })];
  from.mediaDevices.dispatchEvent(new Event("devicechange"));
  await turn();
  assert.equal(calls, 1);
});

Deno.test("DeviceList follows permissions that change", async () => {
  const statuses = { camera: new FakeStatus("prompt"), microphone: new FakeStatus("denied") };
  const seen: DeviceSnapshot[] = [];
  using _list = DeviceList.open((snapshot) => seen.push(snapshot), source(statuses));
  await turn();
  assert.equal(seen.at(-1)!.camera, "prompt");
  assert.equal(seen.at(-1)!.microphone, "denied");
  statuses.camera.state = "granted";
  statuses.camera.dispatchEvent(new Event("change"));
  await turn();
  assert.equal(seen.at(-1)!.camera, "granted");
});

Deno.test("DeviceList keeps the newest list when readings overtake each other", async () => {
  const from = source();
  using list = DeviceList.open(() => {}, from);
  await turn();
  from.mediaDevices.held = true;
  from.mediaDevices.infos = [info("videoinput", "old", { label: "Old" })];
  const first = list.refresh();
  from.mediaDevices.infos = [info("videoinput", "new", { label: "New" })];
  const second = list.refresh();
  from.mediaDevices.pending[1]!();
  await second;
  from.mediaDevices.pending[0]!();
  await first;
  assert.deepEqual(list.snapshot.devices.map(({ id }) => id), ["new"]);
});

Deno.test("DeviceList has an empty list where devices cannot be listed", async () => {
  const from = source();
  from.mediaDevices.fails = true;
  let calls = 0;
  using list = DeviceList.open(() => calls++, from);
  await turn();
  assert.equal(calls, 1);
  assert.deepEqual(list.snapshot.devices, []);
});

Deno.test("readDevices() leaves out aliases and doubles, and knows which way cameras look", () => {
  const devices = readDevices([
    info("audioinput", "default", { label: "Default" }),
    info("audioinput", "communications", { label: "Communications" }),
    info("audioinput", "m", { label: "Mic" }),
    info("audioinput", "m", { label: "Mic" }),
    info("videoinput", "f", { label: "camera 1", facing: "user" }),
    info("videoinput", "b", { label: "camera2 0, facing back" }),
    info("videoinput", "w", { label: "USB camera" }),
    info("audiooutput", "s", { label: "Speakers" }),
  ]);
  assert.deepEqual(devices.map(({ kind, id, facing }) => [kind, id, facing]), [
    ["microphone", "default", null],
    ["microphone", "m", null],
    ["camera", "f", "user"],
    ["camera", "b", "environment"],
    ["camera", "w", null],
    ["speaker", "s", null],
  ]);
  assert.ok(hasTwoSides({ devices }));
  assert.ok(!hasTwoSides({ devices: devices.filter(({ id }) => id !== "b") }));
});

Deno.test("pickDevice() takes another when the wished one is gone, and none without a permission", () => {
  const devices = readDevices([
    info("videoinput", "a", { label: "A" }),
    info("videoinput", "b", { label: "B" }),
    info("audioinput", ""),
  ]);
  assert.equal(pickDevice({ devices }, { kind: "camera", wished: "b" })?.id, "b");
  assert.equal(pickDevice({ devices }, { kind: "camera", wished: "gone" })?.id, "a");
  assert.equal(pickDevice({ devices }, { kind: "microphone", wished: null }), null);
  assert.equal(devicesOf({ devices }, "camera").length, 2);
});
