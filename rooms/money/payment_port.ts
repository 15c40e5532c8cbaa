/**
 * Where a payment provider is joined on. None comes with this version: coins are granted by
 * administrators, or by the top-up of a development instance.
 *
 * A provider's part is this: it offers a purchase, sends the buyer to `payUrl`, and calls back when
 * the money has come. Its callback is verified by the port (signature, amount, currency) and answers
 * the purchase that is now paid; the wallet is then granted the coins with the purchase's id as the
 * id of the grant, so that a callback that comes twice counts once.
 *
 * @module
 */

/** Coins that somebody wants to buy. */
export interface Purchase {
  /** Unique; becomes the id of the grant. */
  readonly id: string;
  readonly accountId: string;
  readonly coins: number;
}

/** A payment provider. */
export interface PaymentPort {
  /** Short name, shown beside the grant: `stripe`, `alipay`. */
  readonly name: string;
  /** Begins a purchase; where the buyer pays. */
  begin(purchase: Purchase, options: { readonly returnUrl: string }): Promise<{ payUrl: string }>;
  /**
   * Reads a call of the provider; null when it tells of nothing that is paid.
   *
   * @throws when it was not the provider who called.
   */
  confirm(request: Request): Promise<Purchase | null>;
}
