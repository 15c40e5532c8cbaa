import assert from "node:assert/strict";
import { QueueDelay, ReceiveBandwidth } from "./bandwidth.ts";

const LIMITS = { minBitsPerSecond: 150_000, maxBitsPerSecond: 3_000_000 };

/**
 * A sender that sends what it is told through a path of some capacity: what is too much is lost, and
 * queues up to 300 ms first.
 */
function simulate(capacity: (second: number) => number, seconds: number) {
  const bandwidth = new ReceiveBandwidth(LIMITS);
  const rates: number[] = [];
  let rate = bandwidth.bitsPerSecond;
  let queueMs = 0;
  for (let second = 0; second < seconds; second++) {
    const most = capacity(second);
    queueMs = Math.max(0, Math.min(300, queueMs + (rate - most) / most * 1000));
    const lost = queueMs >= 300 && rate > most ? (rate - most) / rate : 0;
    rate = bandwidth.update({
      nowMs: second * 1000,
      receivedBitsPerSecond: Math.min(rate, most),
      lossRatio: lost,
      queueMs,
    });
    rates.push(rate);
  }
  return { rates, bandwidth };
}

Deno.test("ReceiveBandwidth asks for the limit at once while the path holds", () => {
  const { rates, bandwidth } = simulate(() => 10e6, 5);
  assert.deepEqual(rates, [3e6, 3e6, 3e6, 3e6, 3e6]);
  assert.equal(bandwidth.state, "free");
});

Deno.test("ReceiveBandwidth goes below what the path carries within seconds and stays near it", () => {
  const { rates } = simulate(() => 1e6, 120);
  assert.ok(rates.slice(0, 4).some((rate) => rate < 1e6), String(rates.slice(0, 5)));
  const later = rates.slice(20);
  const mean = later.reduce((sum, rate) => sum + rate, 0) / later.length;
  assert.ok(mean > 0.75e6 && mean < 1.1e6, String(mean));
  assert.ok(Math.max(...later) < 1.35e6, String(Math.max(...later)));
});

Deno.test("ReceiveBandwidth comes back to the limit when the path recovers", () => {
  const { rates } = simulate((second) => second < 20 ? 600_000 : 10e6, 60);
  assert.ok(rates[19] < 800_000);
  assert.equal(rates.at(-1), 3e6);
});

Deno.test("ReceiveBandwidth promises enough for a layer that is left out, and no more", () => {
  const least = (lacksLayer: boolean) => {
    const bandwidth = new ReceiveBandwidth(LIMITS);
    const update = (second: number, queueMs: number) =>
      bandwidth.update({
        ...{ nowMs: second * 1000, lossRatio: 0, receivedBitsPerSecond: 100_000, queueMs },
        lacksLayer,
      });
    update(0, 300);
    assert.equal(bandwidth.bitsPerSecond, 150_000);
    for (let second = 1; second < 90; second++) update(second, 0);
    return bandwidth.bitsPerSecond;
  };
  assert.ok(least(false) < 250_000, String(least(false)));
  assert.equal(least(true), 1e6);
});

Deno.test("ReceiveBandwidth holds at moderate loss and never leaves its limits", () => {
  const bandwidth = new ReceiveBandwidth(LIMITS);
  const update = (nowMs: number, lossRatio: number, receivedBitsPerSecond = 2e6) =>
    bandwidth.update({ nowMs, lossRatio, receivedBitsPerSecond, queueMs: 0 });
  assert.equal(update(0, 0.05), 3e6);
  assert.equal(bandwidth.state, "held");
  assert.equal(update(1000, 0.5), 1_500_000);
  assert.equal(bandwidth.state, "loss");
  for (let i = 2; i < 40; i++) update(i * 1000, 1, 0);
  assert.equal(bandwidth.bitsPerSecond, 150_000);
});

Deno.test("ReceiveBandwidth is not frightened by accidents among few packets", () => {
  const bandwidth = new ReceiveBandwidth(LIMITS);
  // 35 packets a second with 5 % of loss: now none is lost, now four.
  const losses = [0, 4, 1, 0, 5, 2, 1, 3, 0, 2, 4, 0, 1, 3, 2, 1];
  losses.forEach((lost, i) => {
    bandwidth.update({
      nowMs: i * 1000,
      receivedBitsPerSecond: 280_000,
      lossRatio: lost / 35,
      packets: 35,
      queueMs: 0,
    });
  });
  assert.equal(bandwidth.bitsPerSecond, 3e6);
});

Deno.test("ReceiveBandwidth leaves a sender some room that does not use what it may", () => {
  const bandwidth = new ReceiveBandwidth(LIMITS);
  bandwidth.update({ nowMs: 0, receivedBitsPerSecond: 800_000, lossRatio: 0.2, queueMs: 0 });
  assert.equal(bandwidth.bitsPerSecond, 1_500_000);
  bandwidth.update({ nowMs: 1000, receivedBitsPerSecond: 1_300_000, lossRatio: 0.2, queueMs: 0 });
  assert.equal(bandwidth.bitsPerSecond, 1_170_000);
});

Deno.test("ReceiveBandwidth rises within seconds after a bad start that showed no limit", () => {
  const bandwidth = new ReceiveBandwidth(LIMITS);
  const update = (second: number, queueMs: number, receivedBitsPerSecond: number) =>
    bandwidth.update({
      ...{ nowMs: second * 1000, lossRatio: 0, queueMs, receivedBitsPerSecond },
    });
  update(0, 300, 60_000);
  assert.equal(bandwidth.bitsPerSecond, 150_000);
  for (let second = 1; second <= 6; second++) update(second, 0, bandwidth.bitsPerSecond);
  assert.ok(bandwidth.bitsPerSecond > 600_000, String(bandwidth.bitsPerSecond));
});

Deno.test("ReceiveBandwidth refuses limits that enclose nothing", () => {
  assert.throws(
    () => new ReceiveBandwidth({ minBitsPerSecond: 2, maxBitsPerSecond: 1 }),
    RangeError,
  );
});

Deno.test("QueueDelay sees what queues add, not the distance of the clocks", () => {
  const delay = new QueueDelay();
  const observe = (fromMs: number, { toMs, late }: { toMs: number; late: number }) => {
    for (let ms = fromMs; ms < toMs; ms += 10) delay.observe(ms, 1e9 + ms + late);
    return delay.queueMs(1e9 + toMs + late);
  };
  assert.equal(observe(0, { toMs: 5000, late: 40 }), 0);
  assert.ok(Math.abs(observe(5000, { toMs: 6000, late: 240 }) - 200) < 10);
  // A delay that stays is the path's own after a while.
  assert.ok(observe(6000, { toMs: 20_000, late: 240 }) < 1);
});

Deno.test("QueueDelay knows nothing of a stream that is silent, and begins anew after it", () => {
  const delay = new QueueDelay();
  for (let ms = 0; ms < 1000; ms += 10) delay.observe(ms, ms);
  for (let ms = 1000; ms < 2000; ms += 10) delay.observe(ms, ms + 300);
  assert.ok(delay.queueMs(2300) > 250);
  assert.equal(delay.queueMs(4000), 0);
  // The queue of before is gone; what is added above the least delay of the last seconds counts.
  delay.observe(5000, 5010);
  assert.ok(delay.queueMs(5010) < 1);
  for (let ms = 5010; ms < 6000; ms += 10) delay.observe(ms, ms + 300);
  assert.ok(delay.queueMs(6300) > 250);
  // After a long silence the clock may be another one.
  delay.observe(0, 60_000);
  assert.equal(delay.queueMs(60_000), 0);
});
