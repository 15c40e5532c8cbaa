/**
 * Hears at once when the other side ends a connection: the connection itself says so only seconds
 * later, after its checks have gone unanswered.
 *
 * @module
 */

/** Calls back when the transport that carries the media was closed (RFC 8446 §6.1: an alert). */
export function whenTransportEnds(
  peer: Pick<RTCPeerConnection, "getTransceivers">,
  run: () => void,
): void {
  for (const { sender, receiver } of peer.getTransceivers()) {
    const transport = sender.transport ?? receiver.transport ?? null;
    if (transport === null) continue;
    transport.addEventListener("statechange", () => {
      if (transport.state === "closed" || transport.state === "failed") run();
    });
    // All kinds share one transport.
    return;
  }
}
