/**
 * Session descriptions of WHIP, WHEP and rooms: parse, plan, answer.
 *
 * ```text
 * offer text ─parseSdp→ SdpSession ─planPublish | planPlay | planOffer→ OfferPlan
 * OfferPlan.transport ─carrierOffer→ native library ─localTransport→ LocalTransport
 * OfferPlan + LocalTransport ─writeAnswer→ answer text
 * ```
 *
 * @module
 */
export * from "./answer.ts";
export * from "./candidate.ts";
export * from "./errors.ts";
export * from "./formats.ts";
export * from "./fragment.ts";
export * from "./plan.ts";
export * from "./play.ts";
export * from "./publish.ts";
export * from "./session.ts";
export * from "./simulcast.ts";
export * from "./transport.ts";
