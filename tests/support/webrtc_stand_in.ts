/**
 * A WHIP and WHEP server made of another page's `RTCPeerConnection`: what a browser does can be
 * tested with it alone.
 *
 * @module
 */
import type { BrowserContext, Page, Route } from "playwright-core";

/** What a publisher's media looks like when it arrives. */
export interface ArrivedMedia {
  readonly framesDecoded: number;
  readonly width: number;
  readonly height: number;
  /** The loudest that was heard by the newest connection, 0 to 1. */
  readonly loudest: number;
  readonly codecs: readonly string[];
}

/** What the page of the stand-in keeps. */
interface StandInScope {
  peers: RTCPeerConnection[];
  loudest: number;
}

/** The stand-in; see the module. */
export class WebRtcStandIn {
  readonly #page: Page;
  /** Requests in their order, as `POST /whip/100001`. */
  readonly requests: string[] = [];
  /** Status of the next offers instead of an answer; null: they are answered. */
  refusing: { readonly status: number; readonly code: string } | null = null;
  /** Answers carry no address: nothing gets through, as where UDP is blocked. */
  blocked = false;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** Opens the page that answers; `url` is any page of the platform. */
  static async open(context: BrowserContext, url: string): Promise<WebRtcStandIn> {
    const page = await context.newPage();
    await page.goto(url);
    await page.evaluate(() => {
      Object.assign(globalThis, { peers: [], loudest: 0 });
    });
    return new WebRtcStandIn(page);
  }

  /** Answers the offers of a page from now on. */
  async serve(page: Page): Promise<void> {
    await page.route("**/whip/**", (route) => this.#handle(route, "whip"));
    await page.route("**/whep/**", (route) => this.#handle(route, "whep"));
  }

  /** Ends every connection, as a server that goes away. */
  async dropAll(): Promise<void> {
    await this.#page.evaluate(() => {
      const { peers } = globalThis as unknown as StandInScope;
      for (const peer of peers.splice(0)) peer.close();
    });
  }

  /** What came by the newest connection. */
  async arrived(): Promise<ArrivedMedia> {
    return await this.#page.evaluate(async () => {
      const { peers, loudest } = globalThis as unknown as StandInScope;
      const entries = [...(await peers.at(-1)!.getStats()).values()];
      const of = (kind: string) =>
        entries.find((entry) => entry.type === "inbound-rtp" && entry.kind === kind) ?? {};
      const video = of("video");
      return {
        framesDecoded: video.framesDecoded ?? 0,
        width: video.frameWidth ?? 0,
        height: video.frameHeight ?? 0,
        loudest,
        codecs: entries.filter(({ type }) => type === "codec").map(({ mimeType }) => mimeType),
      };
    });
  }

  async #handle(route: Route, kind: "whip" | "whep"): Promise<void> {
    const request = route.request();
    const path = new URL(request.url()).pathname;
    this.requests.push(`${request.method()} ${path}`);
    if (request.method() !== "POST") return await route.fulfill({ status: 204 });
    if (this.refusing !== null) {
      const { status, code } = this.refusing;
      return await route.fulfill({
        status,
        contentType: "application/problem+json",
        body: JSON.stringify({ title: code, code }),
      });
    }
    const answer = await this.#page.evaluate(answerOffer, { offer: request.postData()!, kind });
    await route.fulfill({
      status: 201,
      contentType: "application/sdp",
      headers: { location: `${path}/1` },
      body: this.blocked ? answer.replace(/a=candidate:[^\n]*\n/g, "") : answer,
    });
  }
}

/** Runs in the page. */
async function answerOffer(
  { offer, kind }: { readonly offer: string; readonly kind: "whip" | "whep" },
): Promise<string> {
  const scope = globalThis as unknown as StandInScope;
  const peer = new RTCPeerConnection();
  scope.peers.push(peer);
  scope.loudest = 0;
  peer.addEventListener("track", ({ track }) => {
    // Nothing is decoded that nobody looks at.
    const element = document.createElement("video");
    element.muted = true;
    element.autoplay = true;
    element.srcObject = new MediaStream([track]);
    document.body.append(element);
    if (track.kind !== "audio") return;
    const ear = new AudioContext();
    const source = new MediaStreamAudioSourceNode(ear, { mediaStream: new MediaStream([track]) });
    const analyser = new AnalyserNode(ear, { fftSize: 4096 });
    source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      for (const sample of samples) scope.loudest = Math.max(scope.loudest, Math.abs(sample));
    }, 50);
  });
  await peer.setRemoteDescription({ type: "offer", sdp: offer });
  if (kind === "whep") {
    const canvas = document.createElement("canvas");
    canvas.width = 320;
    canvas.height = 180;
    const brush = canvas.getContext("2d")!;
    let frame = 0;
    setInterval(() => {
      brush.fillStyle = `hsl(${frame * 3} 70% 50%)`;
      brush.fillRect(0, 0, 320, 180);
      brush.fillStyle = "#fff";
      brush.fillRect(frame++ % 320, 60, 40, 40);
    }, 40);
    const tone = new AudioContext();
    const out = tone.createMediaStreamDestination();
    const oscillator = new OscillatorNode(tone, { frequency: 440 });
    oscillator.connect(out);
    oscillator.start();
    const [video] = canvas.captureStream(25).getVideoTracks();
    const [audio] = out.stream.getAudioTracks();
    for (const { receiver, sender } of peer.getTransceivers()) {
      await sender.replaceTrack((receiver.track.kind === "video" ? video : audio) ?? null);
    }
    for (const transceiver of peer.getTransceivers()) transceiver.direction = "sendonly";
  }
  await peer.setLocalDescription();
  if (peer.iceGatheringState !== "complete") {
    await new Promise<void>((resolve) => {
      peer.addEventListener("icegatheringstatechange", () => {
        if (peer.iceGatheringState === "complete") resolve();
      });
    });
  }
  return peer.localDescription!.sdp;
}
