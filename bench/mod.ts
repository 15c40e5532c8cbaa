/**
 * `deno task bench`: all benches, one after the other, on an otherwise idle machine.
 *
 * @module
 */
for (
  const bench of [
    "packaging_bench",
    "edge_fanout_bench",
    "real_path_bench",
    "restart_bench",
    "webrtc_bench",
    "mixer_bench",
    "webrtc_page_bench",
    "calls_bench",
    "latency_bench",
    "im_store_bench",
    "im_rush_bench",
    "money_bench",
    "im_poll_bench",
    "im_socket_bench",
    "im_product_bench",
    "im_page_bench",
    "pages_bench",
  ]
) {
  console.log(`\n# ${bench}`);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", `bench/${bench}.ts`],
  }).spawn().status;
  if (!success) Deno.exit(1);
}
