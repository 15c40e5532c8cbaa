/**
 * The instance's key: keeps publish keys readable for their owners and for nobody who only has
 * the database.
 *
 * @module
 */

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
/** First byte of everything sealed, so that another scheme can follow. */
const SCHEME = 1;

/** Seals and opens short secrets with AES-256-GCM; derives further secrets by HKDF. */
export class KeyVault {
  readonly #encryption: CryptoKey;
  readonly #derivation: CryptoKey;

  private constructor(encryption: CryptoKey, derivation: CryptoKey) {
    this.#encryption = encryption;
    this.#derivation = derivation;
  }

  /**
   * @param key 32 bytes.
   * @throws {RangeError} when it has another length.
   */
  static async fromBytes(key: Uint8Array<ArrayBuffer>): Promise<KeyVault> {
    if (key.length !== KEY_BYTES) {
      throw new RangeError(`Cannot use the instance's key: it has ${key.length} bytes, not 32`);
    }
    const derivation = await crypto.subtle.importKey("raw", key, "HKDF", false, ["deriveBits"]);
    const encryption = await crypto.subtle.importKey(
      "raw",
      await derive(derivation, "publish-key"),
      "AES-GCM",
      false,
      ["encrypt", "decrypt"],
    );
    return new KeyVault(encryption, derivation);
  }

  /**
   * Reads `instance.key` of the data folder; makes it, readable by the owner alone, when missing.
   *
   * @throws {RangeError} when the file does not hold a key.
   */
  static async open(dataDir: string): Promise<KeyVault> {
    const path = `${dataDir}/instance.key`;
    let text: string;
    try {
      text = await Deno.readTextFile(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      text = crypto.getRandomValues(new Uint8Array(KEY_BYTES)).toHex() + "\n";
      await writeWhole(path, text);
    }
    if (!/^[0-9a-f]{64}\s*$/.test(text)) {
      throw new RangeError(`Cannot use ${path}: it does not hold 64 hexadecimal digits`);
    }
    return await KeyVault.fromBytes(Uint8Array.fromHex(text.trim()));
  }

  /** @param owner bound to the result: it opens for the same owner alone. */
  async seal(secret: string, owner: string): Promise<Uint8Array> {
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const sealed = await crypto.subtle.encrypt(
      { name: "AES-GCM", iv: nonce, additionalData: new TextEncoder().encode(owner) },
      this.#encryption,
      new TextEncoder().encode(secret),
    );
    const whole = new Uint8Array(1 + NONCE_BYTES + sealed.byteLength);
    whole[0] = SCHEME;
    whole.set(nonce, 1);
    whole.set(new Uint8Array(sealed), 1 + NONCE_BYTES);
    return whole;
  }

  /** The secret, or null when it was sealed with another key, for another owner, or changed. */
  async unseal(sealed: Uint8Array, owner: string): Promise<string | null> {
    if (sealed[0] !== SCHEME || sealed.length < 1 + NONCE_BYTES + 16) return null;
    const bytes = new Uint8Array(sealed);
    try {
      const secret = await crypto.subtle.decrypt(
        {
          name: "AES-GCM",
          iv: bytes.subarray(1, 1 + NONCE_BYTES),
          additionalData: new TextEncoder().encode(owner),
        },
        this.#encryption,
        bytes.subarray(1 + NONCE_BYTES),
      );
      return new TextDecoder().decode(secret);
    } catch (error) {
      // OperationError is the one way in which authentication fails.
      if (error instanceof DOMException && error.name === "OperationError") return null;
      throw error;
    }
  }

  /** A secret of this instance that is the same after each start: 24 bytes, base64url. */
  async secretFor(purpose: string): Promise<string> {
    return (await derive(this.#derivation, purpose)).subarray(0, 24)
      .toBase64({ alphabet: "base64url", omitPadding: true });
  }
}

async function derive(key: CryptoKey, purpose: string): Promise<Uint8Array<ArrayBuffer>> {
  const info = new TextEncoder().encode(`wanren/${purpose}`);
  const bits = await crypto.subtle.deriveBits(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info },
    key,
    KEY_BYTES * 8,
  );
  return new Uint8Array(bits);
}

/** Complete or not there at all: a half-written key would make every sealed secret unreadable. */
async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  {
    using file = await Deno.open(temporary, {
      create: true,
      truncate: true,
      write: true,
      mode: 0o600,
    });
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    await file.sync();
  }
  await Deno.rename(temporary, path);
}
